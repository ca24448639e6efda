-- +goose Up
-- Brackets of every shape in a number are as good as each other, and so are slashes. The forms of before that no number has any more go, and the
-- program goes through all contracts and gives those their forms anew that have others now.
DELETE FROM contract_official_numbers WHERE form LIKE '%[%' OR form LIKE '%]%' OR form LIKE '%{%' OR form LIKE '%}%' OR form LIKE '%<%' OR form LIKE '%>%'
    OR form LIKE '%〔%' OR form LIKE '%〕%' OR form LIKE '%【%' OR form LIKE '%】%' OR form LIKE '%「%' OR form LIKE '%」%' OR form LIKE '%『%' OR form LIKE '%』%'
    OR form LIKE '%〖%' OR form LIKE '%〗%' OR form LIKE '%《%' OR form LIKE '%》%' OR form LIKE '%〈%' OR form LIKE '%〉%' OR form LIKE '%«%' OR form LIKE '%»%'
    OR form LIKE '%∕%' OR form LIKE '%⁄%';
DELETE FROM jobs WHERE kind = 'contract.lookups';
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'contract.lookups', id, updated_at, 0, '', NULL, NULL, '', updated_at FROM contracts ORDER BY id LIMIT 1;
