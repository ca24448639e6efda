-- +goose Up
-- The names under which organizations were verified before: they are still found by them.
CREATE TABLE organization_names (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    name            text NOT NULL,
    until           date NOT NULL
);
CREATE INDEX organization_names_organization ON organization_names (organization_id);
