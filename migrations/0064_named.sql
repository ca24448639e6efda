-- +goose Up
-- At which places the texts of an opened bid of a blind round name who bids.
ALTER TABLE bids ADD COLUMN named jsonb;
