DROP INDEX CONCURRENTLY requests_by_update;
