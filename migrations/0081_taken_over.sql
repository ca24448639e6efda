-- +goose Up
-- Contracts that another system registered are taken over with its number and its day. They count in the month of that day, which is over: what is
-- released of them is apart from the rest, by the months in which it counts.
ALTER TABLE ledger_releases ADD COLUMN late boolean NOT NULL DEFAULT FALSE;
ALTER TABLE ledger_releases ADD COLUMN posted text;
ALTER TABLE ledger_releases ADD COLUMN upto text;
CREATE TABLE ledger_followed_late (
    elsewhere boolean NOT NULL PRIMARY KEY,
    seq       bigint  NOT NULL,
    waits     text,
    ended     text    NOT NULL
);
