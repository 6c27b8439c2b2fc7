-- Tokens that have run out are forgotten every minute, among all those that have not.
CREATE INDEX CONCURRENTLY refresh_tokens_by_expiry ON refresh_tokens (expires_at);
