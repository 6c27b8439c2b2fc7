-- What happened, and who read which door, is sealed: a chain of digests for each organisation, so that whoever changes the
-- past, the owner of the database included, is found (docs/audit.md).

-- Readings get a place in the order of writing, as events have one. Those that are there already were written before any
-- transaction that this server can still begin; a constant, so that no row is written anew.
ALTER TABLE door_readings ADD COLUMN xid xid8 NOT NULL DEFAULT '2'::xid8;
ALTER TABLE door_readings ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
COMMENT ON COLUMN door_readings.xid IS 'The transaction that wrote it: the sealer stops below the oldest one still running, so that none is skipped.';

CREATE TABLE seals (
    book text NOT NULL,
    pass bigint NOT NULL,
    organisation_id uuid NOT NULL,
    number bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    format smallint NOT NULL,
    after_xid bigint NOT NULL,
    after_number bigint NOT NULL,
    until_xid bigint NOT NULL,
    until_number bigint NOT NULL,
    xids bigint[] NOT NULL,
    numbers bigint[] NOT NULL,
    digests bytea[] NOT NULL,
    head bytea NOT NULL,
    CONSTRAINT seals_pkey PRIMARY KEY (book, pass, organisation_id),
    CONSTRAINT seals_number_unique UNIQUE (organisation_id, book, number),
    CONSTRAINT seals_book CHECK (book IN ('events', 'door_readings'))
);
COMMENT ON TABLE seals IS 'Chains of digests over what happened and what was read, one chain an organisation and book. Append-only.';
COMMENT ON COLUMN seals.book IS 'Which table is sealed.';
COMMENT ON COLUMN seals.pass IS 'In which pass over the book it was made, from 1: a pass seals rows of any organisation.';
COMMENT ON COLUMN seals.organisation_id IS 'Whose rows; the nil UUID stands for rows of no organisation.';
COMMENT ON COLUMN seals.number IS 'Its place in its chain, from 1 and without gaps.';
COMMENT ON COLUMN seals.format IS 'How digests and head were computed: docs/audit.md.';
COMMENT ON COLUMN seals.after_xid IS 'Behind this place in the order of writing the sealing began, for all chains of the book.';
COMMENT ON COLUMN seals.after_number IS 'The same place: the number of the row.';
COMMENT ON COLUMN seals.until_xid IS 'Up to this place all rows of the organisation are in this seal or in one before it.';
COMMENT ON COLUMN seals.until_number IS 'The same place: the number of the row.';
COMMENT ON COLUMN seals.xids IS 'By which transaction each row was written, in order.';
COMMENT ON COLUMN seals.numbers IS 'The number of each row: events.seq, door_readings.id.';
COMMENT ON COLUMN seals.digests IS 'SHA-256 of each row.';
COMMENT ON COLUMN seals.head IS 'SHA-256 of all this and of the head before: whoever knows it can tell whether anything up to here was changed.';

CREATE TABLE restorations (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    book text NOT NULL,
    sealed_up_to bigint NOT NULL,
    CONSTRAINT restorations_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE restorations IS 'When this database was brought back from a backup, which gives all rows other transaction numbers. Append-only.';
COMMENT ON COLUMN restorations.book IS 'Which table.';
COMMENT ON COLUMN restorations.sealed_up_to IS 'The last pass that came out of the backup: rows that were sealed by then have the number 2 since, and all others that came back have 3.';

DO $$
DECLARE
    of_one text;
BEGIN
    FOREACH of_one IN ARRAY ARRAY['seals', 'restorations'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', of_one);
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_owner USING (true) WITH CHECK (true)', of_one || '_owner', of_one);
        EXECUTE format('CREATE POLICY %I ON %I TO birgemiz_system USING (true) WITH CHECK (true)', of_one || '_system', of_one);
    END LOOP;
END
$$;
GRANT SELECT, INSERT ON seals TO birgemiz_system;
GRANT SELECT ON restorations TO birgemiz_system;
