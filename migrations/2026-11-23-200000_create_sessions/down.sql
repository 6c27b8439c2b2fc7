-- Sessions are known by their refresh tokens alone again. What devices said of themselves, and why sessions ended, is lost.

DROP FUNCTION open_as(uuid, uuid, uuid);
CREATE FUNCTION open_as(
    person uuid, partner uuid,
    OUT is_known boolean, OUT organisation_id uuid, OUT role text, OUT volunteer_id uuid, OUT campaign_id uuid,
    OUT scopes text[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shared uuid[];
BEGIN
    IF person IS NOT NULL THEN
        SELECT u.organisation_id, u.role, v.id INTO organisation_id, role, volunteer_id
        FROM public.users u LEFT JOIN public.volunteers v ON v.user_id = u.id
        WHERE u.id = person AND u.status = 'active';
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
COMMENT ON FUNCTION open_as(uuid, uuid) IS 'Finds out who a person or a partner app is now, and has this transaction work for their organisation.';
GRANT CREATE ON SCHEMA public TO birgemiz_definer;
ALTER FUNCTION open_as(uuid, uuid) OWNER TO birgemiz_definer;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer;
REVOKE EXECUTE ON FUNCTION open_as(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_as(uuid, uuid) TO birgemiz_app, birgemiz_admin, birgemiz_gate, birgemiz_system;

GRANT SELECT, UPDATE, DELETE ON refresh_tokens TO birgemiz_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_tokens TO birgemiz_admin;
CREATE POLICY refresh_tokens_own ON refresh_tokens TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
    WITH CHECK (organisation_id = (SELECT acting_organisation()));
CREATE POLICY refresh_tokens_admin ON refresh_tokens TO birgemiz_admin USING (true) WITH CHECK (true);

ALTER TABLE refresh_tokens ADD COLUMN revoked_at timestamptz;
UPDATE refresh_tokens t SET revoked_at = s.ended_at FROM sessions s WHERE s.id = t.family_id AND s.ended_at IS NOT NULL;
COMMENT ON TABLE refresh_tokens IS 'One row a refresh token, hashed. A family is one session; reuse of a spent token revokes the family.';
ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_session_fk;
DROP TABLE sessions;
