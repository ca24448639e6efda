-- +goose Up
-- The queue of an office is worked through by due day, and who would become a party by an amendment may read it.
CREATE TABLE application_parties (
    application_id  uuid NOT NULL REFERENCES contract_applications (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    PRIMARY KEY (application_id, organization_id)
);
CREATE INDEX application_parties_organization ON application_parties (organization_id, application_id);
-- Applications that were filed before, by the terms that each asks for.
INSERT INTO application_parties (application_id, organization_id)
    SELECT DISTINCT a.id, CAST(p.value ->> 'organization_id' AS uuid)
    FROM contract_applications a
    CROSS JOIN LATERAL (SELECT value FROM jsonb_array_elements(a.terms -> 'sellers')
        UNION ALL SELECT value FROM jsonb_array_elements(a.terms -> 'buyers')) p
    WHERE p.value ->> 'organization_id' IS NOT NULL;
CREATE INDEX contract_applications_due ON contract_applications (office, due_on, id);
CREATE INDEX contract_applications_due_in_state ON contract_applications (office, state, due_on, id);
