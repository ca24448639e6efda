-- +goose Up
-- A notice (公示) of what is about to be decided about a subject of any kind. First and last day are reckoned once.
CREATE TABLE notices (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    state         text        NOT NULL,
    subject_kind  text        NOT NULL,
    subject_id    uuid        NOT NULL,
    subject_title text        NOT NULL,
    title         text        NOT NULL,
    text          text        NOT NULL,
    contact       text        NOT NULL,
    lines         jsonb       NOT NULL,
    period_length bigint      NOT NULL,
    period_unit   text        NOT NULL,
    period_day_one_counts boolean NOT NULL,
    period_last_off       text    NOT NULL,
    first_day     date        NOT NULL,
    last_day      date        NOT NULL,
    answer_days   bigint      NOT NULL,
    ended_at      timestamptz,
    reason        text        NOT NULL,
    opened_by     uuid        REFERENCES accounts (id)
);
CREATE INDEX notices_subject ON notices (subject_kind, subject_id, id);
-- A subject has one running notice at a time.
CREATE UNIQUE INDEX notices_running ON notices (subject_kind, subject_id) WHERE state = 'running';
CREATE INDEX notices_days ON notices (last_day, first_day);

-- By what the organizations are known whose people handle no objection to it, those included that the notice does not name.
CREATE TABLE notice_ties (
    notice_id uuid NOT NULL REFERENCES notices (id),
    tie       text NOT NULL,
    PRIMARY KEY (notice_id, tie)
);

-- What became of an objection. Who objected, what they say and what they are told is sealed beside it.
CREATE TABLE objections (
    id                     uuid        NOT NULL PRIMARY KEY,
    version                bigint      NOT NULL,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    notice_id              uuid        NOT NULL REFERENCES notices (id),
    state                  text        NOT NULL,
    filer                  text        NOT NULL,
    author_id              uuid        REFERENCES accounts (id),
    filed_at               timestamptz NOT NULL,
    lacks                  jsonb,
    answer_due             date,
    answer_due_provisional boolean     NOT NULL,
    outcome                text        NOT NULL,
    grounds                text        NOT NULL,
    answered_at            timestamptz,
    answered_by            uuid        REFERENCES accounts (id),
    erased_at              timestamptz
);
CREATE INDEX objections_notice ON objections (notice_id, state);
CREATE INDEX objections_author ON objections (author_id, id);
CREATE INDEX objections_due ON objections (answer_due, id);

CREATE TABLE objection_contents (
    id     uuid NOT NULL PRIMARY KEY REFERENCES objections (id),
    key_id text NOT NULL REFERENCES seal_keys (id),
    sealed text NOT NULL
);
CREATE INDEX objection_contents_key ON objection_contents (key_id, id);
