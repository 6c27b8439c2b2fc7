DROP INDEX CONCURRENTLY volunteers_by_update;
