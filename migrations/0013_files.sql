-- +goose Up
-- Attachments. The bytes lie in the files store in parts; a file is a name for content on one record, and public content that is the same
-- is stored once. sealed_by is the key of what is not public, and empty for the rest.
CREATE TABLE file_contents (
    id           uuid        NOT NULL PRIMARY KEY,
    address      text        NOT NULL,
    size         bigint      NOT NULL,
    media_type   text        NOT NULL,
    sealed_by    text        NOT NULL,
    created_at   timestamptz NOT NULL,
    unused_since timestamptz
);
CREATE UNIQUE INDEX file_contents_shared ON file_contents (address) WHERE sealed_by = '';
CREATE INDEX file_contents_unused ON file_contents (unused_since) WHERE unused_since IS NOT NULL;

CREATE TABLE files (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    object_kind text        NOT NULL,
    object_id   uuid        NOT NULL,
    name        text        NOT NULL,
    public      boolean     NOT NULL,
    content_id  uuid        NOT NULL REFERENCES file_contents (id),
    added_by    uuid        NOT NULL REFERENCES accounts (id)
);
CREATE INDEX files_of_object ON files (object_id, object_kind);
CREATE INDEX files_of_content ON files (content_id);

-- What is under way. Its places are numbered, so that an account has so many at most.
CREATE TABLE uploads (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    account_id  uuid        NOT NULL REFERENCES accounts (id),
    place       bigint      NOT NULL,
    object_kind text        NOT NULL,
    object_id   uuid        NOT NULL,
    name        text        NOT NULL,
    size        bigint      NOT NULL,
    public      boolean     NOT NULL,
    sealed_by   text        NOT NULL,
    received    bigint      NOT NULL,
    parts       bigint      NOT NULL,
    sender      text        NOT NULL,
    expires_at  timestamptz NOT NULL,
    UNIQUE (account_id, place)
);
CREATE INDEX uploads_expiry ON uploads (expires_at);

-- The parts of a content, or of an upload, which becomes a content of the same id. progress is how far the digests have come with this part.
CREATE TABLE file_parts (
    content_id uuid   NOT NULL,
    start      bigint NOT NULL,
    size       bigint NOT NULL,
    stored     bigint NOT NULL,
    object     text   NOT NULL,
    progress   bytea,
    PRIMARY KEY (content_id, start)
);
CREATE UNIQUE INDEX file_parts_object ON file_parts (object);
