-- +goose Up
-- Which of its contract's applications each is: identifiers are made by clocks, which differ and go back.
ALTER TABLE contract_applications ADD COLUMN nth bigint NOT NULL DEFAULT 0;
UPDATE contract_applications SET nth = (
    SELECT COUNT(*) FROM contract_applications AS before WHERE before.contract_id = contract_applications.contract_id AND before.id <= contract_applications.id
);
