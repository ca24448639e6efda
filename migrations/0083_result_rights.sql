-- +goose Up
-- The intellectual property in a result: kind, number, status, holder (JSON).
ALTER TABLE results ADD COLUMN rights text;
