-- +goose Up
-- The lists of one owner, in the orders that they have: each reads its page and no more.
CREATE INDEX results_owner_published ON results (owner_id, COALESCE(published_at, created_at), id);
CREATE INDEX results_owner_state_published ON results (owner_id, state, COALESCE(published_at, created_at), id);
CREATE INDEX results_owner_updated ON results (owner_id, updated_at, id);
CREATE INDEX results_field_published ON results (field, COALESCE(published_at, created_at), id);
CREATE INDEX needs_owner_published ON needs (owner_id, COALESCE(published_at, created_at), id);
CREATE INDEX needs_owner_state_published ON needs (owner_id, state, COALESCE(published_at, created_at), id);
CREATE INDEX needs_owner_updated ON needs (owner_id, updated_at, id);
CREATE INDEX needs_field_published ON needs (field, COALESCE(published_at, created_at), id);

-- Entries of a region, the last first.
CREATE INDEX ledger_entries_buyer_region ON ledger_entries (buyer_region, seq);
CREATE INDEX ledger_entries_seller_region ON ledger_entries (seller_region, seq);
CREATE INDEX ledger_entries_office ON ledger_entries (office, seq);

-- Names elsewhere, of one kind of record, in the order in which they are read.
CREATE INDEX external_ids_find ON external_ids (external_id, scheme, object_kind, object_id);
