-- Who was refused what, which guesses at passwords and secrets were wrong, and to which partner app a token was issued. That
-- people log in, log out and set passwords are events.

CREATE TABLE access_records (
    id bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL,
    organisation_id uuid,
    what text NOT NULL,
    target text,
    code text,
    user_id uuid,
    partner_id uuid,
    route text,
    object_id text,
    account bytea,
    address bytea,
    times integer NOT NULL DEFAULT 1,
    call_id text,
    CONSTRAINT access_records_pkey PRIMARY KEY (id),
    CONSTRAINT access_records_what CHECK (what IN ('guess_refused', 'token_issued', 'call_refused'))
);
COMMENT ON TABLE access_records IS 'Who was not let in, and what was refused to whom. Append-only; ids, words and keyed pseudonyms only.';
COMMENT ON COLUMN access_records.xid IS 'The transaction that wrote it: the sealer stops below the oldest one still running, so that none is skipped.';
COMMENT ON COLUMN access_records.organisation_id IS 'Whose person or partner app it was, where that is known.';
COMMENT ON COLUMN access_records.target IS 'What was guessed at.';
COMMENT ON COLUMN access_records.code IS 'The code of the refusal.';
COMMENT ON COLUMN access_records.route IS 'Method and path template of the call.';
COMMENT ON COLUMN access_records.object_id IS 'The first id in the path, as it was sent.';
COMMENT ON COLUMN access_records.account IS 'Whose password was guessed at: a keyed hash of the address that was given.';
COMMENT ON COLUMN access_records.address IS 'From where: a keyed hash of the network address.';
COMMENT ON COLUMN access_records.times IS 'How often the same was refused within about half a second.';
CREATE INDEX access_records_in_order ON access_records (xid, id);
CREATE INDEX access_records_by_organisation ON access_records (organisation_id, at);

ALTER TABLE access_records ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY access_records_owner ON access_records TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY access_records_system ON access_records TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY access_records_gate ON access_records FOR INSERT TO birgemiz_gate WITH CHECK (true);
GRANT SELECT, INSERT ON access_records TO birgemiz_system;
GRANT INSERT ON access_records TO birgemiz_gate;

-- It is sealed as the others are. Rows that are there need no look.
ALTER TABLE seals DROP CONSTRAINT seals_book;
ALTER TABLE seals ADD CONSTRAINT seals_book CHECK (book IN ('events', 'door_readings', 'access_records')) NOT VALID;
