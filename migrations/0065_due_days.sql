-- +goose Up
-- From which day the answer to an objection, and the answers to bidders, are reckoned, so that a calendar that is loaded later can do so anew.
ALTER TABLE objections ADD COLUMN answer_from date;
ALTER TABLE challenges ADD COLUMN answers_from date;
ALTER TABLE challenges ADD COLUMN answers_due_provisional boolean NOT NULL DEFAULT FALSE;
CREATE INDEX objections_provisional ON objections (id) WHERE answer_due_provisional;
CREATE INDEX challenges_provisional ON challenges (id) WHERE answers_due_provisional;
