-- Codes and links by which somebody logs in who has their letters. There is a row for each that was asked for, whether or
-- not anybody has that address: so asking takes as long and leaves as much either way.

CREATE TABLE login_codes (
    id uuid PRIMARY KEY,
    form text NOT NULL,
    account bytea NOT NULL,
    address bytea,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    used_at timestamptz,
    CONSTRAINT login_codes_form CHECK (form IN ('code', 'link')),
    CONSTRAINT login_codes_link_has_an_address CHECK ((form = 'link') = (address IS NOT NULL)),
    CONSTRAINT login_codes_failures CHECK (failures BETWEEN 0 AND 5)
);
COMMENT ON TABLE login_codes IS 'One row for each code or link that was asked for, hashed.';
COMMENT ON COLUMN login_codes.account IS 'Keyed hash of the address that it was asked for.';
COMMENT ON COLUMN login_codes.address IS 'Of a link: the address, under a key that is in no database.';
COMMENT ON COLUMN login_codes.secret_hash IS 'Keyed hash of code and id; SHA-256 of a link''s token, which has 256 random bits.';
COMMENT ON COLUMN login_codes.failures IS 'Wrong guesses at the code. After five it is good for nothing.';
CREATE INDEX login_codes_by_account ON login_codes (account, created_at);
CREATE UNIQUE INDEX login_codes_link ON login_codes (secret_hash) WHERE form = 'link';
CREATE INDEX login_codes_by_expiry ON login_codes (expires_at);

ALTER TABLE login_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY login_codes_owner ON login_codes TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY login_codes_system ON login_codes TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY login_codes_gate ON login_codes TO birgemiz_gate USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON login_codes TO birgemiz_system;
GRANT SELECT, INSERT, UPDATE ON login_codes TO birgemiz_gate;
