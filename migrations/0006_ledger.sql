-- +goose Up
-- The turnover ledger: append-only, each entry carrying the hash of the one before.
CREATE TABLE ledger_entries (
    seq              bigint NOT NULL PRIMARY KEY,
    id               uuid NOT NULL UNIQUE,
    kind             text NOT NULL,
    contract_id      uuid NOT NULL,
    contract_version bigint NOT NULL,
    application_id   uuid NOT NULL,
    posted_on        date NOT NULL,
    recorded_on      date NOT NULL,
    recorded_at      timestamptz NOT NULL,
    contracts        bigint NOT NULL,
    turnover         bigint NOT NULL,
    technology       bigint NOT NULL,
    elsewhere        boolean NOT NULL,
    origin           text NOT NULL,
    office           text NOT NULL,
    contract_kind    text NOT NULL,
    contract_subkind text NOT NULL,
    seller_id        uuid,
    seller_region    text NOT NULL,
    seller_nature    text NOT NULL,
    buyer_id         uuid,
    buyer_region     text NOT NULL,
    buyer_nature     text NOT NULL,
    chain            text NOT NULL,
    field            text NOT NULL,
    ip_kind          text NOT NULL,
    programme        text NOT NULL,
    challenge_id     uuid,
    broker_id        uuid,
    result_id        uuid,
    need_id          uuid,
    salt             text NOT NULL,
    digest           text NOT NULL,
    prev_hash        text NOT NULL,
    hash             text NOT NULL UNIQUE
);
CREATE INDEX ledger_entries_contract ON ledger_entries (contract_id, seq);
CREATE INDEX ledger_entries_posted ON ledger_entries (posted_on, seq);
CREATE INDEX ledger_entries_recorded ON ledger_entries (recorded_on, seq);

-- The one row that an append locks.
CREATE TABLE ledger_head (
    one         bigint      NOT NULL PRIMARY KEY CHECK (one = 1),
    seq         bigint      NOT NULL,
    hash        text        NOT NULL,
    recorded_at timestamptz NOT NULL
);
INSERT INTO ledger_head (one, seq, hash, recorded_at) VALUES (1, 0, '', '1970-01-01T00:00:00.000000Z');

-- The head at the end of each month in which something was recorded, kept when the first entry of a later month is: what is published.
CREATE TABLE ledger_months (
    month text   NOT NULL PRIMARY KEY,
    seq   bigint NOT NULL,
    hash  text   NOT NULL
);

-- Sums by month and by day, over everything, one dimension or two; kept by the append itself. The entries are the truth, and `verify`
-- compares. posted and recorded are 2026-01 and 2026-01-31; what is unknown is an empty value, and so is that of no second dimension.
CREATE TABLE ledger_rollups (
    elsewhere  boolean NOT NULL,
    period     text    NOT NULL,
    dimension  text    NOT NULL,
    posted     text    NOT NULL,
    value      text    NOT NULL,
    second     text    NOT NULL,
    recorded   text    NOT NULL,
    contracts  bigint  NOT NULL,
    turnover   bigint  NOT NULL,
    technology bigint  NOT NULL,
    PRIMARY KEY (elsewhere, period, dimension, posted, value, second, recorded)
);
