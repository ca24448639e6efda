-- +goose Up
-- Technology contracts and the applications (registration, amendment, cancellation) that decide on them.
CREATE TABLE contracts (
    id         text        NOT NULL PRIMARY KEY,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    number          text   NOT NULL UNIQUE,
    official_number text   UNIQUE,
    state           text   NOT NULL,
    kind            text   NOT NULL,
    title           text   NOT NULL,
    owner_id        text   REFERENCES organizations (id),
    entered_by      text   NOT NULL,
    office          text   NOT NULL,
    deal_id         text   REFERENCES deals (id),
    result_id       text,
    need_id         text,
    terms           text  NOT NULL,
    turnover        integer NOT NULL,
    technology      integer NOT NULL,
    registered_on   text
);
-- One contract for a deal; a refused one makes room for the next.
CREATE UNIQUE INDEX contracts_deal ON contracts (deal_id) WHERE deal_id IS NOT NULL AND state <> 'refused';
CREATE INDEX contracts_state ON contracts (state, id);
CREATE INDEX contracts_office ON contracts (office, id);
CREATE INDEX contracts_office_state ON contracts (office, state, id);

-- Which organizations with an account here are parties of a contract.
CREATE TABLE contract_parties (
    contract_id     text NOT NULL REFERENCES contracts (id),
    organization_id text NOT NULL REFERENCES organizations (id),
    side            text NOT NULL,
    PRIMARY KEY (contract_id, organization_id)
);
CREATE INDEX contract_parties_organization ON contract_parties (organization_id, contract_id);

CREATE TABLE contract_applications (
    id         text        NOT NULL PRIMARY KEY,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    contract_id     text   NOT NULL REFERENCES contracts (id),
    kind            text   NOT NULL,
    state           text   NOT NULL,
    office          text   NOT NULL,
    regime          text   NOT NULL,
    terms           text  NOT NULL,
    reason          text   NOT NULL,
    submitted_by    text   NOT NULL,
    filed_on        text   NOT NULL,
    due_on          text   NOT NULL,
    due_provisional boolean NOT NULL,
    first_reviewer  text,
    second_reviewer text,
    review_note     text   NOT NULL,
    refusal_reason  text   NOT NULL,
    decided_at      timestamp
);
CREATE INDEX contract_applications_office ON contract_applications (office, id);
CREATE INDEX contract_applications_queue ON contract_applications (office, state, id);
CREATE INDEX contract_applications_contract ON contract_applications (contract_id, id);
-- One application at a time.
CREATE UNIQUE INDEX contract_applications_open ON contract_applications (contract_id)
    WHERE state IN ('submitted', 'under_review', 'second_review');
