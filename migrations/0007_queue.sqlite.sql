-- +goose Up
-- The queue of an office is worked through by due day, and who would become a party by an amendment may read it.
CREATE TABLE application_parties (
    application_id  text NOT NULL REFERENCES contract_applications (id),
    organization_id text NOT NULL REFERENCES organizations (id),
    PRIMARY KEY (application_id, organization_id)
);
CREATE INDEX application_parties_organization ON application_parties (organization_id, application_id);
-- Applications that were filed before, by the terms that each asks for.
INSERT INTO application_parties (application_id, organization_id)
    SELECT a.id, json_extract(p.value, '$.organization_id') FROM contract_applications a, json_each(a.terms, '$.sellers') p
    WHERE json_extract(p.value, '$.organization_id') IS NOT NULL
    UNION SELECT a.id, json_extract(p.value, '$.organization_id') FROM contract_applications a, json_each(a.terms, '$.buyers') p
    WHERE json_extract(p.value, '$.organization_id') IS NOT NULL;
CREATE INDEX contract_applications_due ON contract_applications (office, due_on, id);
CREATE INDEX contract_applications_due_in_state ON contract_applications (office, state, due_on, id);
