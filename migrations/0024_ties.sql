-- +goose Up
-- Who wrote in a contract or in an application about it: they decide on neither.
CREATE TABLE contract_authors (
    contract_id uuid NOT NULL REFERENCES contracts (id) ON DELETE CASCADE,
    account_id  uuid NOT NULL,
    PRIMARY KEY (contract_id, account_id)
);
INSERT INTO contract_authors (contract_id, account_id)
    SELECT id, entered_by FROM contracts
    UNION SELECT contract_id, submitted_by FROM contract_applications
    UNION SELECT c.id, a.account_id FROM audit a JOIN contracts c ON c.id = a.object_id
        WHERE a.object_kind = 'contract' AND a.action IN ('contract.create', 'contract.edit') AND a.account_id IS NOT NULL
    UNION SELECT x.contract_id, a.account_id FROM audit a JOIN contract_applications x ON x.id = a.object_id
        WHERE a.object_kind = 'application' AND a.action = 'application.answer_supplement' AND a.account_id IS NOT NULL;

-- What the parties of an application that is not decided yet are known by, in the form in which two are compared: whoever belongs to an
-- organization so known does not decide on it.
CREATE TABLE application_names (
    application_id uuid NOT NULL REFERENCES contract_applications (id) ON DELETE CASCADE,
    form           text NOT NULL,
    PRIMARY KEY (application_id, form)
);
CREATE INDEX application_names_form ON application_names (form);
-- Those of what is there already are made by the program.
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'application.names', id, updated_at, 0, '', NULL, NULL, '', updated_at FROM contract_applications ORDER BY id LIMIT 1;
