-- +goose Up
-- A panel reviews items for a subject of any kind, by rules that are fixed when it is made.
CREATE TABLE review_panels (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    state         text        NOT NULL,
    subject_kind  text        NOT NULL,
    subject_id    uuid        NOT NULL,
    subject_title text        NOT NULL,
    rules         jsonb       NOT NULL,
    blind         boolean     NOT NULL,
    results       jsonb,
    closed_at     timestamptz,
    finished_at   timestamptz
);
CREATE INDEX review_panels_subject ON review_panels (subject_kind, subject_id, id);

-- All by which a draw of reviewers can be repeated; public once the panel is finished.
CREATE TABLE review_draws (
    id         uuid        NOT NULL PRIMARY KEY,
    panel_id   uuid        NOT NULL REFERENCES review_panels (id),
    nth        bigint      NOT NULL,
    commitment text        NOT NULL,
    secret     text        NOT NULL,
    receipts   jsonb       NOT NULL,
    candidates jsonb       NOT NULL,
    excluded   jsonb,
    before     jsonb,
    wanted     bigint      NOT NULL,
    drawn      jsonb       NOT NULL,
    reason     text        NOT NULL,
    drawn_at   timestamptz NOT NULL,
    UNIQUE (panel_id, nth)
);

-- What is reviewed. The identifier and the pseudonym are random and of this panel alone; there is no time in the row.
CREATE TABLE review_items (
    id        uuid    NOT NULL PRIMARY KEY,
    panel_id  uuid    NOT NULL REFERENCES review_panels (id),
    ref_id    uuid    NOT NULL,
    pseudonym text    NOT NULL,
    withdrawn boolean NOT NULL,
    UNIQUE (panel_id, ref_id),
    UNIQUE (panel_id, pseudonym)
);

-- One reviewer on one panel.
CREATE TABLE reviews (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    panel_id    uuid        NOT NULL REFERENCES review_panels (id),
    account_id  uuid        NOT NULL REFERENCES accounts (id),
    place       bigint      NOT NULL,
    state       text        NOT NULL,
    reason      text        NOT NULL,
    note        text        NOT NULL,
    answered_at timestamptz,
    UNIQUE (panel_id, account_id)
);
CREATE INDEX reviews_account ON reviews (account_id, id);

-- What one reviewer gives to one item: a draft, final, or not at all (recused).
CREATE TABLE review_sheets (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    panel_id   uuid        NOT NULL REFERENCES review_panels (id),
    review_id  uuid        NOT NULL REFERENCES reviews (id),
    item_id    uuid        NOT NULL REFERENCES review_items (id),
    state      text        NOT NULL,
    marks      jsonb,
    comment    text        NOT NULL,
    UNIQUE (review_id, item_id)
);
CREATE INDEX review_sheets_panel ON review_sheets (panel_id, item_id);

-- What the reviewers agreed on, beside what each gave.
CREATE TABLE review_consensus (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    panel_id   uuid        NOT NULL REFERENCES review_panels (id),
    item_id    uuid        NOT NULL UNIQUE REFERENCES review_items (id),
    score      bigint      NOT NULL,
    reason     text        NOT NULL,
    by_id      uuid        NOT NULL REFERENCES accounts (id)
);
CREATE INDEX review_consensus_panel ON review_consensus (panel_id);
