-- Counts the doors of a cell of any size by a range: in H3, all the finest cells of a larger one lie side by side in
-- the order of their numbers. One entry a door instead of four in an inverted index.
CREATE INDEX CONCURRENTLY household_doors_by_finest_cell ON household_doors (area_id, (cells[1]));
