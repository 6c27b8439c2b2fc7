-- The version before takes every organisation for a real one and cannot read what the log tells of clocks. Sandboxes
-- stay, as organisations in which nobody is real; their clocks stay where they are, for what is in them was decided
-- by them.
ALTER TABLE campaign_organisations DROP COLUMN is_sandbox;
ALTER TABLE campaigns DROP CONSTRAINT campaigns_clock, DROP COLUMN is_sandbox;
ALTER TABLE organisations DROP COLUMN is_sandbox;
DELETE FROM events WHERE kind LIKE 'sandbox.%';
DELETE FROM idempotency_keys WHERE route LIKE '%/v1/sandbox%';
