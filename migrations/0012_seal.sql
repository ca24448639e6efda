-- +goose Up
-- The keys by which this database was sealed, each with a value that only the right secret file opens. The keys themselves are in that
-- file and never here.
CREATE TABLE seal_keys (
    id            text        NOT NULL PRIMARY KEY,
    check_value   text        NOT NULL,
    first_used_at timestamptz NOT NULL,
    retired_at    timestamptz
);

-- The personal numbers of natural persons who are party to a contract: the terms of the contract and of its applications name a row
-- by its id and hold the masked form. A row is never changed but to be sealed by another key.
CREATE TABLE contract_persons (
    id          uuid        NOT NULL PRIMARY KEY,
    contract_id uuid        NOT NULL REFERENCES contracts (id),
    document    text        NOT NULL,
    masked      text        NOT NULL,
    key_id      text        NOT NULL REFERENCES seal_keys (id),
    sealed      text        NOT NULL,
    mark        text        NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX contract_persons_contract ON contract_persons (contract_id);
CREATE INDEX contract_persons_key ON contract_persons (key_id, id);
CREATE INDEX contract_persons_mark ON contract_persons (mark);
