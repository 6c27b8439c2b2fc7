-- Keys of organisations, each wrapped by a master key that is in no database (docs/private-data.md).

CREATE TABLE organisation_keys (
    organisation_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('data', 'index')),
    version integer NOT NULL CHECK (version >= 1),
    master_id text NOT NULL CHECK (master_id ~ '^[0-9a-f]{16}$'),
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, purpose, version),
    CONSTRAINT organisation_keys_organisation_fk FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
COMMENT ON TABLE organisation_keys IS 'Keys of organisations: one for data in versions, one for indexes. Sealed; without the master key''s file nothing that they seal can be opened.';
COMMENT ON COLUMN organisation_keys.master_id IS 'Which master key has wrapped it: the file master-<id>.key of the secrets'' folder.';
COMMENT ON COLUMN organisation_keys.wrapped IS 'Nonce, key and tag of AES-256-GCM-SIV, bound to organisation, purpose, version and master key.';

ALTER TABLE organisation_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY organisation_keys_owner ON organisation_keys TO birgemiz_owner USING (true) WITH CHECK (true);
-- The service's own lane alone: whoever acts for a caller is handed what they need by it.
CREATE POLICY organisation_keys_system ON organisation_keys TO birgemiz_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON organisation_keys TO birgemiz_system;
GRANT UPDATE (master_id, wrapped) ON organisation_keys TO birgemiz_system;
