-- +goose Up
-- Projects: what each winner of a challenge does, from its pledge to acceptance.
CREATE TABLE projects (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    challenge_id uuid        NOT NULL REFERENCES challenges (id),
    award_id     uuid        NOT NULL UNIQUE,
    round_id     uuid        NOT NULL REFERENCES rounds (id),
    winner_id    uuid        NOT NULL REFERENCES organizations (id),
    poster_id    uuid        NOT NULL REFERENCES organizations (id),
    deal_id      uuid,
    title        text        NOT NULL,
    state        text        NOT NULL,
    agreed       bigint      NOT NULL CHECK (agreed >= 0),
    grant_most   bigint      NOT NULL CHECK (grant_most >= 0),
    bottleneck   boolean     NOT NULL,
    targets      jsonb       NOT NULL,
    deviations   jsonb       NOT NULL,
    pledge       jsonb       NOT NULL,
    experts      jsonb       NOT NULL,
    checks       jsonb       NOT NULL,
    outcome      jsonb       NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX projects_challenge ON projects (challenge_id, id);
CREATE INDEX projects_winner ON projects (winner_id, id);
CREATE INDEX projects_poster ON projects (poster_id, id);

-- The experts who check what a project reached, as its row names them: by this they find it.
CREATE TABLE project_experts (
    project_id uuid NOT NULL REFERENCES projects (id),
    account_id uuid NOT NULL,
    PRIMARY KEY (account_id, project_id)
);

-- Its milestones.
CREATE TABLE milestones (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    project_id   uuid        NOT NULL REFERENCES projects (id),
    nth          bigint      NOT NULL,
    title        text        NOT NULL,
    due_on       date        NOT NULL,
    amount       bigint      NOT NULL CHECK (amount >= 0),
    state        text        NOT NULL,
    evidence     text        NOT NULL,
    submitted_by uuid,
    submitted_at timestamptz,
    reason       text        NOT NULL,
    judged_at    timestamptz,
    late_since   timestamptz,
    UNIQUE (project_id, nth)
);

-- What the bureau has paid, and what came back of it. Rows are never changed: a mistake is reversed by a row of its own.
CREATE TABLE grants (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    round_id     uuid        NOT NULL REFERENCES rounds (id),
    project_id   uuid        NOT NULL,
    milestone_id uuid        NOT NULL,
    payee_id     uuid        NOT NULL REFERENCES organizations (id),
    payer_id     uuid        NOT NULL REFERENCES organizations (id),
    amount       bigint      NOT NULL CHECK (amount > 0),
    reverses     uuid        REFERENCES grants (id),
    paid_on      date        NOT NULL,
    note         text        NOT NULL,
    recorded_by  uuid        NOT NULL
);
CREATE INDEX grants_project ON grants (project_id, id);
CREATE INDEX grants_milestone ON grants (milestone_id, id);
CREATE INDEX grants_reverses ON grants (reverses) WHERE reverses IS NOT NULL;
