-- +goose Up
-- Zones of the city's own making, which the national standard has no code for, each with the region that it lies in.
CREATE TABLE zones (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code       text        NOT NULL UNIQUE,
    name       text        NOT NULL,
    name_en    text        NOT NULL,
    parent     text        NOT NULL,
    source     text        NOT NULL,
    valid_from date        NOT NULL,
    valid_to   date
);
CREATE INDEX zones_parent ON zones (parent, code);
