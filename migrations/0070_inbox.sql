-- +goose Up
-- What each person is told: one line for each Change that concerns them, once, however often the Change is handled.
CREATE TABLE inbox_items (
    id          uuid        NOT NULL PRIMARY KEY,
    account_id  uuid        NOT NULL REFERENCES accounts (id),
    pos         bigint      NOT NULL,
    deed        text        NOT NULL,
    object_kind text        NOT NULL,
    object_id   uuid        NOT NULL,
    at          timestamptz NOT NULL,
    read_at     timestamptz
);
CREATE UNIQUE INDEX inbox_items_once ON inbox_items (account_id, pos);
CREATE INDEX inbox_items_newest ON inbox_items (account_id, id);
CREATE INDEX inbox_items_unread ON inbox_items (account_id, id) WHERE read_at IS NULL;
CREATE INDEX inbox_items_at ON inbox_items (at);
