-- The sealer asks for what came after a place, in the order of writing.
CREATE INDEX CONCURRENTLY door_readings_in_order ON door_readings (xid, id);
