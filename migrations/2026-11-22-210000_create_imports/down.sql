-- Unfinished imports are lost with their files; what they took in stays.
DROP TABLE import_staging;
DROP TABLE import_faults;
DROP TABLE import_parts;
DROP TABLE imports;
