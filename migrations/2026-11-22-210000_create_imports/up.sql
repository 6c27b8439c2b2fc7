-- Imports: files of rows that coordinators bring, kept until they are taken in, so that any process can go on
-- where another was stopped.

CREATE TABLE imports (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    kind text NOT NULL CONSTRAINT imports_kind CHECK (kind IN ('households', 'volunteers', 'requests', 'hubs', 'items')),
    status text NOT NULL CONSTRAINT imports_status CHECK (status IN ('receiving', 'checking', 'writing', 'done', 'failed')),
    area_id uuid,
    campaign_id uuid,
    verified boolean NOT NULL,
    dry_run boolean NOT NULL,
    user_id uuid,
    role text,
    fingerprint bytea,
    header bytea,
    parts integer NOT NULL DEFAULT 0,
    parts_done integer NOT NULL DEFAULT 0,
    rows_total bigint NOT NULL DEFAULT 0,
    rows_done bigint NOT NULL DEFAULT 0,
    rows_taken bigint NOT NULL DEFAULT 0,
    rows_refused bigint NOT NULL DEFAULT 0,
    failure text,
    runner uuid,
    leased_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT imports_key UNIQUE (organisation_id, id),
    CONSTRAINT imports_area_fk FOREIGN KEY (organisation_id, area_id) REFERENCES area_organisations (organisation_id, area_id),
    CONSTRAINT imports_campaign_fk FOREIGN KEY (campaign_id, organisation_id)
        REFERENCES campaign_organisations (campaign_id, organisation_id)
);
COMMENT ON TABLE imports IS 'Files of rows on their way in: what they hold, on whose behalf, and how far they are.';
COMMENT ON COLUMN imports.area_id IS 'The area of every row that names none; where null, it is found from the position.';
COMMENT ON COLUMN imports.campaign_id IS 'The campaign whose areas or catalogue the rows belong to.';
COMMENT ON COLUMN imports.verified IS 'What is taken in needs no more verification, says who brought it.';
COMMENT ON COLUMN imports.dry_run IS 'Judge every row and take none.';
COMMENT ON COLUMN imports.user_id IS 'On whose behalf; null for the command line. May be an administrator of another organisation.';
COMMENT ON COLUMN imports.role IS 'The role in which they asked: checked again with every part.';
COMMENT ON COLUMN imports.fingerprint IS 'SHA-256 of the file and of what was asked to do with it: the same again is the same import.';
COMMENT ON COLUMN imports.header IS 'The first row of the file.';
COMMENT ON COLUMN imports.parts_done IS 'How many parts of the present status are dealt with; committed with what was done to them.';
COMMENT ON COLUMN imports.rows_done IS 'How many rows of the present status are dealt with.';
COMMENT ON COLUMN imports.runner IS 'The process that works on it.';
COMMENT ON COLUMN imports.leased_until IS 'Until then no other process takes it over.';
CREATE INDEX imports_unfinished ON imports (organisation_id, id) WHERE status IN ('receiving', 'checking', 'writing');
CREATE UNIQUE INDEX imports_fingerprint_unique ON imports (organisation_id, fingerprint)
    WHERE NOT dry_run AND status IN ('checking', 'writing', 'done');

CREATE TABLE import_parts (
    import_id uuid NOT NULL,
    part integer NOT NULL,
    organisation_id uuid NOT NULL,
    first_row bigint NOT NULL,
    first_line bigint NOT NULL,
    rows integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (import_id, part),
    CONSTRAINT import_parts_import_fk FOREIGN KEY (organisation_id, import_id) REFERENCES imports (organisation_id, id)
);
COMMENT ON TABLE import_parts IS 'Whole rows of a file as they came, some thousand a part. Holds doors: deleted when the import ends.';
-- Read once or twice, soon after: compressing them would take longer than writing them.
ALTER TABLE import_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE import_faults (
    import_id uuid NOT NULL,
    row bigint NOT NULL,
    number integer NOT NULL,
    organisation_id uuid NOT NULL,
    line bigint NOT NULL,
    column_name text,
    reason text NOT NULL,
    advice text NOT NULL,
    repeats text,
    PRIMARY KEY (import_id, row, number),
    CONSTRAINT import_faults_import_fk FOREIGN KEY (organisation_id, import_id) REFERENCES imports (organisation_id, id)
);
COMMENT ON TABLE import_faults IS 'Why rows of a file were not taken. Holds no value of theirs.';
COMMENT ON COLUMN import_faults.number IS 'A row may have several faults.';
COMMENT ON COLUMN import_faults.repeats IS 'The row or the id that this row repeats.';

CREATE UNLOGGED TABLE import_staging (
    import_id uuid NOT NULL,
    part integer NOT NULL,
    organisation_id uuid NOT NULL,
    household_id uuid NOT NULL,
    event_id uuid NOT NULL,
    area_id uuid NOT NULL,
    external_id text,
    members integer NOT NULL,
    categories text[] NOT NULL,
    languages text[] NOT NULL,
    coarse_lat double precision NOT NULL,
    coarse_lon double precision NOT NULL,
    coarse_cell bigint,
    name text NOT NULL,
    phone text,
    street text,
    house text,
    entrance text,
    floor text,
    flat text,
    intercom text,
    landmark text,
    plus_code text,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    accuracy_m double precision,
    notes text,
    cells bigint[] NOT NULL,
    consent text[] NOT NULL,
    consent_at timestamptz,
    changes jsonb NOT NULL,
    PRIMARY KEY (import_id, part, household_id)
);
COMMENT ON TABLE import_staging IS 'Judged households of one part between COPY and their own tables. Not durable, and need not be: a part that was not committed is staged again.';

COMMENT ON COLUMN import_staging.consent IS 'Version of the text, language, channel.';

GRANT SELECT, INSERT, UPDATE ON imports TO birgemiz_app;
GRANT SELECT, INSERT, DELETE ON import_parts, import_faults, import_staging TO birgemiz_app;
GRANT DELETE ON imports TO birgemiz_app;
