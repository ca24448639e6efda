-- +goose Up
-- The secret of a mail that waits, sealed: mails.secret holds those that were written before, until they are sent.
CREATE TABLE mail_secrets (
    id     uuid NOT NULL PRIMARY KEY REFERENCES mails (id),
    key_id text NOT NULL REFERENCES seal_keys (id),
    sealed text NOT NULL
);
CREATE INDEX mail_secrets_key ON mail_secrets (key_id, id);

-- A public file of what is published changes with its open revision: 'added' is not public before the revision is, 'removed' stays until then.
ALTER TABLE files ADD COLUMN revision text NOT NULL DEFAULT '';
