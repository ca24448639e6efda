-- +goose Up
-- Contracts that another system registered are taken over with its number and its day. They count in the month of that day, which is over: what is
-- released of them is apart from the rest, by the months in which it counts.
ALTER TABLE ledger_releases ADD COLUMN late boolean NOT NULL DEFAULT FALSE;
ALTER TABLE ledger_releases ADD COLUMN posted text;
ALTER TABLE ledger_releases ADD COLUMN upto text;
CREATE TABLE ledger_followed_late (
    elsewhere boolean NOT NULL PRIMARY KEY,
    seq       bigint  NOT NULL,
    waits     text,
    ended     text    NOT NULL
);
ALTER TABLE contracts ADD COLUMN taken_over jsonb;
CREATE INDEX contracts_registered ON contracts (office, registered_on, id) WHERE state = 'registered';

-- Tables of another system that are held against what an office has registered, and what became of each of their rows.
CREATE TABLE reconciliations (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    office      text        NOT NULL,
    source      text        NOT NULL,
    registered_from date,
    registered_to   date,
    found_from      date,
    found_to        date,
    sheet       text        NOT NULL,
    heading_row bigint      NOT NULL,
    mapping     jsonb       NOT NULL,
    state       text        NOT NULL,
    created_by  uuid        NOT NULL REFERENCES accounts (id),
    file_id     uuid,
    started_by  uuid REFERENCES accounts (id),
    started_at  timestamptz,
    proposed_by uuid REFERENCES accounts (id),
    proposed_at timestamptz,
    confirmed_by uuid REFERENCES accounts (id),
    confirmed_at timestamptz,
    ended_at    timestamptz,
    reason      text        NOT NULL,
    place       bigint      NOT NULL,
    about       bigint      NOT NULL,
    rows_read   bigint      NOT NULL,
    same        bigint      NOT NULL,
    only_there  bigint      NOT NULL,
    only_here   bigint      NOT NULL,
    differing   bigint      NOT NULL,
    twins       bigint      NOT NULL,
    unreadable  bigint      NOT NULL,
    taken       bigint      NOT NULL,
    left_out    bigint      NOT NULL,
    unsettled   bigint      NOT NULL,
    headings    jsonb,
    problem     jsonb
);
CREATE INDEX reconciliations_of_office ON reconciliations (office, id);
CREATE INDEX reconciliations_of_office_and_state ON reconciliations (office, state, id);
CREATE TABLE reconciliation_rows (
    reconciliation_id uuid   NOT NULL REFERENCES reconciliations (id),
    row_number      bigint   NOT NULL,
    outcome         text     NOT NULL,
    official_number text     NOT NULL,
    title           text     NOT NULL,
    contract_id     uuid,
    contract_number text     NOT NULL,
    content         jsonb,
    errors          jsonb,
    differs         jsonb,
    take            boolean  NOT NULL,
    settled_by      uuid REFERENCES accounts (id),
    settled_at      timestamptz,
    note            text     NOT NULL,
    PRIMARY KEY (reconciliation_id, row_number)
);
CREATE INDEX reconciliation_rows_by_outcome ON reconciliation_rows (reconciliation_id, outcome, row_number);
CREATE INDEX reconciliation_rows_by_contract ON reconciliation_rows (reconciliation_id, contract_id);

-- Months that are closed, or that somebody proposes to close. An entry that came late for one names it.
CREATE TABLE ledger_closings (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    month        text        NOT NULL UNIQUE,
    proposed_by  uuid        NOT NULL REFERENCES accounts (id),
    confirmed_by uuid REFERENCES accounts (id),
    confirmed_at timestamptz
);
ALTER TABLE ledger_entries ADD COLUMN belongs_to text;
