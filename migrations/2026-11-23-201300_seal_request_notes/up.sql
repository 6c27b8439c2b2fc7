-- Notes of requests are sealed under their households' data keys (docs/private-data.md). Those that are there move to
-- plain_notes, and the service seals them at its start as it does doors.
--
-- The release before this one reads a column that is not there any more: stop it before this runs.

ALTER TABLE request_notes RENAME TO plain_notes;
ALTER INDEX request_notes_pkey RENAME TO plain_notes_pkey;
ALTER TABLE plain_notes RENAME CONSTRAINT request_notes_request_fk TO plain_notes_request_fk;
COMMENT ON TABLE plain_notes IS 'Notes of the release before, until the service has sealed them. Empty otherwise.';
DROP POLICY request_notes_owner ON plain_notes;
DROP POLICY request_notes_system ON plain_notes;
DROP POLICY request_notes_own ON plain_notes;
DROP POLICY request_notes_served ON plain_notes;
REVOKE ALL ON plain_notes FROM birgemiz_app, birgemiz_system;
CREATE POLICY plain_notes_owner ON plain_notes TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY plain_notes_system ON plain_notes TO birgemiz_system USING (true) WITH CHECK (true);
-- Nobody writes here any more; who seals a note locks its row meanwhile.
GRANT SELECT, DELETE ON plain_notes TO birgemiz_system;
GRANT UPDATE (area_id) ON plain_notes TO birgemiz_system;

CREATE TABLE request_notes (
    request_id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    area_id uuid NOT NULL,
    sealed bytea NOT NULL CONSTRAINT request_notes_sealed CHECK (octet_length(sealed) >= 28),
    CONSTRAINT request_notes_request_fk FOREIGN KEY (organisation_id, area_id, request_id)
        REFERENCES requests (organisation_id, area_id, id)
);
COMMENT ON TABLE request_notes IS 'What the volunteer should know about this request. Shown with the door, by its rule.';
COMMENT ON COLUMN request_notes.sealed IS 'Nonce, JSON and tag of AES-256-GCM-SIV under the data key of the request''s household, bound to organisation, column and request.';
ALTER TABLE request_notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY request_notes_owner ON request_notes TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY request_notes_system ON request_notes TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY request_notes_own ON request_notes TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
    WITH CHECK (organisation_id = (SELECT acting_organisation()));
CREATE POLICY request_notes_served ON request_notes FOR SELECT TO birgemiz_app USING (EXISTS (
    SELECT FROM claims c WHERE c.request_id = request_notes.request_id
    AND c.volunteer_id = (SELECT acting_volunteer()) AND c.status IN ('active', 'completed')));
GRANT SELECT, INSERT, UPDATE ON request_notes TO birgemiz_app, birgemiz_system;
