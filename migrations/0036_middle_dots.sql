-- +goose Up
-- A middle dot in a number is a hyphen. Contracts whose numbers are compared with one in them are given their forms anew, by the program.
DELETE FROM contract_official_numbers WHERE form LIKE '%·%' OR form LIKE '%•%' OR form LIKE '%‧%' OR form LIKE '%∙%' OR form LIKE '%⋅%' OR form LIKE '%・%';
DELETE FROM contract_lookups WHERE contract_id IN (SELECT contract_id FROM contract_lookups WHERE kind IN ('official_number', 'paper_number', 'party_code')
    AND (value LIKE '%·%' OR value LIKE '%•%' OR value LIKE '%‧%' OR value LIKE '%∙%' OR value LIKE '%⋅%' OR value LIKE '%・%'));
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'contract.lookups', id, updated_at, 0, '', NULL, NULL, '', updated_at FROM contracts
    WHERE NOT EXISTS (SELECT 1 FROM contract_lookups WHERE contract_id = contracts.id) AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'contract.lookups') ORDER BY id LIMIT 1;
