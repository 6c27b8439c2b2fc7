-- As of doors: this refuses where there are sealed notes, unless they are to be lost.
DO $$
BEGIN
    IF EXISTS (SELECT FROM request_notes)
        AND coalesce(current_setting('birgemiz.lose_sealed_doors', true), '') <> 'true' THEN
        RAISE EXCEPTION 'there are sealed notes, which would be lost: go back by restoring a backup of before';
    END IF;
END
$$;

DROP TABLE request_notes;
DROP POLICY plain_notes_owner ON plain_notes;
DROP POLICY plain_notes_system ON plain_notes;
REVOKE SELECT, DELETE ON plain_notes FROM birgemiz_system;
REVOKE UPDATE (area_id) ON plain_notes FROM birgemiz_system;
ALTER TABLE plain_notes RENAME TO request_notes;
ALTER INDEX plain_notes_pkey RENAME TO request_notes_pkey;
ALTER TABLE request_notes RENAME CONSTRAINT plain_notes_request_fk TO request_notes_request_fk;
COMMENT ON TABLE request_notes IS 'What the volunteer should know about this request. Shown with the door, by its rule.';
CREATE POLICY request_notes_owner ON request_notes TO birgemiz_owner USING (true) WITH CHECK (true);
CREATE POLICY request_notes_system ON request_notes TO birgemiz_system USING (true) WITH CHECK (true);
CREATE POLICY request_notes_own ON request_notes TO birgemiz_app USING (organisation_id = (SELECT acting_organisation()))
    WITH CHECK (organisation_id = (SELECT acting_organisation()));
CREATE POLICY request_notes_served ON request_notes FOR SELECT TO birgemiz_app USING (EXISTS (
    SELECT FROM claims c WHERE c.request_id = request_notes.request_id
    AND c.volunteer_id = (SELECT acting_volunteer()) AND c.status IN ('active', 'completed')));
GRANT SELECT, INSERT, UPDATE ON request_notes TO birgemiz_app, birgemiz_system;
