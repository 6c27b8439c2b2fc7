-- Partner apps may show who they are by a signature (RFC 7523) beside their secret: nothing that opens anything leaves them.

ALTER TABLE partners ADD COLUMN public_keys jsonb;
COMMENT ON COLUMN partners.public_keys IS 'The public keys by which it signs, as a list of JSON Web Keys (RFC 7517).';

CREATE TABLE client_assertions (
    organisation_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    jti_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT client_assertions_pkey PRIMARY KEY (organisation_id, partner_id, jti_hash),
    CONSTRAINT client_assertions_partner_fk FOREIGN KEY (organisation_id, partner_id) REFERENCES partners (organisation_id, id)
);
COMMENT ON TABLE client_assertions IS 'Which signed assertions were shown, until they have run out: each is good once.';
COMMENT ON COLUMN client_assertions.jti_hash IS 'SHA-256 of the name that the partner app gave it.';
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);

ALTER TABLE client_assertions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY client_assertions_owner ON client_assertions TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY client_assertions_system ON client_assertions TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY client_assertions_gate ON client_assertions TO birgemiz_gate USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON client_assertions TO birgemiz_system;
GRANT SELECT, INSERT ON client_assertions TO birgemiz_gate;
