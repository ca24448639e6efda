-- +goose Up
-- An organization is suspended by an operator; its listings are marked with it, so that nobody else reads or finds them.
ALTER TABLE organizations ADD COLUMN suspended_at timestamptz;
ALTER TABLE organizations ADD COLUMN suspended_by uuid;
ALTER TABLE organizations ADD COLUMN suspension_reason text NOT NULL DEFAULT '';
ALTER TABLE results ADD COLUMN owner_suspended boolean NOT NULL DEFAULT FALSE;
ALTER TABLE needs ADD COLUMN owner_suspended boolean NOT NULL DEFAULT FALSE;
