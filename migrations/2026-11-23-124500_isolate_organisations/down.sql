-- Takes the policies, the functions and the narrower grants away. The roles stay: they belong to the server.

DROP TRIGGER import_staging_is_own ON import_staging;
DROP TRIGGER import_coarse_points_is_own ON import_coarse_points;
ALTER TABLE import_staging_inlet DETACH PARTITION import_staging;
ALTER TABLE import_coarse_points_inlet DETACH PARTITION import_coarse_points;
DROP TABLE import_staging_inlet, import_coarse_points_inlet;

DO $$
DECLARE
    of_one record;
BEGIN
    FOR of_one IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', of_one.policyname, of_one.tablename);
    END LOOP;
    FOR of_one IN SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', of_one.relname);
    END LOOP;
END
$$;

DROP FUNCTION is_staged_by_its_own(), doors_named(uuid, text[], double precision[], double precision),
    doors_in_cells(uuid, bigint[], bigint[], bigint), page_of_log(xid8, bigint, bigint), open_as(uuid, uuid), sees_everyone(),
    acting_caller(), acting_volunteer(), acting_campaigns(), acting_organisation(), nobody_was_set();

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM birgemiz_app, birgemiz_admin, birgemiz_gate, birgemiz_system, birgemiz_definer;
REVOKE USAGE ON SCHEMA public FROM birgemiz_admin, birgemiz_gate, birgemiz_system, birgemiz_definer;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO birgemiz_app;
REVOKE UPDATE ON events, door_readings, policies, proofs, household_consents, import_parts, import_faults, import_staging,
    import_coarse_points, webhook_attempts FROM birgemiz_app;
GRANT DELETE ON idempotency_keys, login_attempts, refresh_tokens, one_time_links, volunteer_blocks, imports, import_parts,
    import_faults, import_staging, import_coarse_points, webhook_messages, webhook_attempts, quota_leases TO birgemiz_app;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO birgemiz_app;
