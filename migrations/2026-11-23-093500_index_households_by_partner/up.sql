-- Lists the households that one partner app registered without reading those of all others of its organisation.
CREATE INDEX CONCURRENTLY households_by_partner ON households (partner_id, id) WHERE partner_id IS NOT NULL;
