-- +goose Up
-- Rounds (揭榜挂帅 programmes): what the bureau has to spend in one call and the rules that all its challenges go by.
CREATE TABLE rounds (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code       text        NOT NULL UNIQUE,
    year       bigint      NOT NULL,
    name       text        NOT NULL,
    level      text        NOT NULL,
    chains     jsonb       NOT NULL,
    state      text        NOT NULL,
    post_from  date        NOT NULL,
    post_to    date        NOT NULL,
    budget     bigint      NOT NULL CHECK (budget >= 0),
    committed  bigint      NOT NULL DEFAULT 0 CHECK (committed >= 0 AND committed <= budget),
    rules      jsonb       NOT NULL,
    numbered   bigint      NOT NULL DEFAULT 0,
    entered_by uuid        NOT NULL
);
CREATE INDEX rounds_year ON rounds (year, id);

-- Templates of criteria, to be taken into a round.
CREATE TABLE criteria_templates (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    name       text        NOT NULL UNIQUE,
    criteria   jsonb       NOT NULL
);

-- What a round has promised to challenges, of its budget.
CREATE TABLE round_commitments (
    id           uuid        NOT NULL PRIMARY KEY,
    round_id     uuid        NOT NULL REFERENCES rounds (id),
    challenge_id uuid        NOT NULL UNIQUE,
    amount       bigint      NOT NULL CHECK (amount > 0),
    created_at   timestamptz NOT NULL
);
CREATE INDEX round_commitments_round ON round_commitments (round_id);

-- Challenges (榜题).
CREATE TABLE challenges (
    id             uuid        NOT NULL PRIMARY KEY,
    version        bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    round_id       uuid        NOT NULL REFERENCES rounds (id),
    owner_id       uuid        NOT NULL REFERENCES organizations (id),
    need_id        uuid,
    number         text        UNIQUE,
    state          text        NOT NULL,
    title          text        NOT NULL,
    problem        text        NOT NULL,
    background     text        NOT NULL,
    keywords       jsonb       NOT NULL,
    field          text        NOT NULL,
    chains         jsonb       NOT NULL,
    indicators     jsonb       NOT NULL,
    reward         jsonb       NOT NULL,
    provides       text        NOT NULL,
    ip_arrangement text        NOT NULL,
    bottleneck     boolean     NOT NULL,
    wanted_level   text        NOT NULL,
    masked         boolean     NOT NULL,
    confidential   text        NOT NULL,
    created_by     uuid        NOT NULL,
    submitted_by   uuid,
    submitted_at   timestamptz,
    published_by   uuid,
    published_at   timestamptz,
    advisers       jsonb       NOT NULL,
    return_reason  text        NOT NULL,
    end_reason     text        NOT NULL,
    deadline       timestamptz,
    nth            bigint      NOT NULL DEFAULT 0,
    secret_digest  text        NOT NULL DEFAULT '',
    sealed_secret  text        NOT NULL DEFAULT ''
);
CREATE INDEX challenges_owner ON challenges (owner_id, id);
CREATE INDEX challenges_round ON challenges (round_id, id);
CREATE INDEX challenges_state ON challenges (state, id);

-- The experts who were asked about a challenge, as its row names them: by this they find it.
CREATE TABLE challenge_advisers (
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    account_id   uuid NOT NULL,
    PRIMARY KEY (account_id, challenge_id)
);

-- Each change of its state, with who made it and what they said. Rows are added only.
CREATE TABLE challenge_steps (
    id           uuid        NOT NULL PRIMARY KEY,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    nth          bigint      NOT NULL,
    taken        text        NOT NULL,
    state        text        NOT NULL,
    account_id   uuid,
    note         text        NOT NULL,
    created_at   timestamptz NOT NULL,
    UNIQUE (challenge_id, nth)
);

-- What experts and operators say of it while it is refined.
CREATE TABLE challenge_comments (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    account_id   uuid        NOT NULL,
    place        text        NOT NULL,
    comment      text        NOT NULL,
    answer       text        NOT NULL,
    answered_by  uuid,
    settled_at   timestamptz
);
CREATE INDEX challenge_comments_challenge ON challenge_comments (challenge_id, id);

-- What was changed of published terms.
CREATE TABLE challenge_addenda (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    nth          bigint      NOT NULL,
    change       text        NOT NULL,
    was          timestamptz NOT NULL,
    deadline     timestamptz NOT NULL,
    account_id   uuid        NOT NULL,
    UNIQUE (challenge_id, nth)
);

-- Questions about a published challenge and their answers.
CREATE TABLE challenge_questions (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    account_id   uuid        NOT NULL,
    question     text        NOT NULL,
    answer       text        NOT NULL,
    answered_by  uuid,
    answered_at  timestamptz
);
CREATE INDEX challenge_questions_challenge ON challenge_questions (challenge_id, id);
