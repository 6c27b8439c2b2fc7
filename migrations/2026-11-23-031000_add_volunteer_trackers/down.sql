-- Loses who agreed: they have to be asked again.

ALTER TABLE volunteer_positions DROP COLUMN trackers_agreed_at;
