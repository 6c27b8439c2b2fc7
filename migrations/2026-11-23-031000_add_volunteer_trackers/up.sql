-- Partner apps may tell where volunteers are who agreed to that, and where nobody else is.

ALTER TABLE volunteer_positions ADD COLUMN trackers_agreed_at timestamptz;
COMMENT ON COLUMN volunteer_positions.trackers_agreed_at IS 'Since when the volunteer agrees that partner apps of their organisation tell where they are; null when they do not.';
