-- +goose Up
-- What ends and changes: accounts, memberships, offices, and what is verified of an organization.
ALTER TABLE accounts ADD COLUMN deactivated_at timestamptz;
ALTER TABLE accounts ADD COLUMN deactivated_by uuid;
ALTER TABLE accounts ADD COLUMN deactivation_reason text NOT NULL DEFAULT '';

-- Who added a member; who entered an organization made themself one.
ALTER TABLE memberships ADD COLUMN added_by uuid;
UPDATE memberships SET added_by = account_id WHERE EXISTS (
    SELECT 1 FROM organizations o WHERE o.id = memberships.organization_id AND o.created_by = memberships.account_id);
-- A membership that ended moves here, so that whoever asks for members need not know of endings.
CREATE TABLE past_memberships (
    id              uuid        NOT NULL PRIMARY KEY,
    organization_id uuid        NOT NULL REFERENCES organizations (id),
    account_id      uuid        NOT NULL REFERENCES accounts (id),
    admin           boolean     NOT NULL,
    added_by        uuid,
    created_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    ended_at        timestamptz NOT NULL,
    ended_by        uuid
);
CREATE INDEX past_memberships_organization ON past_memberships (organization_id, id);
CREATE INDEX past_memberships_account ON past_memberships (account_id);

-- An office has a last day, and another that takes over what it had; its region may be another's from then on.
CREATE TABLE offices_dated (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code      text NOT NULL UNIQUE,
    name      text NOT NULL,
    region    text NOT NULL,
    valid_to  date,
    successor text NOT NULL DEFAULT ''
);
INSERT INTO offices_dated (id, version, created_at, updated_at, code, name, region) SELECT id, version, created_at, updated_at, code, name, region FROM offices;
DROP TABLE offices;
ALTER TABLE offices_dated RENAME TO offices;
CREATE UNIQUE INDEX offices_region ON offices (region) WHERE valid_to IS NULL;

-- Why a verification was refused, and what is proposed of the facts that an operator verifies.
ALTER TABLE organizations ADD COLUMN refusal_reason text NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN proposal jsonb;
CREATE INDEX organizations_code ON organizations (credit_code);
