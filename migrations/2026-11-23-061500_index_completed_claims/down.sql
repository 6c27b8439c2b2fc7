DROP INDEX CONCURRENTLY claims_completed;
