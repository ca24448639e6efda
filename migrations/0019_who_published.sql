-- +goose Up
-- Who made a listing and who published it, out of the audit trail for those of before; and lists by publication and by change.
ALTER TABLE results ADD COLUMN created_by uuid;
ALTER TABLE results ADD COLUMN published_by uuid;
UPDATE results SET
    created_by = (SELECT a.account_id FROM audit AS a WHERE a.object_id = results.id ORDER BY a.object_version, a.id LIMIT 1),
    published_by = (SELECT a.account_id FROM audit AS a WHERE a.object_id = results.id AND a.action = 'result.publish' ORDER BY a.object_version DESC, a.id DESC LIMIT 1);
CREATE INDEX results_state_published ON results (state, COALESCE(published_at, created_at), id);
CREATE INDEX results_published ON results (COALESCE(published_at, created_at), id);
CREATE INDEX results_updated ON results (updated_at, id);

ALTER TABLE needs ADD COLUMN created_by uuid;
ALTER TABLE needs ADD COLUMN published_by uuid;
UPDATE needs SET
    created_by = (SELECT a.account_id FROM audit AS a WHERE a.object_id = needs.id ORDER BY a.object_version, a.id LIMIT 1),
    published_by = (SELECT a.account_id FROM audit AS a WHERE a.object_id = needs.id AND a.action = 'need.publish' ORDER BY a.object_version DESC, a.id DESC LIMIT 1);
CREATE INDEX needs_state_published ON needs (state, COALESCE(published_at, created_at), id);
CREATE INDEX needs_published ON needs (COALESCE(published_at, created_at), id);
CREATE INDEX needs_updated ON needs (updated_at, id);
