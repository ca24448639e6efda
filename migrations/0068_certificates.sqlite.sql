-- +goose Up
-- The code by which anybody checks the certificate of a registered contract: drawn at random, since it opens what it stands for. Wrong amounts
-- are counted by day, so that they are not found by trying.
CREATE TABLE contract_certificates (
    contract_id uuid   NOT NULL PRIMARY KEY REFERENCES contracts (id),
    code        text   NOT NULL UNIQUE,
    misses      bigint NOT NULL,
    missed_on   date
);
INSERT INTO contract_certificates (contract_id, code, misses)
SELECT id, upper(hex(randomblob(12))), 0
FROM contracts WHERE state IN ('registered', 'cancelled') AND registered_on IS NOT NULL AND (elsewhere IS NULL OR elsewhere = 'null');
