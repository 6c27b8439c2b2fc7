-- Lists what one partner app filed without reading what all others of its organisation did.
CREATE INDEX CONCURRENTLY requests_by_partner ON requests (partner_id, id) WHERE partner_id IS NOT NULL;
