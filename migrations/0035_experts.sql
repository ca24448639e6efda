-- +goose Up
-- What experts said about an application that calls for them, and one that they have before them is under way like any other.
ALTER TABLE contract_applications ADD COLUMN opinions jsonb;
DROP INDEX contract_applications_open;
CREATE UNIQUE INDEX contract_applications_open ON contract_applications (contract_id)
    WHERE state IN ('submitted', 'supplement_requested', 'under_review', 'expert_review', 'second_review');

-- What the office notes for itself about an application.
CREATE TABLE application_notes (
    id             uuid        NOT NULL PRIMARY KEY,
    application_id uuid        NOT NULL REFERENCES contract_applications (id),
    account_id     uuid        NOT NULL,
    note           text        NOT NULL,
    created_at     timestamptz NOT NULL
);
CREATE INDEX application_notes_application ON application_notes (application_id, id);
