-- When somebody last showed who they are: what is most worth stealing is for those who did so lately. Sessions that a release
-- without this begins meanwhile begin with a log-in too.

ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz NOT NULL DEFAULT transaction_timestamp();
UPDATE sessions SET authenticated_at = begun_at;
COMMENT ON COLUMN sessions.authenticated_at IS 'When its person last showed a password or a code: as it began, or later, for something that asks for it.';
