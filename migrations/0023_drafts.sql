-- +goose Up
-- A draft reserves nothing: a deal has one contract that was filed and not refused, and any number of drafts.
DROP INDEX contracts_deal;
CREATE UNIQUE INDEX contracts_deal ON contracts (deal_id) WHERE deal_id IS NOT NULL AND state NOT IN ('draft', 'refused');
