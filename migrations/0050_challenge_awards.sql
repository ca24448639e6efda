-- +goose Up
-- The panel that reviews the bids of a publication, and until when everyone who took part is answered.
ALTER TABLE challenges ADD COLUMN panel_id uuid;
ALTER TABLE challenges ADD COLUMN answers_due date;

-- Winners: proposed by the poster, made after the notice.
CREATE TABLE challenge_awards (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    nth          bigint      NOT NULL,
    bid_id       uuid        NOT NULL REFERENCES bids (id),
    winner_id    uuid        NOT NULL REFERENCES organizations (id),
    winner_name  text        NOT NULL,
    amount       bigint      NOT NULL CHECK (amount >= 0),
    grant_amount bigint      NOT NULL CHECK (grant_amount >= 0),
    reason       text        NOT NULL,
    state        text        NOT NULL,
    deal_id      uuid,
    milestones   jsonb       NOT NULL
);
CREATE INDEX challenge_awards_challenge ON challenge_awards (challenge_id, id);
CREATE INDEX challenge_awards_winner ON challenge_awards (winner_id, id);
