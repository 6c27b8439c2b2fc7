DROP TABLE client_assertions;
ALTER TABLE partners DROP COLUMN public_keys;
