-- Doors are counted by their finest cell now.
DROP INDEX CONCURRENTLY household_doors_by_cell;
