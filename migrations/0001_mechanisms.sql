-- +goose Up
-- What every use case stands on: the audit trail, the outbox and its log, idempotency keys, leases.
CREATE TABLE meta (
    key   text NOT NULL PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE idempotency (
    account_id  uuid        NOT NULL,
    operation   text        NOT NULL,
    key         text        NOT NULL,
    fingerprint text        NOT NULL,
    object_id   uuid,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, operation, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

CREATE TABLE outbox (
    id         uuid        NOT NULL PRIMARY KEY,
    kind       text        NOT NULL,
    object_id  uuid        NOT NULL,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE change_log (
    pos        bigint      NOT NULL PRIMARY KEY,
    outbox_id  uuid        NOT NULL UNIQUE,
    kind       text        NOT NULL,
    object_id  uuid        NOT NULL,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE consumer_places (
    consumer text   NOT NULL PRIMARY KEY,
    pos      bigint NOT NULL
);

CREATE TABLE leases (
    name   text        NOT NULL PRIMARY KEY,
    holder text        NOT NULL,
    until  timestamptz NOT NULL
);

CREATE TABLE audit (
    id             uuid        NOT NULL PRIMARY KEY,
    recorded_at    timestamptz NOT NULL,
    account_id     uuid,
    operation      text        NOT NULL,
    request_id     text        NOT NULL,
    action         text        NOT NULL,
    object_kind    text        NOT NULL,
    object_id      uuid        NOT NULL,
    object_version bigint      NOT NULL,
    digest         text        NOT NULL,
    chained        boolean     NOT NULL
);
CREATE INDEX audit_object ON audit (object_id, object_version);
CREATE INDEX audit_unchained ON audit (id) WHERE NOT chained;

-- Values may be about persons: they can be erased while the audit row keeps its salted digest.
CREATE TABLE audit_details (
    audit_id uuid NOT NULL PRIMARY KEY,
    salt     text NOT NULL,
    before   text NOT NULL,
    after    text NOT NULL
);

CREATE TABLE audit_chain (
    pos      bigint NOT NULL PRIMARY KEY,
    audit_id uuid   NOT NULL UNIQUE,
    hash     text   NOT NULL
);

CREATE TABLE sequences (
    name  text   NOT NULL PRIMARY KEY,
    value bigint NOT NULL
);
