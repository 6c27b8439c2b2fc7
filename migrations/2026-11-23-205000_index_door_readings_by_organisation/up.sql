-- Whose doors of an organisation were read in a period, and by whom, must be told within minutes when something has gone wrong.
CREATE INDEX CONCURRENTLY door_readings_by_organisation ON door_readings (organisation_id, at);
