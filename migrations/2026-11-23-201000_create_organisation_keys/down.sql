-- Whatever these keys have sealed cannot be opened any more: down.sql of what seals comes first, and refuses.
DROP TABLE organisation_keys;
