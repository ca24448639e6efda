-- +goose Up
CREATE TABLE jobs (
    kind      text        NOT NULL,
    object_id uuid        NOT NULL,
    due_at    timestamptz NOT NULL,
    attempts  bigint      NOT NULL,
    held_to   timestamptz NOT NULL,
    PRIMARY KEY (kind, object_id)
);
