-- +goose Up
-- An office revokes a registration itself: why it is proposed stands with the application, why and when it was done with the contract (JSON). None before.
ALTER TABLE contract_applications ADD COLUMN revocation jsonb;
ALTER TABLE contracts ADD COLUMN revoked jsonb;

-- What authorities that give benefits ought to be told (函告) of a registration that was amended, cancelled or revoked: one letter for each, until a registrar
-- records that it went out, or why none was needed. Of what was granted before there are none.
CREATE TABLE authority_letters (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    contract_id       uuid   NOT NULL REFERENCES contracts (id),
    application_id    uuid   NOT NULL REFERENCES contract_applications (id),
    office            text   NOT NULL,
    authority         text   NOT NULL,
    cause             text   NOT NULL,
    rules             jsonb  NOT NULL,
    state             text   NOT NULL,
    turnover_before   bigint NOT NULL,
    technology_before bigint NOT NULL,
    turnover_after    bigint,
    technology_after  bigint,
    sent_on           date,
    recipient         text   NOT NULL,
    document_number   text   NOT NULL,
    note              text   NOT NULL,
    done_by           uuid   REFERENCES accounts (id),
    done_at           timestamptz,
    UNIQUE (application_id, authority)
);
CREATE INDEX authority_letters_office ON authority_letters (office, id);
CREATE INDEX authority_letters_office_state ON authority_letters (office, state, id);
CREATE INDEX authority_letters_state ON authority_letters (state, id);
CREATE INDEX authority_letters_authority ON authority_letters (authority, id);
CREATE INDEX authority_letters_contract ON authority_letters (contract_id, id);
