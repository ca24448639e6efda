-- +goose Up
-- What an entry of a broker says besides: the level of the certificate, the day of it, and the regions that they work in. Chains and the agency stand in
-- the columns that experts have for chains and employer. Of an entry of before nothing of it is known.
ALTER TABLE register_entries ADD COLUMN level text NOT NULL DEFAULT '';
ALTER TABLE register_entries ADD COLUMN certified_on date;
ALTER TABLE register_entries ADD COLUMN regions text NOT NULL DEFAULT '[]';
CREATE INDEX register_entries_of_kind ON register_entries (kind, id);
