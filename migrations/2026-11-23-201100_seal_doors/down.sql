-- Sealed doors cannot be opened here: the keys are in no database. So this refuses where there are any, unless whoever runs
-- it says that they are to be lost: SET birgemiz.lose_sealed_doors = 'true'.
DO $$
BEGIN
    IF EXISTS (SELECT FROM household_doors)
        AND coalesce(current_setting('birgemiz.lose_sealed_doors', true), '') <> 'true' THEN
        RAISE EXCEPTION 'there are sealed doors, which would be lost: go back by restoring a backup of before';
    END IF;
END
$$;

ALTER TABLE import_parts DROP COLUMN key_version;
COMMENT ON COLUMN import_parts.bytes IS NULL;
TRUNCATE import_staging;
ALTER TABLE import_staging_inlet
    DROP COLUMN sealed, DROP COLUMN data_key, DROP COLUMN key_version, DROP COLUMN phone_index, DROP COLUMN name_index,
    ADD COLUMN name text NOT NULL, ADD COLUMN phone text, ADD COLUMN street text, ADD COLUMN house text,
    ADD COLUMN entrance text, ADD COLUMN floor text, ADD COLUMN flat text, ADD COLUMN intercom text,
    ADD COLUMN landmark text, ADD COLUMN plus_code text, ADD COLUMN notes text;

DROP POLICY door_readings_recorded ON door_readings;
DROP FUNCTION doors_named(uuid, bytea[], double precision[], double precision);
DROP TABLE household_doors;

DROP POLICY plain_doors_owner ON plain_doors;
DROP POLICY plain_doors_system ON plain_doors;
REVOKE SELECT, DELETE ON plain_doors FROM birgemiz_system;
REVOKE UPDATE (is_approximate) ON plain_doors FROM birgemiz_system;
ALTER TABLE plain_doors RENAME TO household_doors;
ALTER INDEX plain_doors_pkey RENAME TO household_doors_pkey;
ALTER TABLE household_doors RENAME CONSTRAINT plain_doors_household_fk TO household_doors_household_fk;
COMMENT ON TABLE household_doors IS 'Where a household lives and how to reach it. Read only through the one function that records the reading.';
CREATE INDEX household_doors_by_phone ON household_doors (organisation_id, phone);
CREATE INDEX household_doors_by_name ON household_doors (organisation_id, lower(regexp_replace(name, '\s+', ' ', 'g')), lat);
CREATE INDEX household_doors_by_finest_cell ON household_doors (area_id, (cells[1]));
CREATE POLICY household_doors_owner ON household_doors TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY household_doors_system ON household_doors TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY household_doors_definer ON household_doors FOR SELECT TO birgemiz_definer USING (true);
CREATE POLICY household_doors_own ON household_doors TO birgemiz_app
    USING (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL)
    WITH CHECK (organisation_id = (SELECT acting_organisation()) AND (SELECT acting_volunteer()) IS NULL);
CREATE POLICY household_doors_served ON household_doors FOR SELECT TO birgemiz_app USING (EXISTS (
    SELECT FROM claims c WHERE c.household_id = household_doors.household_id
    AND c.volunteer_id = (SELECT acting_volunteer()) AND c.status IN ('active', 'completed')));
CREATE POLICY door_readings_recorded ON door_readings FOR INSERT TO birgemiz_app WITH CHECK (
    organisation_id = (SELECT acting_organisation())
    OR EXISTS (SELECT FROM household_doors d WHERE d.household_id = door_readings.household_id));
GRANT SELECT, INSERT, UPDATE ON household_doors TO birgemiz_app, birgemiz_system;
GRANT SELECT (household_id, organisation_id, area_id, name, lat, lon, cells) ON household_doors TO birgemiz_definer;
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
ALTER FUNCTION doors_named(uuid, text[], double precision[], double precision) OWNER TO birgemiz_definer;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer;
REVOKE EXECUTE ON FUNCTION doors_named(uuid, text[], double precision[], double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doors_named(uuid, text[], double precision[], double precision) TO birgemiz_app, birgemiz_system;
