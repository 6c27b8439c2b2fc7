CREATE INDEX CONCURRENTLY household_doors_by_cell ON household_doors USING gin (cells);
