-- Records of keys stay: what was recorded is changed by nobody, so the constraint holds for what comes.
COMMENT ON COLUMN access_records.target IS 'What was guessed at.';
ALTER TABLE access_records DROP CONSTRAINT access_records_what;
ALTER TABLE access_records ADD CONSTRAINT access_records_what
    CHECK (what IN ('guess_refused', 'token_issued', 'call_refused')) NOT VALID;
DROP TABLE signing_keys;
