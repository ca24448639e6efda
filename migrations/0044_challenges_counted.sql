-- +goose Up
-- Which challenge a contract came from, by its deal or, where it was registered elsewhere, by who recorded it.
ALTER TABLE contracts ADD COLUMN challenge_id uuid;
CREATE INDEX contracts_challenge ON contracts (challenge_id, id) WHERE challenge_id IS NOT NULL;

-- Sums by whether a contract came from a challenge. The version before keeps none of them: challenges_summed says up to which entry they are kept.
ALTER TABLE ledger_head ADD COLUMN challenges_summed bigint NOT NULL DEFAULT 0;
UPDATE ledger_head SET challenges_summed = seq;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'month', 'from_challenge', substr(CAST(posted_on AS text), 1, 7), CASE WHEN challenge_id IS NULL THEN 'no' ELSE 'yes' END, '', substr(CAST(recorded_on AS text), 1, 7),
        SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology)
    SELECT elsewhere, 'day', 'from_challenge', CAST(posted_on AS text), CASE WHEN challenge_id IS NULL THEN 'no' ELSE 'yes' END, '', CAST(recorded_on AS text),
        SUM(contracts), SUM(turnover), SUM(technology)
    FROM ledger_entries GROUP BY 1, 4, 5, 6, 7;
