-- +goose Up
-- What a Change says for those who are told of it later, when its record may be another or gone: its kind, whose it was, and whether everybody
-- could read it before and after. An empty noun was written by a version that did not say.
ALTER TABLE outbox ADD COLUMN noun text NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN owner_id uuid;
ALTER TABLE outbox ADD COLUMN was_public boolean NOT NULL DEFAULT FALSE;
ALTER TABLE outbox ADD COLUMN is_public boolean NOT NULL DEFAULT FALSE;
ALTER TABLE change_log ADD COLUMN noun text NOT NULL DEFAULT '';
ALTER TABLE change_log ADD COLUMN owner_id uuid;
ALTER TABLE change_log ADD COLUMN was_public boolean NOT NULL DEFAULT FALSE;
ALTER TABLE change_log ADD COLUMN is_public boolean NOT NULL DEFAULT FALSE;
CREATE INDEX change_log_public ON change_log (pos) WHERE (was_public OR is_public OR noun = '');
-- Where an organization's programs are told of what changes. What the sender notes stands apart, so that a webhook's version moves with its owner alone.
CREATE TABLE webhooks (
    id              uuid        NOT NULL PRIMARY KEY,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    organization_id uuid        NOT NULL REFERENCES organizations (id),
    account_id      uuid        NOT NULL REFERENCES accounts (id),
    url             text        NOT NULL,
    kinds           text        NOT NULL,
    enabled         boolean     NOT NULL,
    enabled_at      timestamptz NOT NULL,
    stopped         text        NOT NULL
);
CREATE INDEX webhooks_organization ON webhooks (organization_id, id);
CREATE TABLE webhook_states (
    webhook_id    uuid        NOT NULL PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
    holder        text        NOT NULL,
    until         timestamptz,
    hold_until    timestamptz,
    failures      bigint      NOT NULL,
    failing_since timestamptz,
    last_at       timestamptz,
    last_status   bigint,
    last_outcome  text        NOT NULL,
    succeeded_at  timestamptz
);
-- The secrets by which messages are signed, sealed; two of one webhook while it changes over.
CREATE TABLE webhook_secrets (
    id         uuid        NOT NULL PRIMARY KEY,
    webhook_id uuid        NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    key_id     text        NOT NULL,
    sealed     text        NOT NULL,
    made_at    timestamptz NOT NULL,
    until      timestamptz
);
CREATE INDEX webhook_secrets_webhook ON webhook_secrets (webhook_id);
CREATE INDEX webhook_secrets_key ON webhook_secrets (key_id);
CREATE TABLE webhook_deliveries (
    id           uuid        NOT NULL PRIMARY KEY,
    webhook_id   uuid        NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id     uuid        NOT NULL,
    sequence     bigint,
    type         text        NOT NULL,
    body         text        NOT NULL,
    state        text        NOT NULL,
    created_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    attempts     bigint      NOT NULL,
    last_status  bigint,
    last_outcome text        NOT NULL,
    ended_at     timestamptz
);
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (webhook_id, event_id);
CREATE UNIQUE INDEX webhook_deliveries_sequence ON webhook_deliveries (webhook_id, sequence);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at);
CREATE TABLE webhook_attempts (
    id          uuid        NOT NULL PRIMARY KEY,
    delivery_id uuid        NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    at          timestamptz NOT NULL,
    millis      bigint      NOT NULL,
    status      bigint,
    outcome     text        NOT NULL
);
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, id);
