-- +goose Up
-- What a bidder was told of the outcome, by whom and when.
ALTER TABLE bids ADD COLUMN answer text NOT NULL DEFAULT '';
ALTER TABLE bids ADD COLUMN answered_by uuid;
ALTER TABLE bids ADD COLUMN answered_at timestamptz;
