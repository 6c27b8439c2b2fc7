-- Doors are sealed (docs/private-data.md): name, telephone, address and notes leave their columns for one sealed value under
-- a key of the household's own. Doors that are there move to plain_doors; the service seals them at its start, in batches and
-- before it serves, and then empties that table. A door is in exactly one of the two, and in no moment in neither.
--
-- The release before this one reads columns that are not there any more: stop it before this runs.

-- ---------------------------------------------------------------- what was

ALTER TABLE household_doors RENAME TO plain_doors;
ALTER INDEX household_doors_pkey RENAME TO plain_doors_pkey;
ALTER TABLE plain_doors RENAME CONSTRAINT household_doors_household_fk TO plain_doors_household_fk;
DROP INDEX household_doors_by_phone, household_doors_by_name, household_doors_by_finest_cell;
COMMENT ON TABLE plain_doors IS 'Doors of the release before, until the service has sealed them. Empty otherwise.';
DROP POLICY household_doors_owner ON plain_doors;
DROP POLICY household_doors_system ON plain_doors;
DROP POLICY household_doors_definer ON plain_doors;
DROP POLICY household_doors_own ON plain_doors;
DROP POLICY household_doors_served ON plain_doors;
-- It asks for the doors that one sees: of the new table, below.
DROP POLICY door_readings_recorded ON door_readings;
REVOKE ALL ON plain_doors FROM birgemiz_app, birgemiz_system;
REVOKE SELECT (household_id, organisation_id, area_id, name, lat, lon, cells) ON plain_doors FROM birgemiz_definer;
CREATE POLICY plain_doors_owner ON plain_doors TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY plain_doors_system ON plain_doors TO birgemiz_system USING (true) WITH CHECK (true);
-- Nobody writes here any more; who seals a door locks its row meanwhile.
GRANT SELECT, DELETE ON plain_doors TO birgemiz_system;
GRANT UPDATE (is_approximate) ON plain_doors TO birgemiz_system;

-- ---------------------------------------------------------------- what is

CREATE TABLE household_doors (
    household_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    sealed bytea NOT NULL CONSTRAINT household_doors_sealed CHECK (octet_length(sealed) >= 28),
    data_key bytea NOT NULL CONSTRAINT household_doors_data_key CHECK (octet_length(data_key) = 60),
    key_version integer NOT NULL,
    phone_index bytea CONSTRAINT household_doors_phone_index CHECK (octet_length(phone_index) = 32),
    name_index bytea NOT NULL CONSTRAINT household_doors_name_index CHECK (octet_length(name_index) = 32),
    has_phone boolean NOT NULL GENERATED ALWAYS AS (phone_index IS NOT NULL) STORED,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    accuracy_m double precision,
    cells bigint[] NOT NULL,
    is_approximate boolean NOT NULL DEFAULT false,
    CONSTRAINT household_doors_household_fk FOREIGN KEY (organisation_id, area_id, household_id)
        REFERENCES households (organisation_id, area_id, id)
);
COMMENT ON TABLE household_doors IS 'Where a household lives and how to reach it. Read only through the one function that records the reading.';
COMMENT ON COLUMN household_doors.sealed IS 'Name, telephone, address and notes: nonce, JSON and tag of AES-256-GCM-SIV under the household''s data key, bound to organisation, column and household.';
COMMENT ON COLUMN household_doors.data_key IS 'The household''s data key, wrapped by its organisation''s key for data. Who destroys it has erased what it seals.';
COMMENT ON COLUMN household_doors.key_version IS 'Which version of the organisation''s key has wrapped it.';
COMMENT ON COLUMN household_doors.phone_index IS 'HMAC-SHA-256 of the number in E.164 under the organisation''s key for indexes: equal for equal numbers, in its full length.';
COMMENT ON COLUMN household_doors.name_index IS 'The same of what the spellings of the name have in common.';
COMMENT ON COLUMN household_doors.cells IS 'The H3 cells around the exact point, finest first: counted to draw coarse points.';
COMMENT ON COLUMN household_doors.is_approximate IS 'Whether lat and lon stand for the district only; such a household can be located, and is not verified before.';
CREATE INDEX household_doors_by_phone ON household_doors (organisation_id, phone_index);
CREATE INDEX household_doors_by_name ON household_doors (organisation_id, name_index, lat);
CREATE INDEX household_doors_by_finest_cell ON household_doors (area_id, (cells[1]));

ALTER TABLE household_doors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY household_doors_owner ON household_doors TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY household_doors_system ON household_doors TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY household_doors_definer ON household_doors FOR SELECT TO birgemiz_definer USING (true);
-- A door is its organisation's, but no volunteer's: they see those that they serve, or have served to the end.
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
GRANT SELECT (household_id, organisation_id, area_id, name_index, lat, lon, cells) ON household_doors TO birgemiz_definer;

DROP FUNCTION doors_named(uuid, text[], double precision[], double precision);
CREATE FUNCTION doors_named(
    organisation uuid, names bytea[], lats double precision[], reach double precision,
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
            WHERE d.organisation_id = organisation AND d.name_index = a.name
              AND d.lat BETWEEN a.lat - reach AND a.lat + reach OFFSET 0) d;
END
$$;
COMMENT ON FUNCTION doors_named(uuid, bytea[], double precision[], double precision) IS 'The own organisation''s doors of these names, told by their indexes; nothing to volunteers.';
GRANT CREATE ON SCHEMA public TO birgemiz_definer;
ALTER FUNCTION doors_named(uuid, bytea[], double precision[], double precision) OWNER TO birgemiz_definer;
REVOKE CREATE ON SCHEMA public FROM birgemiz_definer;
REVOKE EXECUTE ON FUNCTION doors_named(uuid, bytea[], double precision[], double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doors_named(uuid, bytea[], double precision[], double precision) TO birgemiz_app, birgemiz_system;

-- ---------------------------------------------------------------- imports

-- What is staged is staged again by whoever goes on with the import.
TRUNCATE import_staging;
ALTER TABLE import_staging_inlet
    DROP COLUMN name, DROP COLUMN phone, DROP COLUMN street, DROP COLUMN house, DROP COLUMN entrance, DROP COLUMN floor,
    DROP COLUMN flat, DROP COLUMN intercom, DROP COLUMN landmark, DROP COLUMN plus_code, DROP COLUMN notes,
    ADD COLUMN sealed bytea NOT NULL, ADD COLUMN data_key bytea NOT NULL, ADD COLUMN key_version integer NOT NULL,
    ADD COLUMN phone_index bytea, ADD COLUMN name_index bytea NOT NULL;
ALTER TABLE import_parts ADD COLUMN key_version integer;
COMMENT ON COLUMN import_parts.bytes IS 'Sealed under that version of the organisation''s key for data.';
COMMENT ON COLUMN import_parts.key_version IS 'None of a part that was received before parts were sealed.';
