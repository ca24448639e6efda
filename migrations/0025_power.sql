-- +goose Up
-- Power is given by two: what one operator enters in a register counts on the days that another has confirmed.
ALTER TABLE register_entries ADD COLUMN proposed_by uuid;
ALTER TABLE register_entries ADD COLUMN confirmed_by uuid;
ALTER TABLE register_entries ADD COLUMN confirmed_at timestamptz;
ALTER TABLE register_entries ADD COLUMN confirmed_from date;
ALTER TABLE register_entries ADD COLUMN confirmed_to date;
-- What was in force stays in force.
UPDATE register_entries SET confirmed_at = updated_at, confirmed_from = valid_from, confirmed_to = valid_to;
