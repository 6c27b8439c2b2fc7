-- Households are staged while their file is checked, before anybody knows how many live in each cell: where
-- each is seen from afar is therefore told by cell, apart from them.

CREATE UNLOGGED TABLE import_coarse_points (
    import_id uuid NOT NULL,
    area_id uuid NOT NULL,
    cell bigint NOT NULL,
    organisation_id uuid NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    coarse_cell bigint,
    PRIMARY KEY (import_id, area_id, cell)
);
COMMENT ON TABLE import_coarse_points IS 'Where the households of an import are seen from afar, by the finest cell they live in. Not durable, and need not be: drawn again by whoever goes on.';
COMMENT ON COLUMN import_coarse_points.coarse_cell IS 'The H3 cell whose centre the coarse point is; null when it is the area''s centre.';
GRANT SELECT, INSERT, DELETE ON import_coarse_points TO birgemiz_app;

-- The release before this one still writes and reads them.
ALTER TABLE import_staging ALTER COLUMN coarse_lat DROP NOT NULL, ALTER COLUMN coarse_lon DROP NOT NULL;
COMMENT ON COLUMN import_staging.coarse_lat IS 'Not written any more: see import_coarse_points.';
