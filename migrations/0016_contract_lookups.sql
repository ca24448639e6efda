-- +goose Up
-- By what a contract is found, and by what its twin is: numbers, names and parties in the forms in which they are compared.
CREATE TABLE contract_lookups (
    contract_id uuid NOT NULL REFERENCES contracts (id) ON DELETE CASCADE,
    kind        text NOT NULL,
    value       text NOT NULL,
    PRIMARY KEY (contract_id, kind, value)
);
CREATE INDEX contract_lookups_value ON contract_lookups (kind, value);

-- Whose an official number is, by the form in which two are compared.
CREATE TABLE contract_official_numbers (
    form        text NOT NULL PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts (id)
);

-- Why an application was granted although a twin of its contract was there.
ALTER TABLE contract_applications ADD COLUMN twin_reason text NOT NULL DEFAULT '';

-- The forms of what is there already are made by the program. Two contracts whose numbers have one form stay as they are: the older one
-- has the number.
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'contract.lookups', id, updated_at, 0, '', NULL, NULL, '', updated_at FROM contracts ORDER BY id LIMIT 1;
