-- A session of its own for each time that somebody logged in: the family of its refresh tokens, until now known by those alone.
-- The release before this one makes refresh tokens without a session, which is refused here: stop it before this runs.

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    begun_at timestamptz NOT NULL,
    renewed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text CHECK (end_reason IN ('logged_out', 'ended_by_person', 'ended_by_staff', 'password_changed',
                                          'account_disabled', 'token_reused')),
    device text CHECK (length(device) <= 200),
    CONSTRAINT sessions_of_organisation UNIQUE (organisation_id, id),
    CONSTRAINT sessions_end_has_a_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT sessions_user_fk FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);
COMMENT ON TABLE sessions IS 'One row for each time that somebody logged in. Access tokens name it, and are worth nothing once it has ended.';
COMMENT ON COLUMN sessions.id IS 'The family of its refresh tokens.';
COMMENT ON COLUMN sessions.renewed_at IS 'When a refresh token was last used; as it begins, the beginning.';
COMMENT ON COLUMN sessions.expires_at IS 'When it ends by itself, however often it is renewed.';
COMMENT ON COLUMN sessions.device IS 'What the device said of itself (User-Agent), so that its owner knows it again. No address.';
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

INSERT INTO sessions (id, organisation_id, user_id, begun_at, renewed_at, expires_at, ended_at, end_reason)
SELECT family_id, organisation_id, user_id, min(issued_at), max(issued_at), max(expires_at), max(revoked_at),
       CASE WHEN max(revoked_at) IS NOT NULL THEN 'logged_out' END
FROM refresh_tokens GROUP BY family_id, organisation_id, user_id;

ALTER TABLE refresh_tokens ADD CONSTRAINT refresh_tokens_session_fk FOREIGN KEY (organisation_id, family_id)
    REFERENCES sessions (organisation_id, id);
ALTER TABLE refresh_tokens DROP COLUMN revoked_at;
COMMENT ON TABLE refresh_tokens IS 'One row a refresh token, hashed. A family is one session; reuse of a spent token ends it.';

-- ---------------------------------------------------------------- who may

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sessions_owner ON sessions TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY sessions_system ON sessions TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY sessions_admin ON sessions TO birgemiz_admin USING (true) WITH CHECK (true);
CREATE POLICY sessions_gate ON sessions TO birgemiz_gate USING (true) WITH CHECK (true);
CREATE POLICY sessions_own ON sessions TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
    WITH CHECK (organisation_id = (SELECT acting_organisation()));
CREATE POLICY sessions_definer ON sessions FOR SELECT TO birgemiz_definer USING (true);
GRANT SELECT, UPDATE ON sessions TO birgemiz_app, birgemiz_admin;
GRANT SELECT, INSERT, UPDATE ON sessions TO birgemiz_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO birgemiz_system;
GRANT SELECT (id, user_id, ended_at, expires_at) ON sessions TO birgemiz_definer;
-- What ends a session does not touch its tokens any more.
REVOKE ALL ON refresh_tokens FROM birgemiz_app, birgemiz_admin;
DROP POLICY refresh_tokens_own ON refresh_tokens;
DROP POLICY refresh_tokens_admin ON refresh_tokens;

-- ---------------------------------------------------------------- for whom

DROP FUNCTION open_as(uuid, uuid);
CREATE FUNCTION open_as(
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
              AND s.ended_at IS NULL AND s.expires_at > transaction_timestamp()));
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
COMMENT ON FUNCTION open_as(uuid, uuid, uuid) IS 'Finds out who a person, in a session that has not ended, or a partner app is now, and has this transaction work for their organisation.';
GRANT CREATE ON SCHEMA public TO birgemiz_definer;
ALTER FUNCTION open_as(uuid, uuid, uuid) OWNER TO birgemiz_definer;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer;
REVOKE EXECUTE ON FUNCTION open_as(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_as(uuid, uuid, uuid) TO birgemiz_app, birgemiz_admin, birgemiz_gate, birgemiz_system;
