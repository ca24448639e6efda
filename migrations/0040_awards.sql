-- +goose Up
-- A deal may come from the award of a challenge instead of an introduction: one for each winner.
ALTER TABLE deals ALTER COLUMN introduction_id DROP NOT NULL;
ALTER TABLE deals ADD COLUMN challenge_id uuid;
ALTER TABLE deals ADD COLUMN title text NOT NULL DEFAULT '';
ALTER TABLE deals ADD COLUMN price bigint;
CREATE UNIQUE INDEX deals_challenge ON deals (challenge_id, supplier_id) WHERE challenge_id IS NOT NULL;

-- A need that became a challenge is held until that ends.
ALTER TABLE needs ADD COLUMN held_by uuid;
CREATE INDEX needs_held ON needs (held_by) WHERE held_by IS NOT NULL;
