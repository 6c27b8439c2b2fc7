-- What was refused, and its seals, are lost.
ALTER TABLE seals DROP CONSTRAINT seals_book;
DELETE FROM seals WHERE book = 'access_records';
DELETE FROM restorations WHERE book = 'access_records';
ALTER TABLE seals ADD CONSTRAINT seals_book CHECK (book IN ('events', 'door_readings'));
DROP TABLE access_records;
