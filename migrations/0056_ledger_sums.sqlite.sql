-- +goose Up
-- The sums of the ledger are changed in place, many times each, and always found by their whole key: kept in the order of the key itself, a
-- change finds one tree instead of an index and a table.
CREATE TABLE ledger_rollups_by_key (
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
) WITHOUT ROWID;
INSERT INTO ledger_rollups_by_key (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology FROM ledger_rollups;
DROP TABLE ledger_rollups;
ALTER TABLE ledger_rollups_by_key RENAME TO ledger_rollups;
