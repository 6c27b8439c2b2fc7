DROP INDEX CONCURRENTLY households_by_partner;
