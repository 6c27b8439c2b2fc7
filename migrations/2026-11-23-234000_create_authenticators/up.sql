-- What coordinators and administrators show beside their password: a code of an app on their telephone (TOTP, RFC 6238). An
-- organisation may demand it of its own.

CREATE TABLE authenticators (
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    sealed bytea NOT NULL,
    key_version integer NOT NULL,
    made_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0,
    recovery_hashes bytea[] NOT NULL DEFAULT '{}',
    CONSTRAINT authenticators_pkey PRIMARY KEY (organisation_id, user_id),
    CONSTRAINT authenticators_user_fk FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id),
    CONSTRAINT authenticators_recovery_codes CHECK (cardinality(recovery_hashes) <= 10)
);
COMMENT ON TABLE authenticators IS 'The secret that an authenticator app shares with us, sealed: one for each person who has set one up, or is about to.';
COMMENT ON COLUMN authenticators.sealed IS 'The secret, under the organisation''s key for data: who has the database alone computes no code.';
COMMENT ON COLUMN authenticators.key_version IS 'Which version of that key.';
COMMENT ON COLUMN authenticators.confirmed_at IS 'When its person showed a first code; before that it opens and demands nothing.';
COMMENT ON COLUMN authenticators.last_step IS 'The newest half minute whose code was shown: it and all before it are good no more.';
COMMENT ON COLUMN authenticators.recovery_hashes IS 'Keyed hashes of the recovery codes that are left.';

ALTER TABLE authenticators ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY authenticators_owner ON authenticators TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY authenticators_system ON authenticators TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY authenticators_gate ON authenticators TO birgemiz_gate USING (true) WITH CHECK (true);
CREATE POLICY authenticators_admin ON authenticators TO birgemiz_admin USING (true) WITH CHECK (true);
CREATE POLICY authenticators_own ON authenticators TO birgemiz_app USING (
    organisation_id = (SELECT acting_organisation())
    AND user_id = (SELECT nullif(current_setting('birgemiz.caller', true), '')::uuid));
GRANT SELECT ON authenticators TO birgemiz_system;
GRANT SELECT, INSERT, UPDATE ON authenticators TO birgemiz_gate;
-- Whoever is logged in may remove it; only the log-in reads what it holds.
GRANT SELECT (organisation_id, user_id, confirmed_at), DELETE ON authenticators TO birgemiz_app, birgemiz_admin;

-- ---------------------------------------------------------------- who must

ALTER TABLE organisations ADD COLUMN staff_authenticator text NOT NULL DEFAULT 'optional';
ALTER TABLE organisations ADD CONSTRAINT organisations_staff_authenticator
    CHECK (staff_authenticator IN ('optional', 'demanded')) NOT VALID;
COMMENT ON COLUMN organisations.staff_authenticator IS 'Whether its coordinators and administrators may work without an authenticator.';

-- A session of somebody who must set one up first. It does nothing else.
ALTER TABLE sessions ADD COLUMN awaits_authenticator boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sessions.awaits_authenticator IS 'Whether its person must set up an authenticator before anything else: until then they are nobody.';
ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_check CHECK (end_reason IN ('logged_out', 'ended_by_person',
    'ended_by_staff', 'password_changed', 'account_disabled', 'token_reused', 'authenticator_changed')) NOT VALID;
GRANT SELECT (awaits_authenticator) ON sessions TO birgemiz_definer;

CREATE OR REPLACE FUNCTION open_as(
    person uuid, partner uuid, logged_in uuid DEFAULT NULL,
    OUT is_known boolean, OUT organisation_id uuid, OUT role text, OUT volunteer_id uuid, OUT campaign_id uuid,
    OUT scopes text[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shared uuid[];
BEGIN
    IF person IS NOT NULL THEN
        SELECT u.organisation_id, u.role, v.id INTO organisation_id, role, volunteer_id
        FROM public.users u LEFT JOIN public.volunteers v ON v.user_id = u.id
        WHERE u.id = person AND u.status = 'active'
          -- What the service goes on with on somebody's behalf is within no session.
          AND (logged_in IS NULL OR EXISTS (
              SELECT FROM public.sessions s WHERE s.id = logged_in AND s.user_id = person
              AND s.ended_at IS NULL AND NOT s.awaits_authenticator AND s.expires_at > transaction_timestamp()));
    ELSIF partner IS NOT NULL THEN
        SELECT p.organisation_id, p.campaign_id, p.scopes INTO organisation_id, campaign_id, scopes
        FROM public.partners p WHERE p.id = partner AND p.status = 'active';
    END IF;
    is_known := organisation_id IS NOT NULL;
    IF is_known THEN
        SELECT array_agg(m.campaign_id) INTO shared
        FROM public.campaign_organisations m WHERE m.organisation_id = open_as.organisation_id;
    END IF;
    PERFORM set_config('birgemiz.organisation', coalesce(organisation_id::text, ''), true),
            set_config('birgemiz.campaigns', coalesce(shared::text, ''), true),
            set_config('birgemiz.volunteer', coalesce(volunteer_id::text, ''), true),
            set_config('birgemiz.caller', coalesce(person, partner)::text, true);
END
$$;
