-- +goose Up
-- What was really received on a contract. Rows are never changed: a mistake is reversed by a row of its own, which names what it reverses.
CREATE TABLE contract_payments (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    contract_id   uuid        NOT NULL REFERENCES contracts (id),
    amount        bigint      NOT NULL CHECK (amount > 0),
    reverses      uuid        REFERENCES contract_payments (id),
    paid_on       date        NOT NULL,
    payer         text        NOT NULL,
    advance       boolean     NOT NULL,
    milestone_id  uuid,
    external_id   text        NOT NULL,
    note          text        NOT NULL,
    recorded_side text        NOT NULL,
    recorded_by   uuid        NOT NULL
);
CREATE INDEX contract_payments_contract ON contract_payments (contract_id, id);
CREATE UNIQUE INDEX contract_payments_external ON contract_payments (contract_id, external_id) WHERE external_id <> '';
CREATE INDEX contract_payments_reverses ON contract_payments (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX contract_payments_milestone ON contract_payments (milestone_id) WHERE milestone_id IS NOT NULL;
