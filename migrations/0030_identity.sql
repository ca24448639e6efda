-- +goose Up
-- What tells this database from every other, its own restored copies included. The program makes it, and a command renews it after a
-- restore; beside it stands where the database was then, by which a copy that was not told of shows.
CREATE TABLE database_identity (
    one     bigint      NOT NULL PRIMARY KEY CHECK (one = 1),
    id      uuid        NOT NULL,
    place   text        NOT NULL,
    made_at timestamptz NOT NULL
);
