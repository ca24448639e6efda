-- +goose Up
-- Who works on an application, what is missing in it, and what an amendment would change. The clock runs from the day on which the papers
-- were complete.
ALTER TABLE contract_applications ADD COLUMN clock_from date;
ALTER TABLE contract_applications ADD COLUMN taken_by uuid;
ALTER TABLE contract_applications ADD COLUMN taken_at timestamptz;
ALTER TABLE contract_applications ADD COLUMN passed_at timestamptz;
ALTER TABLE contract_applications ADD COLUMN terms_before jsonb;
ALTER TABLE contract_applications ADD COLUMN supplement_wanted text NOT NULL DEFAULT '';
ALTER TABLE contract_applications ADD COLUMN supplement_answer text NOT NULL DEFAULT '';
ALTER TABLE contract_applications ADD COLUMN supplement_asked_by uuid;
ALTER TABLE contract_applications ADD COLUMN supplement_asked_at timestamptz;
UPDATE contract_applications SET clock_from = filed_on, taken_by = first_reviewer;
-- Of an amendment that is not decided yet the contract still says what was before.
UPDATE contract_applications SET terms_before = (SELECT c.terms FROM contracts c WHERE c.id = contract_applications.contract_id)
    WHERE kind = 'amendment' AND state IN ('submitted', 'under_review', 'second_review');
-- One application at a time: one whose papers are not complete is under way, too.
DROP INDEX contract_applications_open;
CREATE UNIQUE INDEX contract_applications_open ON contract_applications (contract_id)
    WHERE state IN ('submitted', 'supplement_requested', 'under_review', 'second_review');

-- A contract that a clerk of the office entered for a seller who came with paper.
ALTER TABLE contracts ADD COLUMN entered_for boolean NOT NULL DEFAULT FALSE;
UPDATE contracts SET entered_for = TRUE WHERE owner_id IS NULL OR (
    NOT EXISTS (SELECT 1 FROM memberships m WHERE m.organization_id = contracts.owner_id AND m.account_id = contracts.entered_by)
    AND EXISTS (SELECT 1 FROM register_entries r WHERE r.account_id = contracts.entered_by AND r.kind = 'registrar' AND r.office = contracts.office));
