-- +goose Up
-- Technology contracts and the applications (registration, amendment, cancellation) that decide on them.
CREATE TABLE contracts (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    number          text   NOT NULL UNIQUE,
    official_number text   UNIQUE,
    state           text   NOT NULL,
    kind            text   NOT NULL,
    title           text   NOT NULL,
    owner_id        uuid   REFERENCES organizations (id),
    entered_by      uuid   NOT NULL,
    office          text   NOT NULL,
    deal_id         uuid   REFERENCES deals (id),
    result_id       uuid,
    need_id         uuid,
    terms           jsonb  NOT NULL,
    turnover        bigint NOT NULL,
    technology      bigint NOT NULL,
    registered_on   date
);
-- One contract for a deal; a refused one makes room for the next.
CREATE UNIQUE INDEX contracts_deal ON contracts (deal_id) WHERE deal_id IS NOT NULL AND state <> 'refused';
CREATE INDEX contracts_state ON contracts (state, id);
CREATE INDEX contracts_office ON contracts (office, id);
CREATE INDEX contracts_office_state ON contracts (office, state, id);

-- Which organizations with an account here are parties of a contract.
CREATE TABLE contract_parties (
    contract_id     uuid NOT NULL REFERENCES contracts (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    side            text NOT NULL,
    PRIMARY KEY (contract_id, organization_id)
);
CREATE INDEX contract_parties_organization ON contract_parties (organization_id, contract_id);

CREATE TABLE contract_applications (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    contract_id     uuid   NOT NULL REFERENCES contracts (id),
    kind            text   NOT NULL,
    state           text   NOT NULL,
    office          text   NOT NULL,
    regime          text   NOT NULL,
    terms           jsonb  NOT NULL,
    reason          text   NOT NULL,
    submitted_by    uuid   NOT NULL,
    filed_on        date   NOT NULL,
    due_on          date   NOT NULL,
    due_provisional boolean NOT NULL,
    first_reviewer  uuid,
    second_reviewer uuid,
    review_note     text   NOT NULL,
    refusal_reason  text   NOT NULL,
    decided_at      timestamptz
);
CREATE INDEX contract_applications_office ON contract_applications (office, id);
CREATE INDEX contract_applications_queue ON contract_applications (office, state, id);
CREATE INDEX contract_applications_contract ON contract_applications (contract_id, id);
-- One application at a time.
CREATE UNIQUE INDEX contract_applications_open ON contract_applications (contract_id)
    WHERE state IN ('submitted', 'under_review', 'second_review');
