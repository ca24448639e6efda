-- +goose Up
-- Who controls whom among companies, dated and with evidence. A key is what counts as the same end of a link: a company's code, a person's
-- name and what tells them apart.
CREATE TABLE control_links (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    kind        text        NOT NULL,
    holder_kind text        NOT NULL,
    holder_name text        NOT NULL,
    holder_code text        NOT NULL,
    holder_mark text        NOT NULL,
    held_kind   text        NOT NULL,
    held_name   text        NOT NULL,
    held_code   text        NOT NULL,
    held_mark   text        NOT NULL,
    share       bigint      NOT NULL,
    valid_from  date        NOT NULL,
    valid_to    date,
    evidence    text        NOT NULL,
    entered_by  uuid        NOT NULL REFERENCES accounts (id),
    holder_key  text        NOT NULL,
    held_key    text        NOT NULL
);
CREATE INDEX control_links_held ON control_links (held_key, valid_from);
CREATE INDEX control_links_holder ON control_links (holder_key, id);
