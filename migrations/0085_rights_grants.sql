-- +goose Up
-- Rights in a result that its owner granted to the inventors (赋权): each with its days, the agreement and the notice before it (JSON). None before.
ALTER TABLE results ADD COLUMN rights_grants text;
