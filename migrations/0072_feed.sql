-- +goose Up
-- What a Change says for those who are told of it later, when its record may be another or gone: its kind, whose it was, and whether everybody
-- could read it before and after. An empty noun was written by a version that did not say.
ALTER TABLE outbox ADD COLUMN noun text NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN owner_id uuid;
ALTER TABLE outbox ADD COLUMN was_public boolean NOT NULL DEFAULT FALSE;
ALTER TABLE outbox ADD COLUMN is_public boolean NOT NULL DEFAULT FALSE;
ALTER TABLE change_log ADD COLUMN noun text NOT NULL DEFAULT '';
ALTER TABLE change_log ADD COLUMN owner_id uuid;
ALTER TABLE change_log ADD COLUMN was_public boolean NOT NULL DEFAULT FALSE;
ALTER TABLE change_log ADD COLUMN is_public boolean NOT NULL DEFAULT FALSE;
CREATE INDEX change_log_public ON change_log (pos) WHERE (was_public OR is_public OR noun = '');
