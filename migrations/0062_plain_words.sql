-- +goose Up
-- Whose problem a result solves, in their words, and what a need may be called by specialists (JSON).
ALTER TABLE results ADD COLUMN solves text;
ALTER TABLE needs ADD COLUMN technical_terms text;
