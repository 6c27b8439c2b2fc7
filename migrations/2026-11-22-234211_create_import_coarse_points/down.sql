-- What is staged without its coarse point is lost, and staged again by whoever goes on.
DELETE FROM import_staging WHERE coarse_lat IS NULL;
COMMENT ON COLUMN import_staging.coarse_lat IS NULL;
ALTER TABLE import_staging ALTER COLUMN coarse_lat SET NOT NULL, ALTER COLUMN coarse_lon SET NOT NULL;
DROP TABLE import_coarse_points;
