-- +goose Up
-- The sums of the ledger are changed in place, many times each: room on their pages lets a change stay on its page and leave the key's
-- index alone.
ALTER TABLE ledger_rollups SET (fillfactor = 50);
