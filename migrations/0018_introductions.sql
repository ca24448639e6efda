-- +goose Up
-- An introduction ends by itself with a reason, or is taken back; the titles of what it is about stay as both sides have read them.
ALTER TABLE introductions ADD COLUMN lapse_reason text NOT NULL DEFAULT '';
ALTER TABLE introductions ADD COLUMN withdraw_note text NOT NULL DEFAULT '';
ALTER TABLE introductions ADD COLUMN ended_at timestamptz;
ALTER TABLE introductions ADD COLUMN result_title text NOT NULL DEFAULT '';
ALTER TABLE introductions ADD COLUMN need_title text NOT NULL DEFAULT '';
UPDATE introductions SET lapse_reason = 'no_answer', ended_at = updated_at WHERE state = 'lapsed';
UPDATE introductions SET result_title = (SELECT r.title FROM results AS r WHERE r.id = introductions.result_id) WHERE result_id IS NOT NULL;
UPDATE introductions SET need_title = (SELECT n.title FROM needs AS n WHERE n.id = introductions.need_id) WHERE need_id IS NOT NULL;
CREATE INDEX introductions_result ON introductions (result_id) WHERE state = 'proposed';
CREATE INDEX introductions_need ON introductions (need_id) WHERE state = 'proposed';

-- Both sides say that they agree, each by a person of theirs; each step of the log names side and person.
ALTER TABLE deals ADD COLUMN supplier_agreed_by uuid;
ALTER TABLE deals ADD COLUMN demander_agreed_by uuid;
ALTER TABLE deals ADD COLUMN result_title text NOT NULL DEFAULT '';
ALTER TABLE deals ADD COLUMN need_title text NOT NULL DEFAULT '';
UPDATE deals SET result_title = (SELECT i.result_title FROM introductions AS i WHERE i.id = deals.introduction_id),
    need_title = (SELECT i.need_title FROM introductions AS i WHERE i.id = deals.introduction_id);
ALTER TABLE deal_steps ADD COLUMN kind text NOT NULL DEFAULT '';
ALTER TABLE deal_steps ADD COLUMN side text NOT NULL DEFAULT '';
