-- Which keys have signed tokens, by their names: so that each is recorded once, however many processes read the folder.

CREATE TABLE signing_keys (
    kid text NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (kid)
);
COMMENT ON TABLE signing_keys IS 'The names of keys that sign tokens (RFC 7638), each as it was first seen in the secrets'' folder. The keys themselves are in no database.';

ALTER TABLE signing_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY signing_keys_owner ON signing_keys TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY signing_keys_system ON signing_keys TO birgemiz_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON signing_keys TO birgemiz_system;

ALTER TABLE access_records DROP CONSTRAINT access_records_what;
ALTER TABLE access_records ADD CONSTRAINT access_records_what
    CHECK (what IN ('guess_refused', 'token_issued', 'call_refused', 'signing_key_added')) NOT VALID;
COMMENT ON COLUMN access_records.target IS 'What was guessed at; the name of a key that signs.';
