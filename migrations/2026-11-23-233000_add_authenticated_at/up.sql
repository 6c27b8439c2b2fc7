-- When somebody last showed who they are: what is most worth stealing is for those who did so lately. Of sessions that began
-- before this nobody knows, so they show it once more; those that a release without this begins meanwhile begin with a log-in.

ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz;
ALTER TABLE sessions ALTER COLUMN authenticated_at SET DEFAULT transaction_timestamp();
COMMENT ON COLUMN sessions.authenticated_at IS 'When its person last showed a password or a code: as it began, or later, for something that asks for it.';
