-- +goose Up
-- What one operator changes of an office or a calendar waits for another.
ALTER TABLE offices ADD COLUMN proposal jsonb;
ALTER TABLE offices ADD COLUMN confirmed_by uuid;
ALTER TABLE calendar_years ADD COLUMN proposal jsonb;
ALTER TABLE calendar_years ADD COLUMN confirmed_by uuid;
