-- +goose Up
-- Sums by technology field, too. A version that knows none of them may still append beside one that does: summed says up to which entry
-- every sum is kept, and the next append of a version that knows them makes up for what is missing.
ALTER TABLE ledger_head ADD COLUMN summed bigint NOT NULL DEFAULT 0;
UPDATE ledger_head SET summed = seq;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'month', 'field', substr(CAST(posted_on AS text), 1, 7), field, '', substr(CAST(recorded_on AS text), 1, 7), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'day', 'field', CAST(posted_on AS text), field, '', CAST(recorded_on AS text), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'month', 'kind+field', substr(CAST(posted_on AS text), 1, 7), contract_kind, field, substr(CAST(recorded_on AS text), 1, 7), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'day', 'kind+field', CAST(posted_on AS text), contract_kind, field, CAST(recorded_on AS text), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'month', 'office+field', substr(CAST(posted_on AS text), 1, 7), office, field, substr(CAST(recorded_on AS text), 1, 7), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'day', 'office+field', CAST(posted_on AS text), office, field, CAST(recorded_on AS text), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'month', 'seller_region+field', substr(CAST(posted_on AS text), 1, 7), seller_region, field, substr(CAST(recorded_on AS text), 1, 7), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'day', 'seller_region+field', CAST(posted_on AS text), seller_region, field, CAST(recorded_on AS text), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'month', 'buyer_region+field', substr(CAST(posted_on AS text), 1, 7), buyer_region, field, substr(CAST(recorded_on AS text), 1, 7), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'day', 'buyer_region+field', CAST(posted_on AS text), buyer_region, field, CAST(recorded_on AS text), SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;

-- What figures of the bureau ask for by one record.
CREATE INDEX ledger_entries_broker ON ledger_entries (broker_id, seq) WHERE broker_id IS NOT NULL;
CREATE INDEX ledger_entries_result ON ledger_entries (result_id, seq) WHERE result_id IS NOT NULL;
CREATE INDEX ledger_entries_need ON ledger_entries (need_id, seq) WHERE need_id IS NOT NULL;
CREATE INDEX ledger_entries_challenge ON ledger_entries (challenge_id, seq) WHERE challenge_id IS NOT NULL;

-- A party abroad was posted under no place; the program posts its country after that (entries stay as they are).
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'contract.places', contract_id, recorded_at, 0, '', NULL, NULL, '', recorded_at FROM ledger_entries
    WHERE seller_region = '' OR buyer_region = '' ORDER BY contract_id LIMIT 1;
