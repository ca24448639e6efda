-- +goose Up
-- An administrator whom an operator names, where an organization has none, is one once another operator confirms it.
ALTER TABLE memberships ADD COLUMN appointed_by uuid;
ALTER TABLE memberships ADD COLUMN confirmed_by uuid;
-- Offers of operators that nobody has accepted wait for the second word, too.
UPDATE memberships SET appointed_by = added_by, admin = FALSE
    WHERE accepted_at IS NULL AND added_by IN (SELECT id FROM accounts WHERE operator);
