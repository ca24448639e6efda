-- +goose Up
-- Research teams (科研团队): listings like results and needs. People, fields, results and programmes are JSON.
CREATE TABLE teams (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    state              text        NOT NULL,
    owner_id           uuid        NOT NULL REFERENCES organizations (id),
    created_by         uuid,
    submitted_by       uuid,
    published_by       uuid,
    return_reason      text        NOT NULL,
    published_at       timestamptz,
    title              text        NOT NULL,
    introduction       text        NOT NULL,
    keywords           jsonb       NOT NULL,
    field              text        NOT NULL,
    other_fields       text        NOT NULL,
    chains             jsonb       NOT NULL,
    leader             text        NOT NULL,
    people             text        NOT NULL,
    capabilities       text        NOT NULL,
    seeks              text        NOT NULL,
    equipment          text        NOT NULL,
    past_results       text        NOT NULL,
    result_ids         text        NOT NULL,
    claimed_programmes text        NOT NULL,
    kept_programmes    text,
    confidential       text        NOT NULL,
    contact            jsonb,
    paused             boolean     NOT NULL,
    withheld           text        NOT NULL
);
CREATE INDEX teams_state_published ON teams (state, COALESCE(published_at, created_at), id);
CREATE INDEX teams_published ON teams (COALESCE(published_at, created_at), id);
CREATE INDEX teams_updated ON teams (updated_at, id);
CREATE INDEX teams_owner_published ON teams (owner_id, COALESCE(published_at, created_at), id);
CREATE INDEX teams_owner_state_published ON teams (owner_id, state, COALESCE(published_at, created_at), id);
CREATE INDEX teams_owner_updated ON teams (owner_id, updated_at, id);
