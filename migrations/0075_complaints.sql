-- +goose Up
-- Reports (举报) of listings, how the bureau answered them, and appeals against that. What was taken down says so in its own row.
ALTER TABLE results ADD COLUMN taken_down bigint NOT NULL DEFAULT 0;
ALTER TABLE needs ADD COLUMN taken_down bigint NOT NULL DEFAULT 0;
ALTER TABLE teams ADD COLUMN taken_down bigint NOT NULL DEFAULT 0;

CREATE TABLE complaints (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    state         text        NOT NULL,
    object_kind   text        NOT NULL,
    object_id     uuid        NOT NULL,
    title         text        NOT NULL,
    owner_id      uuid        NOT NULL REFERENCES organizations (id),
    author_id     uuid        NOT NULL REFERENCES accounts (id),
    ground        text        NOT NULL,
    text          text        NOT NULL,
    outcome       text        NOT NULL,
    reason        text        NOT NULL,
    decided_by    uuid        REFERENCES accounts (id),
    decided_at    timestamptz,
    appeal        text        NOT NULL,
    appealed_by   uuid        REFERENCES accounts (id),
    appealed_at   timestamptz,
    appeal_answer text        NOT NULL,
    settled_by    uuid        REFERENCES accounts (id),
    settled_at    timestamptz
);
-- One open report of one person about one record.
CREATE UNIQUE INDEX complaints_open ON complaints (author_id, object_kind, object_id) WHERE state = 'filed';
CREATE INDEX complaints_author ON complaints (author_id, id);
CREATE INDEX complaints_owner ON complaints (owner_id, id);
CREATE INDEX complaints_state ON complaints (state, id);
CREATE INDEX complaints_object ON complaints (object_id, id);
