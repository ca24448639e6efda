-- +goose Up
-- What is due at a time, or is to be done in the background: one job for each kind and object, written by the use case that causes it.
CREATE TABLE jobs (
    id         uuid        NOT NULL UNIQUE,
    kind       text        NOT NULL,
    object_id  uuid        NOT NULL,
    due_at     timestamptz NOT NULL,
    attempts   bigint      NOT NULL,
    holder     text        NOT NULL,
    until      timestamptz,
    parked_at  timestamptz,
    last_error text        NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (kind, object_id)
);
CREATE INDEX jobs_due ON jobs (due_at, kind) WHERE parked_at IS NULL;
CREATE INDEX jobs_parked ON jobs (parked_at, id) WHERE parked_at IS NOT NULL;
