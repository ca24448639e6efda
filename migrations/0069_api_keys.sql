-- +goose Up
-- Keys by which programs of an organization call the API: of each only a digest, and of the one that it took the place of, for as long as both
-- are good. What a key did is counted by day; the audit trail names it beside the account that made it.
CREATE TABLE api_keys (
    id              uuid        NOT NULL PRIMARY KEY,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    organization_id uuid        NOT NULL REFERENCES organizations (id),
    account_id      uuid        NOT NULL REFERENCES accounts (id),
    name            text        NOT NULL,
    scopes          text        NOT NULL,
    networks        text        NOT NULL,
    mark            text        NOT NULL,
    digest          text        NOT NULL UNIQUE,
    former          text,
    former_until    timestamptz,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    revoked_by      uuid        REFERENCES accounts (id)
);
CREATE INDEX api_keys_organization ON api_keys (organization_id, id);
CREATE INDEX api_keys_former ON api_keys (former);
CREATE TABLE api_key_uses (
    key_id  uuid        NOT NULL REFERENCES api_keys (id),
    day     date        NOT NULL,
    calls   bigint      NOT NULL,
    refused bigint      NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (key_id, day)
);
ALTER TABLE audit ADD COLUMN key_id uuid;
