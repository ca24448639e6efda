-- +goose Up
-- What an organization is for a time, by somebody's certificate or list: grades of enterprises, and the bureau's list of key institutions.
CREATE TABLE grades (
    id              uuid        NOT NULL PRIMARY KEY,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    organization_id uuid        NOT NULL REFERENCES organizations (id),
    kind            text        NOT NULL,
    state           text        NOT NULL,
    valid_from      date        NOT NULL,
    valid_to        date,
    certificate     text        NOT NULL,
    proposed_by     uuid        NOT NULL REFERENCES accounts (id),
    confirmed_by    uuid        REFERENCES accounts (id),
    confirmed_at    timestamptz,
    reason          text        NOT NULL
);
CREATE INDEX grades_organization ON grades (organization_id, id);
CREATE INDEX grades_kind ON grades (kind, id);
CREATE INDEX grades_certificate ON grades (certificate);
