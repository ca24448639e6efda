-- +goose Up
-- Who takes part: accounts and their tokens, organizations and their members, dated register entries, registration offices.
CREATE TABLE accounts (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    username      text    NOT NULL UNIQUE,
    name          text    NOT NULL,
    password_hash text    NOT NULL,
    operator      boolean NOT NULL
);

CREATE TABLE tokens (
    id         uuid        NOT NULL PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES accounts (id),
    hash       text        NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX tokens_account ON tokens (account_id);

CREATE TABLE organizations (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    state         text NOT NULL,
    name          text NOT NULL,
    kind          text NOT NULL,
    credit_code   text NOT NULL,
    region        text NOT NULL,
    introduction  text NOT NULL,
    contact_name  text NOT NULL,
    contact_phone text NOT NULL,
    contact_email text NOT NULL,
    created_by    uuid NOT NULL REFERENCES accounts (id),
    verified_by   uuid,
    verified_at   timestamptz
);
-- Anybody may claim a code, which is public; one organization holds it once an operator has looked.
CREATE UNIQUE INDEX organizations_credit_code ON organizations (credit_code) WHERE state = 'verified';
CREATE INDEX organizations_state ON organizations (state, id);

CREATE TABLE memberships (
    organization_id uuid        NOT NULL REFERENCES organizations (id),
    account_id      uuid        NOT NULL REFERENCES accounts (id),
    admin           boolean     NOT NULL,
    created_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    PRIMARY KEY (organization_id, account_id)
);
CREATE INDEX memberships_account ON memberships (account_id);

CREATE TABLE offices (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code   text NOT NULL UNIQUE,
    name   text NOT NULL,
    region text NOT NULL UNIQUE
);

CREATE TABLE register_entries (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    kind        text NOT NULL,
    account_id  uuid NOT NULL REFERENCES accounts (id),
    office      text NOT NULL,
    certificate text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date
);
CREATE INDEX register_entries_account ON register_entries (account_id);
