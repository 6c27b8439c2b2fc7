-- Whoever listens is forgotten, with what waits for them, and what the log tells of them: the version before knows
-- no such kind and could not read it. Everything else in the log stays.
DROP TABLE webhook_attempts;
DROP TABLE webhook_messages;
DROP TABLE webhook_endpoints;
DELETE FROM events WHERE subject_kind = 'webhook';
DELETE FROM idempotency_keys WHERE route LIKE '%/v1/webhook-endpoints%';
UPDATE partners SET scopes = array_remove(scopes, 'webhooks:manage');
