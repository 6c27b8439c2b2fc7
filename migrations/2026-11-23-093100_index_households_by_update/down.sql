DROP INDEX CONCURRENTLY households_by_update;
