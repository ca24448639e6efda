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
CREATE INDEX jobs_due ON jobs (kind, due_at) WHERE parked_at IS NULL;
CREATE INDEX jobs_parked ON jobs (parked_at, id) WHERE parked_at IS NOT NULL;

-- Each of these finds out for itself when it ends.
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'need.expire', id, updated_at, 0, '', NULL, NULL, '', updated_at FROM needs WHERE state = 'open' AND deadline IS NOT NULL;
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'introduction.lapse', id, updated_at, 0, '', NULL, NULL, '', updated_at FROM introductions WHERE state = 'proposed';
CREATE INDEX contract_applications_provisional ON contract_applications (id) WHERE due_provisional;

-- The State Council's tables of holidays, year by year, beside those that are built in.
CREATE TABLE calendar_years (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    year       bigint      NOT NULL UNIQUE,
    source     text        NOT NULL,
    days       jsonb       NOT NULL,
    loaded_by  uuid        NOT NULL
);
