-- Finds the households of an organisation that were changed since somebody last asked.
CREATE INDEX CONCURRENTLY households_by_update ON households (organisation_id, updated_at);
