-- +goose Up
-- The bureau's queue by due day, over all offices, and the members of an organization by when they came: neither sorts a whole set.
CREATE INDEX contract_applications_everywhere ON contract_applications (due_on, id);
CREATE INDEX memberships_first ON memberships (organization_id, created_at, account_id);
