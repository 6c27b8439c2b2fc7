-- One organisation's rows are out of another's reach below the code: row-level security, enabled and forced on every
-- table of an organisation (docs/isolation.md).
--
-- The release before this one logs in as birgemiz_app for everything, its loops included, and sees nothing here: stop it
-- before this runs.

-- ---------------------------------------------------------------- roles

-- birgemiz_app       what people and partner apps do: only what is their organisation's, or shared with it
-- birgemiz_admin     what administrators do: the deployment's own tables, and nothing about households
-- birgemiz_gate      what is done before anybody is known: logging in, registering, counting calls
-- birgemiz_system    the loops and the command line, which work for all organisations
-- birgemiz_definer   owns the few functions that look further than whoever calls them; nobody logs in as it
-- birgemiz_owner     whoever owns the tables; nobody logs in as it
DO $$
DECLARE
    login text;
BEGIN
    -- Roles belong to the whole server: another database's migration, or an administrator of the server, may have made it.
    FOREACH login IN ARRAY ARRAY['birgemiz_admin', 'birgemiz_gate', 'birgemiz_system', 'birgemiz_definer',
                                 'birgemiz_owner'] LOOP
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            CONTINUE;
        END IF;
        BEGIN
            EXECUTE format('CREATE ROLE %I NOINHERIT %s', login,
                           CASE WHEN login IN ('birgemiz_definer', 'birgemiz_owner') THEN 'NOLOGIN' ELSE 'LOGIN' END);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
END
$$;
GRANT birgemiz_admin, birgemiz_gate, birgemiz_system, birgemiz_definer, birgemiz_owner TO CURRENT_USER;

-- ---------------------------------------------------------------- for whom

CREATE FUNCTION nobody_was_set() RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- A caller who is not known any more sees nothing either; that is no mistake of the code's.
    IF coalesce(current_setting('birgemiz.go', true), '') = '' THEN
        RAISE WARNING 'no unit of work has said for whom: no organisation''s row is shown'
            USING ERRCODE = '01B17';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION nobody_was_set() IS 'Complains, once a statement, that rows of an organisation are asked for and nobody said of which.';

-- Plain expressions, which the planner writes into the statement: once a statement each, behind a sub-select.
CREATE FUNCTION acting_organisation() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN current_setting('birgemiz.organisation', true) <> ''
                THEN current_setting('birgemiz.organisation', true)::uuid ELSE public.nobody_was_set() END
$$;
COMMENT ON FUNCTION acting_organisation() IS 'The organisation for which this transaction works; none where none was set.';
CREATE FUNCTION acting_campaigns() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('birgemiz.campaigns', true), '')::uuid[]
$$;
COMMENT ON FUNCTION acting_campaigns() IS 'The campaigns that this organisation takes part in: what it shares, it shares by them.';
CREATE FUNCTION acting_volunteer() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('birgemiz.volunteer', true), '')::uuid
$$;
COMMENT ON FUNCTION acting_volunteer() IS 'The volunteer who calls, where one does.';
CREATE FUNCTION acting_caller() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('birgemiz.caller', true), '')::uuid
$$;
COMMENT ON FUNCTION acting_caller() IS 'The person or partner app that calls.';

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

-- ---------------------------------------------------------------- what looks further than its caller, each for its reason

CREATE FUNCTION sees_everyone() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('role'), 'none'), session_user) = 'birgemiz_system'
$$;
COMMENT ON FUNCTION sees_everyone() IS 'Whether it is the service itself that asks, for all organisations.';

CREATE FUNCTION page_of_log(after_xid xid8, after_seq bigint, most bigint, OUT xid bigint, OUT seq bigint, OUT count bigint)
RETURNS SETOF record LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT counted.xid::text::bigint, counted.seq, counted.count FROM (
            SELECT looked_at.xid, looked_at.seq, count(*) OVER () AS count FROM (
                SELECT e.xid, e.seq FROM public.events e
                WHERE (e.xid, e.seq) > (after_xid, after_seq) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY e.xid, e.seq LIMIT most) looked_at
        ) counted ORDER BY counted.xid DESC, counted.seq DESC LIMIT 1;
END
$$;
COMMENT ON FUNCTION page_of_log(xid8, bigint, bigint) IS 'Where a page of the whole log ends: numbers, and nothing of what happened.';

CREATE FUNCTION doors_in_cells(area uuid, firsts bigint[], lasts bigint[], most bigint, OUT place integer, OUT doors integer)
RETURNS SETOF record LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF NOT public.sees_everyone() AND (public.acting_volunteer() IS NOT NULL OR NOT EXISTS (
        SELECT FROM public.area_organisations g
        WHERE g.organisation_id = public.acting_organisation() AND g.area_id = area)) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT asked.place::int, (SELECT count(*)::int FROM (
                   SELECT 1 FROM public.household_doors d
                   WHERE d.area_id = area AND d.cells[1] BETWEEN asked.first AND asked.last LIMIT most) few)
        FROM unnest(firsts, lasts) WITH ORDINALITY asked (first, last, place);
END
$$;
COMMENT ON FUNCTION doors_in_cells(uuid, bigint[], bigint[], bigint) IS 'How many doors of all organisations that serve an area are in each cell: a coarse point must hide among all of them.';

CREATE FUNCTION doors_named(
    organisation uuid, names text[], lats double precision[], reach double precision,
    OUT place integer, OUT household uuid, OUT area_id uuid, OUT lat double precision, OUT lon double precision
) RETURNS SETOF record LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF NOT public.sees_everyone()
        AND (public.acting_volunteer() IS NOT NULL OR organisation IS DISTINCT FROM public.acting_organisation()) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT a.place::int, d.household_id, d.area_id, d.lat, d.lon
        FROM unnest(names, lats) WITH ORDINALITY a (name, lat, place) CROSS JOIN LATERAL (
            SELECT d.household_id, d.area_id, d.lat, d.lon FROM public.household_doors d
            WHERE d.organisation_id = organisation AND lower(regexp_replace(d.name, '\s+', ' ', 'g')) = a.name
              AND d.lat BETWEEN a.lat - reach AND a.lat + reach OFFSET 0) d;
END
$$;
COMMENT ON FUNCTION doors_named(uuid, text[], double precision[], double precision) IS 'The own organisation''s doors of these names. Under row-level security no index by what a function makes of a name is used, so this asks for it.';

GRANT CREATE ON SCHEMA public TO birgemiz_definer;
ALTER FUNCTION open_as(uuid, uuid) OWNER TO birgemiz_definer;
ALTER FUNCTION page_of_log(xid8, bigint, bigint) OWNER TO birgemiz_definer;
ALTER FUNCTION doors_in_cells(uuid, bigint[], bigint[], bigint) OWNER TO birgemiz_definer;
ALTER FUNCTION doors_named(uuid, text[], double precision[], double precision) OWNER TO birgemiz_definer;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION nobody_was_set(), acting_organisation(), acting_campaigns(), acting_volunteer(), acting_caller(),
    sees_everyone() TO birgemiz_app, birgemiz_admin, birgemiz_gate, birgemiz_system, birgemiz_definer;
GRANT EXECUTE ON FUNCTION open_as(uuid, uuid) TO birgemiz_app, birgemiz_admin, birgemiz_gate, birgemiz_system;
GRANT EXECUTE ON FUNCTION page_of_log(xid8, bigint, bigint) TO birgemiz_app, birgemiz_admin, birgemiz_system;
GRANT EXECUTE ON FUNCTION doors_in_cells(uuid, bigint[], bigint[], bigint) TO birgemiz_app, birgemiz_system;
GRANT EXECUTE ON FUNCTION doors_named(uuid, text[], double precision[], double precision) TO birgemiz_app, birgemiz_system;

-- ---------------------------------------------------------------- what each role may do to which table

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM birgemiz_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM birgemiz_app;
GRANT USAGE ON SCHEMA public TO birgemiz_admin, birgemiz_gate, birgemiz_system, birgemiz_definer;
GRANT SELECT ON __diesel_schema_migrations TO birgemiz_app;

-- People and partner apps.
GRANT SELECT ON organisations, campaign_organisations, policies, areas, area_organisations, building_cells, items, kits,
    kit_items, partners TO birgemiz_app;
GRANT SELECT, UPDATE ON campaigns TO birgemiz_app;
GRANT SELECT, INSERT ON users TO birgemiz_app;
GRANT SELECT, INSERT, UPDATE ON invitations, hubs, households, household_doors, volunteers, volunteer_positions,
    requests, request_notes, request_phrases, request_lines, silences, claims, deliveries, photos, calls, webhook_endpoints,
    imports TO birgemiz_app;
GRANT SELECT, UPDATE, DELETE ON refresh_tokens TO birgemiz_app;
GRANT SELECT, INSERT ON household_consents, proofs, events, door_readings, idempotency_keys, webhook_attempts TO birgemiz_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON volunteer_blocks, webhook_messages TO birgemiz_app;
GRANT INSERT ON one_time_links TO birgemiz_app;
GRANT DELETE ON imports TO birgemiz_app;
GRANT SELECT, INSERT, DELETE ON import_parts, import_faults, import_staging, import_coarse_points TO birgemiz_app;

-- Administrators.
GRANT SELECT, INSERT, UPDATE ON organisations, campaigns, campaign_organisations, areas, area_organisations, building_cells,
    users, partners, invitations, hubs, items, kits, kit_items, imports, webhook_endpoints TO birgemiz_admin;
GRANT SELECT, INSERT ON policies, events, idempotency_keys, webhook_attempts TO birgemiz_admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON one_time_links, refresh_tokens, webhook_messages TO birgemiz_admin;
GRANT DELETE ON imports TO birgemiz_admin;
GRANT SELECT, INSERT, DELETE ON import_parts, import_faults TO birgemiz_admin;
GRANT SELECT (import_id), DELETE ON import_staging, import_coarse_points TO birgemiz_admin;
-- By whom what an event is about was filed, and no more.
GRANT SELECT (id, partner_id) ON requests, households TO birgemiz_admin;

-- Before anybody is known.
GRANT SELECT, INSERT ON organisations, volunteers, volunteer_positions, idempotency_keys, events TO birgemiz_gate;
GRANT SELECT, INSERT, UPDATE ON users TO birgemiz_gate;
GRANT SELECT, UPDATE ON invitations TO birgemiz_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON one_time_links, refresh_tokens, login_attempts, quota_leases TO birgemiz_gate;
GRANT SELECT ON partners, campaigns, campaign_organisations, areas, area_organisations, policies TO birgemiz_gate;

-- The loops and the command line.
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO birgemiz_system;
REVOKE INSERT, UPDATE ON __diesel_schema_migrations FROM birgemiz_system;
REVOKE UPDATE ON events, door_readings, policies, proofs, household_consents FROM birgemiz_system;
GRANT DELETE ON idempotency_keys, login_attempts, quota_leases, refresh_tokens, one_time_links, volunteer_blocks, imports,
    import_parts, import_faults, import_staging, import_coarse_points, webhook_messages, webhook_attempts TO birgemiz_system;

-- The functions above.
GRANT SELECT (id, organisation_id, role, status) ON users TO birgemiz_definer;
GRANT SELECT (id, user_id) ON volunteers TO birgemiz_definer;
GRANT SELECT (id, organisation_id, campaign_id, scopes, status) ON partners TO birgemiz_definer;
GRANT SELECT (campaign_id, organisation_id) ON campaign_organisations TO birgemiz_definer;
GRANT SELECT (organisation_id, area_id) ON area_organisations TO birgemiz_definer;
GRANT SELECT (xid, seq) ON events TO birgemiz_definer;
GRANT SELECT (household_id, organisation_id, area_id, name, lat, lon, cells) ON household_doors TO birgemiz_definer;

-- ---------------------------------------------------------------- row-level security

DO $$
DECLARE
    of_one text;
BEGIN
    FOR of_one IN SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '__diesel_schema_migrations' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', of_one);
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_owner USING (true) WITH CHECK (true)', of_one || '_owner', of_one);
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_system USING (true) WITH CHECK (true)', of_one || '_system', of_one);
    END LOOP;
    -- They have no grants on any other table.
    FOR of_one IN SELECT DISTINCT table_name FROM information_schema.role_column_grants
        WHERE table_schema = 'public' AND grantee = 'birgemiz_admin' LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_admin USING (true) WITH CHECK (true)', of_one || '_admin', of_one);
    END LOOP;
    FOR of_one IN SELECT DISTINCT table_name FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND grantee = 'birgemiz_gate' LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_gate USING (true) WITH CHECK (true)', of_one || '_gate', of_one);
    END LOOP;
    FOREACH of_one IN ARRAY ARRAY['users', 'volunteers', 'partners', 'campaign_organisations', 'area_organisations', 'events',
                                  'household_doors'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO birgemiz_definer USING (true)', of_one || '_definer', of_one);
    END LOOP;
    -- Nothing of these is ever another organisation's business.
    FOREACH of_one IN ARRAY ARRAY['refresh_tokens', 'partners', 'invitations', 'household_consents', 'calls',
                                  'imports', 'import_parts', 'import_faults', 'import_staging', 'import_coarse_points',
                                  'webhook_endpoints', 'webhook_messages', 'webhook_attempts'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
                        WITH CHECK (organisation_id = (SELECT acting_organisation()))', of_one || '_own', of_one);
    END LOOP;
    -- A campaign's own, which all who take part in it see.
    FOREACH of_one IN ARRAY ARRAY['campaign_organisations', 'policies', 'areas', 'area_organisations', 'items', 'kits',
                                  'kit_items'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO birgemiz_app
                        USING (campaign_id = ANY ((SELECT acting_campaigns())::uuid[]))', of_one || '_shared', of_one);
    END LOOP;
    -- What an organisation owns, and the others of an area see.
    FOREACH of_one IN ARRAY ARRAY['hubs', 'households'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
                        WITH CHECK (organisation_id = (SELECT acting_organisation()))', of_one || '_own', of_one);
    END LOOP;
END
$$;
CREATE POLICY hubs_shared ON hubs FOR SELECT TO birgemiz_app USING (EXISTS (
    SELECT FROM area_organisations g WHERE g.organisation_id = (SELECT acting_organisation()) AND g.area_id = hubs.area_id));
-- Others see those whose requests they see.
CREATE POLICY households_shared ON households FOR SELECT TO birgemiz_app USING (EXISTS (
    SELECT FROM requests q WHERE q.household_id = households.id));

-- Coordinators enter volunteers and let them in; whoever else logs in, administrators make.
CREATE POLICY users_own ON users FOR SELECT TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()));
CREATE POLICY users_entered ON users FOR INSERT TO birgemiz_app
    WITH CHECK (organisation_id = (SELECT acting_organisation()) AND role = 'volunteer');

CREATE POLICY organisations_shared ON organisations FOR SELECT TO birgemiz_app USING (
    id = (SELECT acting_organisation())
    OR EXISTS (SELECT FROM campaign_organisations m WHERE m.organisation_id = organisations.id));
CREATE POLICY one_time_links_own ON one_time_links FOR INSERT TO birgemiz_app
    WITH CHECK (organisation_id = (SELECT acting_organisation())
                AND EXISTS (SELECT FROM users u WHERE u.id = one_time_links.user_id AND u.role = 'volunteer'));
CREATE POLICY campaigns_shared ON campaigns FOR SELECT TO birgemiz_app
    USING (id = ANY ((SELECT acting_campaigns())::uuid[]));
CREATE POLICY campaigns_own ON campaigns FOR UPDATE TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation()));
CREATE POLICY building_cells_shared ON building_cells FOR SELECT TO birgemiz_app
    USING (EXISTS (SELECT FROM areas a WHERE a.id = building_cells.area_id));

-- Volunteers serve whoever shares a campaign with their organisation, and are counted there: who telephones need not share
-- an area. What they are is their organisation's.
CREATE POLICY volunteers_own ON volunteers TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation())) WITH CHECK (organisation_id = (SELECT acting_organisation()));
CREATE POLICY volunteers_shared ON volunteers FOR SELECT TO birgemiz_app USING (EXISTS (
    SELECT FROM campaign_organisations m WHERE m.organisation_id = volunteers.organisation_id));
CREATE POLICY volunteers_counted ON volunteers FOR UPDATE TO birgemiz_app USING (EXISTS (
    SELECT FROM campaign_organisations m WHERE m.organisation_id = volunteers.organisation_id));
CREATE POLICY volunteer_positions_own ON volunteer_positions TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation())) WITH CHECK (organisation_id = (SELECT acting_organisation()));
CREATE POLICY volunteer_positions_shared ON volunteer_positions FOR SELECT TO birgemiz_app
    USING (EXISTS (SELECT FROM volunteers v WHERE v.id = volunteer_positions.volunteer_id));
CREATE POLICY volunteer_blocks_of_either ON volunteer_blocks TO birgemiz_app
    USING ((SELECT acting_organisation()) IN (organisation_id, volunteer_organisation_id))
    WITH CHECK (organisation_id = (SELECT acting_organisation())
                OR volunteer_organisation_id = (SELECT acting_organisation())
                AND EXISTS (SELECT FROM households h WHERE h.id = volunteer_blocks.household_id));

-- Requests are shared by their campaign, and served by volunteers of all who take part.
CREATE POLICY requests_own ON requests TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation())) WITH CHECK (organisation_id = (SELECT acting_organisation()));
CREATE POLICY requests_shared ON requests FOR SELECT TO birgemiz_app
    USING (campaign_id = ANY ((SELECT acting_campaigns())::uuid[]));
CREATE POLICY requests_served ON requests FOR UPDATE TO birgemiz_app
    USING (campaign_id = ANY ((SELECT acting_campaigns())::uuid[]));
DO $$
DECLARE
    of_one text;
BEGIN
    FOREACH of_one IN ARRAY ARRAY['request_lines', 'request_notes', 'request_phrases', 'silences'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
                        WITH CHECK (organisation_id = (SELECT acting_organisation()))', of_one || '_own', of_one);
    END LOOP;
    FOREACH of_one IN ARRAY ARRAY['request_lines', 'silences'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO birgemiz_app
                        USING (EXISTS (SELECT FROM requests q WHERE q.id = %I.request_id))', of_one || '_shared', of_one, of_one);
    END LOOP;
    -- What is written for whoever serves a request, and what proves that they did.
    FOREACH of_one IN ARRAY ARRAY['request_notes', 'request_phrases'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO birgemiz_app USING (EXISTS (
                            SELECT FROM claims c WHERE c.request_id = %I.request_id
                            AND c.volunteer_id = (SELECT acting_volunteer()) AND c.status IN (''active'', ''completed'')))',
                       of_one || '_served', of_one, of_one);
    END LOOP;
END
$$;
CREATE POLICY request_phrases_tried ON request_phrases FOR UPDATE TO birgemiz_app USING (EXISTS (
    SELECT FROM claims c WHERE c.request_id = request_phrases.request_id
    AND c.volunteer_id = (SELECT acting_volunteer()) AND c.status = 'active'));

-- A claim is its request's organisation's and its volunteer's to change. That there is one, all see who see the request.
CREATE POLICY claims_of_either ON claims TO birgemiz_app
    USING ((SELECT acting_organisation()) IN (organisation_id, volunteer_organisation_id))
    -- By a claim one reaches a door: of a request that one sees, and of its household.
    WITH CHECK (organisation_id = (SELECT acting_organisation())
                OR volunteer_organisation_id = (SELECT acting_organisation())
                AND EXISTS (SELECT FROM requests q WHERE q.id = claims.request_id AND q.household_id = claims.household_id));
CREATE POLICY claims_shared ON claims FOR SELECT TO birgemiz_app
    USING (EXISTS (SELECT FROM requests q WHERE q.id = claims.request_id));
CREATE POLICY deliveries_own ON deliveries TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation())) WITH CHECK (organisation_id = (SELECT acting_organisation()));
-- Not by their claims, which the same statement makes, so that it does not see them yet.
CREATE POLICY deliveries_shared ON deliveries FOR SELECT TO birgemiz_app
    USING (EXISTS (SELECT FROM requests q WHERE q.id = deliveries.request_id));
CREATE POLICY deliveries_begun ON deliveries FOR INSERT TO birgemiz_app WITH CHECK (
    (SELECT acting_volunteer()) IS NOT NULL AND EXISTS (SELECT FROM requests q WHERE q.id = deliveries.request_id));
CREATE POLICY deliveries_served ON deliveries FOR UPDATE TO birgemiz_app USING (EXISTS (
    SELECT FROM claims c WHERE c.id = deliveries.claim_id
    AND c.volunteer_organisation_id = (SELECT acting_organisation())));
DO $$
DECLARE
    of_one text;
BEGIN
    FOREACH of_one IN ARRAY ARRAY['proofs', 'photos'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
                        WITH CHECK (organisation_id = (SELECT acting_organisation()))', of_one || '_own', of_one);
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_app USING (EXISTS (
                            SELECT FROM deliveries d JOIN claims c ON c.id = d.claim_id
                            WHERE d.id = %I.delivery_id AND c.volunteer_id = (SELECT acting_volunteer())))',
                       of_one || '_brought', of_one, of_one);
    END LOOP;
END
$$;

-- A door is its organisation's, but no volunteer's: they see those that they serve, or have served to the end.
CREATE POLICY household_doors_own ON household_doors TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL)
    WITH CHECK (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL);
CREATE POLICY household_doors_served ON household_doors FOR SELECT TO birgemiz_app USING (EXISTS (
    SELECT FROM claims c WHERE c.household_id = household_doors.household_id
    AND c.volunteer_id = (SELECT acting_volunteer()) AND c.status IN ('active', 'completed')));
CREATE POLICY door_readings_told ON door_readings FOR SELECT TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation()) OR actor_id IN ((SELECT acting_caller()), (SELECT acting_volunteer())));
CREATE POLICY door_readings_recorded ON door_readings FOR INSERT TO birgemiz_app WITH CHECK (
    organisation_id = (SELECT acting_organisation())
    OR EXISTS (SELECT FROM household_doors d WHERE d.household_id = door_readings.household_id));

-- What happened is told to whom it concerns, and written about whatever was changed.
CREATE POLICY events_told ON events FOR SELECT TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation()) OR volunteer_id = (SELECT acting_volunteer()));
CREATE POLICY events_written ON events FOR INSERT TO birgemiz_app WITH CHECK (
    organisation_id = (SELECT acting_organisation())
    OR EXISTS (SELECT FROM campaign_organisations m WHERE m.organisation_id = events.organisation_id));

CREATE POLICY idempotency_keys_own ON idempotency_keys TO birgemiz_app
    USING (caller = (SELECT current_setting('birgemiz.key_holder', true)))
    WITH CHECK (caller = (SELECT current_setting('birgemiz.key_holder', true)));

-- ---------------------------------------------------------------- staging

-- COPY does not enter a table with row-level security; it enters these, from which nobody reads, and so what is behind.
CREATE TABLE import_staging_inlet (LIKE import_staging) PARTITION BY LIST (part);
ALTER TABLE import_staging_inlet ATTACH PARTITION import_staging DEFAULT;
CREATE TABLE import_coarse_points_inlet (LIKE import_coarse_points) PARTITION BY LIST (cell);
ALTER TABLE import_coarse_points_inlet ATTACH PARTITION import_coarse_points DEFAULT;
COMMENT ON TABLE import_staging_inlet IS 'Holds nothing: what is copied in is put into import_staging.';
COMMENT ON TABLE import_coarse_points_inlet IS 'Holds nothing: what is copied in is put into import_coarse_points.';
GRANT INSERT ON import_staging_inlet, import_coarse_points_inlet TO birgemiz_app;

CREATE FUNCTION is_staged_by_its_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT public.sees_everyone() AND NEW.organisation_id IS DISTINCT FROM public.acting_organisation() THEN
        RAISE insufficient_privilege USING MESSAGE = 'a row of another organisation is not staged';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION is_staged_by_its_own() IS 'Stands in for the policy that COPY passes by.';
REVOKE EXECUTE ON FUNCTION is_staged_by_its_own() FROM PUBLIC;
CREATE TRIGGER import_staging_is_own BEFORE INSERT ON import_staging FOR EACH ROW EXECUTE FUNCTION is_staged_by_its_own();
CREATE TRIGGER import_coarse_points_is_own BEFORE INSERT ON import_coarse_points
    FOR EACH ROW EXECUTE FUNCTION is_staged_by_its_own();
