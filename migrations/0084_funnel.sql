-- +goose Up
-- Indexes alone: what came of a result or a need is found by it.
CREATE INDEX standing_matches_second ON standing_matches (second_id);
CREATE INDEX introductions_of_result ON introductions (result_id) WHERE result_id IS NOT NULL;
CREATE INDEX introductions_of_need ON introductions (need_id) WHERE need_id IS NOT NULL;
CREATE INDEX deals_of_result ON deals (result_id) WHERE result_id IS NOT NULL;
CREATE INDEX deals_of_need ON deals (need_id) WHERE need_id IS NOT NULL;
CREATE INDEX contracts_of_result ON contracts (result_id) WHERE result_id IS NOT NULL;
CREATE INDEX contracts_of_need ON contracts (need_id) WHERE need_id IS NOT NULL;
CREATE INDEX commission_claims_introduction ON commission_claims (introduction_id);
