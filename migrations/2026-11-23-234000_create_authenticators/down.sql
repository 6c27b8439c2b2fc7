-- Loses who has an authenticator and where one is demanded: passwords alone log in then. Sessions that ended for its sake say
-- that their person ended them.
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
REVOKE SELECT (awaits_authenticator) ON sessions FROM birgemiz_definer;
UPDATE sessions SET end_reason = 'ended_by_person' WHERE end_reason = 'authenticator_changed';
ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_check CHECK (end_reason IN ('logged_out', 'ended_by_person',
    'ended_by_staff', 'password_changed', 'account_disabled', 'token_reused'));
ALTER TABLE sessions DROP COLUMN awaits_authenticator;
ALTER TABLE organisations DROP COLUMN staff_authenticator;
DROP TABLE authenticators;
