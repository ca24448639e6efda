-- +goose Up
-- Bids for a publication of a challenge. draft and sealed are encrypted by the challenge's key (inner_keys); document is what sealed says, from
-- when it was unsealed after the closing.
CREATE TABLE bids (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    nth          bigint      NOT NULL,
    owner_id     uuid        NOT NULL REFERENCES organizations (id),
    poster_id    uuid        NOT NULL REFERENCES organizations (id),
    state        text        NOT NULL,
    created_by   uuid        NOT NULL,
    submitted_by uuid,
    submitted_at timestamptz,
    withdrawn_at timestamptz,
    written_at   timestamptz NOT NULL,
    draft        text        NOT NULL,
    sealed       text        NOT NULL,
    receipt      text        NOT NULL,
    document     jsonb,
    opened_at    timestamptz,
    reasons      jsonb       NOT NULL,
    evidence     jsonb       NOT NULL,
    UNIQUE (challenge_id, nth, owner_id)
);
CREATE INDEX bids_owner ON bids (owner_id, id);
CREATE INDEX bids_poster ON bids (poster_id, id);

-- The opening of one publication of a challenge, from its closing on: no bid comes in any more, whatever a clock says.
CREATE TABLE challenge_openings (
    id           uuid        NOT NULL PRIMARY KEY,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    nth          bigint      NOT NULL,
    closed_at    timestamptz NOT NULL,
    opened_at    timestamptz,
    received     bigint      NOT NULL,
    eligible     bigint      NOT NULL DEFAULT 0,
    bidders      bigint      NOT NULL,
    UNIQUE (challenge_id, nth)
);

-- Organizations that take no part on these days, for a breach of integrity.
CREATE TABLE integrity_blacklist (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    name       text        NOT NULL,
    code       text        NOT NULL,
    valid_from date        NOT NULL,
    valid_to   date,
    reason     text        NOT NULL,
    entered_by uuid        NOT NULL
);
CREATE INDEX integrity_blacklist_code ON integrity_blacklist (code);
