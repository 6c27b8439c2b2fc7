-- Finds the volunteers of an organisation that were changed since somebody last asked.
CREATE INDEX CONCURRENTLY volunteers_by_update ON volunteers (organisation_id, updated_at);
