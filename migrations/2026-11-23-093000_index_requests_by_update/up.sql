-- Finds what an organisation's requests have come to since somebody last asked.
CREATE INDEX CONCURRENTLY requests_by_update ON requests (organisation_id, updated_at);
