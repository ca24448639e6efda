-- +goose Up
-- The turnover ledger: append-only, each entry carrying the hash of the one before.
CREATE TABLE ledger_entries (
    seq              integer      NOT NULL PRIMARY KEY,
    id               text        NOT NULL UNIQUE,
    kind             text        NOT NULL,
    contract_id      text        NOT NULL,
    contract_version integer      NOT NULL,
    application_id   text        NOT NULL,
    posted_on        text        NOT NULL,
    recorded_on      text        NOT NULL,
    recorded_at      timestamp NOT NULL,
    contracts        integer      NOT NULL,
    turnover         integer      NOT NULL,
    technology       integer      NOT NULL,
    office           text        NOT NULL,
    contract_kind    text        NOT NULL,
    seller_region    text        NOT NULL,
    buyer_region     text        NOT NULL,
    field            text        NOT NULL,
    result_id        text,
    need_id          text,
    prev_hash        text        NOT NULL,
    hash             text        NOT NULL UNIQUE
);
CREATE INDEX ledger_entries_contract ON ledger_entries (contract_id, seq);
CREATE INDEX ledger_entries_posted ON ledger_entries (posted_on, seq);
CREATE INDEX ledger_entries_recorded ON ledger_entries (recorded_on, seq);

-- The one row that an append locks.
CREATE TABLE ledger_head (
    one         integer      NOT NULL PRIMARY KEY CHECK (one = 1),
    seq         integer      NOT NULL,
    hash        text        NOT NULL,
    recorded_at timestamp NOT NULL
);
INSERT INTO ledger_head (one, seq, hash, recorded_at) VALUES (1, 0, '', '1970-01-01T00:00:00.000000Z');

-- Sums by month, kept by the append itself; the entries are the truth and `verify` compares.
CREATE TABLE ledger_rollups (
    posted_month   text   NOT NULL,
    recorded_month text   NOT NULL,
    dimension      text   NOT NULL,
    value          text   NOT NULL,
    contracts      integer NOT NULL,
    turnover       integer NOT NULL,
    technology     integer NOT NULL,
    PRIMARY KEY (dimension, posted_month, value, recorded_month)
);

-- +goose StatementBegin
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger entries are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger entries are append-only');
END;
-- +goose StatementEnd
-- REPLACE would delete the row in its way without asking the trigger above.
-- +goose StatementBegin
CREATE TRIGGER ledger_entries_no_replace BEFORE INSERT ON ledger_entries
WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE seq = NEW.seq OR id = NEW.id OR hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'ledger entries are append-only');
END;
-- +goose StatementEnd
