-- Finds what lies in a part of the map: households, and by them their requests, which are written too often for one more
-- index.
CREATE INDEX CONCURRENTLY households_by_coarse_point ON households (organisation_id, coarse_lat, coarse_lon);
