-- +goose Up
-- Every list in every order that it has: each reads its page and sorts no whole set.
CREATE INDEX results_title ON results (title, id);
CREATE INDEX results_owner_title ON results (owner_id, title, id);
CREATE INDEX results_state_title ON results (state, title, id);
CREATE INDEX results_state_updated ON results (state, updated_at, id);
CREATE INDEX needs_title ON needs (title, id);
CREATE INDEX needs_owner_title ON needs (owner_id, title, id);
CREATE INDEX needs_state_title ON needs (state, title, id);
CREATE INDEX needs_state_updated ON needs (state, updated_at, id);
CREATE INDEX teams_title ON teams (title, id);
CREATE INDEX teams_owner_title ON teams (owner_id, title, id);
CREATE INDEX teams_state_title ON teams (state, title, id);
CREATE INDEX teams_state_updated ON teams (state, updated_at, id);

CREATE INDEX contracts_updated ON contracts (updated_at, id);
CREATE INDEX contracts_turnover ON contracts (turnover, id);
CREATE INDEX contracts_title ON contracts (title, id);
CREATE INDEX contracts_office_updated ON contracts (office, updated_at, id);
CREATE INDEX contracts_office_turnover ON contracts (office, turnover, id);
CREATE INDEX contracts_office_title ON contracts (office, title, id);

CREATE INDEX introductions_updated ON introductions (updated_at, id);
CREATE INDEX introductions_due ON introductions (answer_due, id);
CREATE INDEX deals_updated ON deals (updated_at, id);

-- Entries of a city and of a province, the last first: a range of codes would be sorted.
CREATE INDEX ledger_entries_seller_city ON ledger_entries (SUBSTR(seller_region, 1, 4), seq);
CREATE INDEX ledger_entries_buyer_city ON ledger_entries (SUBSTR(buyer_region, 1, 4), seq);
CREATE INDEX ledger_entries_seller_province ON ledger_entries (SUBSTR(seller_region, 1, 2), seq);
CREATE INDEX ledger_entries_buyer_province ON ledger_entries (SUBSTR(buyer_region, 1, 2), seq);

-- Those of a region at one office: a registrar reads no others.
CREATE INDEX ledger_entries_office_seller_region ON ledger_entries (office, seller_region, seq);
CREATE INDEX ledger_entries_office_buyer_region ON ledger_entries (office, buyer_region, seq);
