-- +goose Up
-- Whether a need keeps its owner's name to itself; none did before.
ALTER TABLE needs ADD COLUMN masked boolean NOT NULL DEFAULT FALSE;
-- The side of an introduction whose name is kept until it is accepted: the owner of a masked need.
ALTER TABLE introductions ADD COLUMN concealed_id uuid;
