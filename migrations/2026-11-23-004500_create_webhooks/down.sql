-- Whoever listens is forgotten, with what waits for them; the log itself stays.
DROP TABLE webhook_attempts;
DROP TABLE webhook_messages;
DROP TABLE webhook_endpoints;
UPDATE partners SET scopes = array_remove(scopes, 'webhooks:manage');
