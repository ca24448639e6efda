-- +goose Up
-- Mails to be sent, and the addresses that they go to: of accounts, and of people who are invited into an organization.
CREATE TABLE mails (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    kind        text        NOT NULL,
    account_id  uuid REFERENCES accounts (id),
    address     text        NOT NULL,
    address_key text        NOT NULL,
    data        text        NOT NULL,
    secret      text        NOT NULL,
    state       text        NOT NULL,
    until       timestamptz,
    reason      text        NOT NULL,
    sent_at     timestamptz
);
CREATE INDEX mails_state ON mails (state, id);
CREATE INDEX mails_address ON mails (address_key, created_at);
CREATE INDEX mails_created ON mails (created_at);
CREATE INDEX mails_secret ON mails (until) WHERE secret <> '';

-- An address is an account's once it was shown that its mails are read there; until then it stands in the link that was sent.
ALTER TABLE accounts ADD COLUMN email text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN email_key text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN email_verified_at timestamptz;
CREATE UNIQUE INDEX accounts_email ON accounts (email_key) WHERE email_key <> '';

CREATE TABLE account_links (
    id         uuid        NOT NULL PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES accounts (id),
    purpose    text        NOT NULL,
    hash       text        NOT NULL UNIQUE,
    address    text        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX account_links_account ON account_links (account_id, purpose, created_at);

-- What was typed into a request for a new password, until the background has looked for the account.
CREATE TABLE reset_requests (
    id         uuid        NOT NULL PRIMARY KEY,
    typed      text        NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE invitations (
    id              uuid        NOT NULL PRIMARY KEY,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    organization_id uuid        NOT NULL REFERENCES organizations (id),
    address         text        NOT NULL,
    admin           boolean     NOT NULL,
    state           text        NOT NULL,
    hash            text        NOT NULL UNIQUE,
    invited_by      uuid        NOT NULL REFERENCES accounts (id),
    expires_at      timestamptz NOT NULL,
    accepted_by     uuid REFERENCES accounts (id),
    accepted_at     timestamptz
);
CREATE INDEX invitations_organization ON invitations (organization_id, id);
