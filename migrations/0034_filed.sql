-- +goose Up
-- What a refused contract shall say when it is filed again, beside what was filed last, which all others go on reading.
ALTER TABLE contracts ADD COLUMN mending jsonb;

-- When the papers of an application were handed in last: with it, or with an answer to what was missing. They stay as they were then.
ALTER TABLE contract_applications ADD COLUMN handed_at timestamptz;
UPDATE contract_applications SET handed_at = created_at;
