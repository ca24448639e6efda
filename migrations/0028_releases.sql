-- +goose Up
-- What is public of the ledger, release by release, with the tables by which it is shown: kept so that no question reads entries again. All of
-- it follows from the entries, and verify compares.
CREATE TABLE ledger_releases (
    elsewhere boolean NOT NULL,
    through   bigint  NOT NULL,
    first     text    NOT NULL,
    month     text    NOT NULL,
    whole     boolean NOT NULL,
    PRIMARY KEY (elsewhere, through)
);
CREATE TABLE ledger_release_tables (
    elsewhere boolean NOT NULL,
    through   bigint  NOT NULL,
    dimension text    NOT NULL,
    blocks    text    NOT NULL,
    PRIMARY KEY (elsewhere, dimension, through)
);
-- The last month whose releases are kept: nothing is recorded in it any more, whatever a clock says.
ALTER TABLE ledger_head ADD COLUMN ended text;

-- How far the entries were followed: none between the last release and this one ends another.
CREATE TABLE ledger_followed (
    elsewhere boolean NOT NULL PRIMARY KEY,
    seq       bigint  NOT NULL,
    waits     text,
    ended     text    NOT NULL
);
-- Contracts registered elsewhere are few among the others.
CREATE INDEX ledger_entries_elsewhere ON ledger_entries (seq) WHERE elsewhere;
