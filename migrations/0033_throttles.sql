-- +goose Up
-- How many attempts were made lately, counted over all processes: until when what was taken weighs, in microseconds.
CREATE TABLE throttles (
    bucket text   NOT NULL PRIMARY KEY,
    until  bigint NOT NULL
);
CREATE INDEX throttles_until ON throttles (until);
