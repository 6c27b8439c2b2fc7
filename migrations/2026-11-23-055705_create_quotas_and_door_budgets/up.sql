-- Quotas that several processes share, and budgets of doors that exports do not count against.

-- Not durable, and need not be: whoever loses it begins the window of a minute anew.
CREATE UNLOGGED TABLE quota_leases (
    holder_kind text NOT NULL CONSTRAINT quota_leases_holder_kind
        CHECK (holder_kind IN ('person', 'partner', 'organisation', 'address')),
    holder_id uuid NOT NULL,
    window_start timestamptz NOT NULL,
    granted integer NOT NULL,
    last_grant integer NOT NULL,
    CONSTRAINT quota_leases_pkey PRIMARY KEY (holder_kind, holder_id, window_start)
);
COMMENT ON TABLE quota_leases IS 'How many calls of a window processes have leased, by whose quota it is. Not durable: after a crash windows begin anew.';
COMMENT ON COLUMN quota_leases.holder_kind IS 'Whether a person, a partner app, an organisation or a network address has the quota.';
COMMENT ON COLUMN quota_leases.holder_id IS 'Whose quota: an id, or the keyed hash of an address.';
COMMENT ON COLUMN quota_leases.window_start IS 'When the window began, by the clock of this server.';
COMMENT ON COLUMN quota_leases.granted IS 'Calls that all processes have leased of it.';
COMMENT ON COLUMN quota_leases.last_grant IS 'How many of them the latest lease was: what its process is told.';
CREATE INDEX quota_leases_by_window ON quota_leases (window_start);

GRANT SELECT, INSERT, UPDATE, DELETE ON quota_leases TO birgemiz_app;

ALTER TABLE door_readings ADD COLUMN exported boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN door_readings.exported IS 'Read for an export, which says of itself that it takes all; not counted against the reader''s budget of doors.';

COMMENT ON TABLE login_attempts IS 'Wrong guesses by keyed hash of what was guessed at and of where from, and by quarter of an hour, so that guessing is slowed on every server alike.';
