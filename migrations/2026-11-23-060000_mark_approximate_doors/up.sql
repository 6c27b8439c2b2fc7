-- Who calls a hotline often knows a landmark or their district, and no coordinates: such a door is put into the middle
-- of the district and marked, and nobody is sent there before a coordinator has found it.
ALTER TABLE household_doors ADD COLUMN is_approximate boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN household_doors.is_approximate IS 'Whether lat and lon stand for the district only; such a household can be located, and is not verified before.';
