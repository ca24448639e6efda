-- +goose Up
-- Who works for the bureau is said by two of it; of those who came by a command beyond the first two the reason is kept.
ALTER TABLE accounts ADD COLUMN operator_proposed_by uuid;
ALTER TABLE accounts ADD COLUMN operator_confirmed_by uuid;
ALTER TABLE accounts ADD COLUMN operator_reason text NOT NULL DEFAULT '';
-- A user name that only looks like another is not given. The program of before leaves it empty, which is like nobody's.
ALTER TABLE accounts ADD COLUMN username_looks text NOT NULL DEFAULT '';
UPDATE accounts SET username_looks =
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(username, '_', '.'), '-', '.'), '0', 'o'), '1', 'l'), 'i', 'l'), 'rn', 'm'), 'vv', 'w');
CREATE INDEX accounts_username_looks ON accounts (username_looks);
