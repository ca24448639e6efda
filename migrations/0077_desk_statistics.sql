-- +goose Up
-- What a desk received and decided in a period is read by the days alone, however much lies before it.
CREATE INDEX contract_applications_filed ON contract_applications (filed_on, office);
CREATE INDEX contract_applications_decided ON contract_applications (decided_at, office) WHERE decided_at IS NOT NULL;
CREATE INDEX contract_applications_withdrawn ON contract_applications (updated_at, office) WHERE state = 'withdrawn';
