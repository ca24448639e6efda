-- +goose Up
-- An introduction may be about a team, and so may the deal that it becomes: of a result and a team it names one at most.
ALTER TABLE introductions ADD COLUMN team_id uuid;
ALTER TABLE introductions ADD COLUMN team_title text NOT NULL DEFAULT '';
ALTER TABLE deals ADD COLUMN team_id uuid;
ALTER TABLE deals ADD COLUMN team_title text NOT NULL DEFAULT '';
CREATE INDEX introductions_team ON introductions (team_id) WHERE state = 'proposed';
-- One open introduction of the same two at a time, whichever side proposed it.
DROP INDEX introductions_open;
CREATE UNIQUE INDEX introductions_open ON introductions (COALESCE(result_id, team_id, from_id), COALESCE(need_id, from_id))
    WHERE state = 'proposed';
