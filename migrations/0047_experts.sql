-- +goose Up
-- What an expert in the register knows of, by codes (JSON lists of texts), and who employs them.
ALTER TABLE register_entries ADD COLUMN fields text NOT NULL DEFAULT '[]';
ALTER TABLE register_entries ADD COLUMN chains text NOT NULL DEFAULT '[]';
ALTER TABLE register_entries ADD COLUMN employer_id uuid REFERENCES organizations (id);
CREATE INDEX register_entries_kind ON register_entries (kind, account_id);

-- What ties a person to an organization, as they or an operator declared it, with its days.
CREATE TABLE expert_ties (
    id                uuid        NOT NULL PRIMARY KEY,
    version           bigint      NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    account_id        uuid        NOT NULL REFERENCES accounts (id),
    kind              text        NOT NULL,
    organization_id   uuid        REFERENCES organizations (id),
    organization_name text        NOT NULL,
    organization_code text        NOT NULL,
    valid_from        date        NOT NULL,
    valid_to          date,
    note              text        NOT NULL,
    declared_by       uuid        NOT NULL REFERENCES accounts (id)
);
CREATE INDEX expert_ties_account ON expert_ties (account_id, id);
CREATE INDEX expert_ties_organization ON expert_ties (organization_id) WHERE organization_id IS NOT NULL;
