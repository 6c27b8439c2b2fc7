-- Finds households of one name at one place, however the name is spaced and capitalised: for duplicates.
CREATE INDEX CONCURRENTLY household_doors_by_name
    ON household_doors (organisation_id, lower(regexp_replace(name, '\s+', ' ', 'g')), lat);
