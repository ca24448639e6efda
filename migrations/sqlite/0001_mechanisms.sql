-- +goose Up
-- What every use case stands on: the audit trail, the outbox and its log, idempotency keys, leases.
CREATE TABLE meta (
    key   text NOT NULL PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE idempotency (
    account_id  text        NOT NULL,
    operation   text        NOT NULL,
    key         text        NOT NULL,
    fingerprint text        NOT NULL,
    object_id   text,
    created_at  timestamp NOT NULL,
    PRIMARY KEY (account_id, operation, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

CREATE TABLE outbox (
    id         text        NOT NULL PRIMARY KEY,
    kind       text        NOT NULL,
    object_id  text        NOT NULL,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL
);

CREATE TABLE change_log (
    pos        integer      NOT NULL PRIMARY KEY,
    outbox_id  text        NOT NULL UNIQUE,
    kind       text        NOT NULL,
    object_id  text        NOT NULL,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL
);

CREATE TABLE consumer_places (
    consumer text   NOT NULL PRIMARY KEY,
    pos      integer NOT NULL
);

CREATE TABLE leases (
    name   text        NOT NULL PRIMARY KEY,
    holder text        NOT NULL,
    until  timestamp NOT NULL
);

CREATE TABLE audit (
    id             text        NOT NULL PRIMARY KEY,
    recorded_at    timestamp NOT NULL,
    account_id     text,
    operation      text        NOT NULL,
    request_id     text        NOT NULL,
    action         text        NOT NULL,
    object_kind    text        NOT NULL,
    object_id      text        NOT NULL,
    object_version integer      NOT NULL,
    digest         text        NOT NULL,
    chained        boolean     NOT NULL
);
CREATE INDEX audit_object ON audit (object_id, object_version);
CREATE INDEX audit_unchained ON audit (id) WHERE NOT chained;

-- Values may be about persons: they can be erased while the audit row keeps its salted digest.
CREATE TABLE audit_details (
    audit_id text NOT NULL PRIMARY KEY,
    salt     text NOT NULL,
    before   text NOT NULL,
    after    text NOT NULL
);

CREATE TABLE audit_chain (
    pos      integer NOT NULL PRIMARY KEY,
    audit_id text   NOT NULL UNIQUE,
    hash     text   NOT NULL
);

CREATE TABLE sequences (
    name  text   NOT NULL PRIMARY KEY,
    value integer NOT NULL
);
