-- Finds the households that a volunteer has served without reading every claim that they ever held. Whoever reads a
-- volunteer for matching asks it, so each claim does.
CREATE INDEX CONCURRENTLY claims_completed ON claims (volunteer_id, household_id) WHERE status = 'completed';
