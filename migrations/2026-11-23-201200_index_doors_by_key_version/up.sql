-- Which data keys an older version of their organisation's key has wrapped is asked every minute.
CREATE INDEX CONCURRENTLY household_doors_by_key_version ON household_doors (organisation_id, key_version);
