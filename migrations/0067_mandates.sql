-- +goose Up
-- Mandates of technology brokers, what they claim of contracts, and the commissions that fall due by them. Percentages are in basis points,
-- amounts in fen.
CREATE TABLE mandates (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    state        text        NOT NULL,
    principal_id uuid        NOT NULL REFERENCES organizations (id),
    result_id    uuid,
    need_id      uuid,
    title        text        NOT NULL,
    valid_from   date        NOT NULL,
    valid_to     date        NOT NULL,
    tail_months  bigint      NOT NULL,
    base         text        NOT NULL,
    rate_bp      bigint      NOT NULL,
    fee          bigint,
    note         text        NOT NULL,
    proposed_by  uuid        NOT NULL REFERENCES accounts (id),
    answered_by  uuid        REFERENCES accounts (id),
    agreed_at    timestamptz,
    reason       text        NOT NULL,
    ended_on     date,
    ended_by     uuid        REFERENCES accounts (id)
);
CREATE INDEX mandates_principal ON mandates (principal_id, id);
CREATE INDEX mandates_updated ON mandates (updated_at, id);
CREATE TABLE mandate_brokers (
    id         uuid   NOT NULL PRIMARY KEY,
    mandate_id uuid   NOT NULL REFERENCES mandates (id),
    account_id uuid   NOT NULL REFERENCES accounts (id),
    agency_id  uuid   REFERENCES organizations (id),
    share_bp   bigint NOT NULL,
    position   bigint NOT NULL
);
CREATE UNIQUE INDEX mandate_brokers_once ON mandate_brokers (mandate_id, account_id);
CREATE INDEX mandate_brokers_account ON mandate_brokers (account_id, mandate_id);

ALTER TABLE introductions ADD COLUMN mandate_id uuid REFERENCES mandates (id);
CREATE INDEX introductions_mandate ON introductions (mandate_id, id);
ALTER TABLE deals ADD COLUMN mandate_id uuid REFERENCES mandates (id);
CREATE INDEX deals_mandate ON deals (mandate_id, id);

CREATE TABLE commission_claims (
    id              uuid        NOT NULL PRIMARY KEY,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    state           text        NOT NULL,
    mandate_id      uuid        NOT NULL REFERENCES mandates (id),
    introduction_id uuid        NOT NULL REFERENCES introductions (id),
    contract_id     uuid        NOT NULL REFERENCES contracts (id),
    principal_id    uuid        NOT NULL REFERENCES organizations (id),
    by_deal         boolean     NOT NULL,
    answered_by     uuid        REFERENCES accounts (id),
    answered_at     timestamptz,
    reason          text        NOT NULL
);
CREATE UNIQUE INDEX commission_claims_once ON commission_claims (contract_id, mandate_id);
CREATE INDEX commission_claims_mandate ON commission_claims (mandate_id, id);
CREATE INDEX commission_claims_principal ON commission_claims (principal_id, id);

CREATE TABLE commission_lines (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    state        text        NOT NULL,
    claim_id     uuid        NOT NULL REFERENCES commission_claims (id),
    mandate_id   uuid        NOT NULL REFERENCES mandates (id),
    contract_id  uuid        NOT NULL REFERENCES contracts (id),
    payment_id   uuid        NOT NULL REFERENCES contract_payments (id),
    principal_id uuid        NOT NULL REFERENCES organizations (id),
    account_id   uuid        NOT NULL REFERENCES accounts (id),
    amount       bigint      NOT NULL,
    due_on       date        NOT NULL,
    reason       text        NOT NULL,
    paid_on      date,
    reference    text        NOT NULL
);
CREATE UNIQUE INDEX commission_lines_once ON commission_lines (payment_id, claim_id, account_id);
CREATE INDEX commission_lines_account ON commission_lines (account_id, due_on, id);
CREATE INDEX commission_lines_principal ON commission_lines (principal_id, id);
CREATE INDEX commission_lines_claim ON commission_lines (claim_id, id);

-- Which payments lines were reckoned for already, so that each makes its own, whatever the order in which they are met.
CREATE TABLE commission_reckoned (
    claim_id   uuid NOT NULL REFERENCES commission_claims (id),
    payment_id uuid NOT NULL REFERENCES contract_payments (id),
    PRIMARY KEY (claim_id, payment_id)
);
