-- +goose Up
-- Results by price, needs by budget and deadline: each order of each list reads its page, with what tells no amount or day last.
CREATE INDEX results_cheapest ON results (COALESCE(CASE WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END, 9223372036854775807), id);
CREATE INDEX results_state_cheapest ON results (state, COALESCE(CASE WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END, 9223372036854775807), id);
CREATE INDEX results_owner_cheapest ON results (owner_id, COALESCE(CASE WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END, 9223372036854775807), id);
CREATE INDEX results_dearest ON results (COALESCE(CASE WHEN price ->> 'Kind' = 'range' THEN CAST(price ->> 'Max' AS numeric) WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END, -1), id);
CREATE INDEX results_state_dearest ON results (state, COALESCE(CASE WHEN price ->> 'Kind' = 'range' THEN CAST(price ->> 'Max' AS numeric) WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END, -1), id);
CREATE INDEX results_owner_dearest ON results (owner_id, COALESCE(CASE WHEN price ->> 'Kind' = 'range' THEN CAST(price ->> 'Max' AS numeric) WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END, -1), id);

CREATE INDEX needs_soonest ON needs (COALESCE(deadline, '2200-12-31'), id);
CREATE INDEX needs_state_soonest ON needs (state, COALESCE(deadline, '2200-12-31'), id);
CREATE INDEX needs_owner_soonest ON needs (owner_id, COALESCE(deadline, '2200-12-31'), id);
CREATE INDEX needs_richest ON needs (COALESCE(CAST(budget ->> 'Max' AS numeric), CAST(budget ->> 'Min' AS numeric), -1), id);
CREATE INDEX needs_state_richest ON needs (state, COALESCE(CAST(budget ->> 'Max' AS numeric), CAST(budget ->> 'Min' AS numeric), -1), id);
CREATE INDEX needs_owner_richest ON needs (owner_id, COALESCE(CAST(budget ->> 'Max' AS numeric), CAST(budget ->> 'Min' AS numeric), -1), id);
