-- What was erased stays erased; the version before knows no such kind of event.
DROP FUNCTION forget_answers(text[]);
DROP POLICY idempotency_keys_emptied ON idempotency_keys;
REVOKE SELECT (body), UPDATE (body, location, fingerprint) ON idempotency_keys FROM birgemiz_definer;
REVOKE DELETE ON household_doors, household_consents, request_notes, request_phrases, photos
    FROM birgemiz_app, birgemiz_system;
ALTER TABLE households DROP COLUMN erased_at;
DELETE FROM events WHERE kind = 'household.erased';
