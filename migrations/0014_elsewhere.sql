-- +goose Up
-- Where a contract was registered, if by none of the offices here: office, official number, day.
ALTER TABLE contracts ADD COLUMN elsewhere jsonb;
