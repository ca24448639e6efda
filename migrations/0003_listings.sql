-- +goose Up
-- Supply and demand.
CREATE TABLE results (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    state          text   NOT NULL,
    owner_id       uuid   NOT NULL REFERENCES organizations (id),
    submitted_by   uuid,
    title          text   NOT NULL,
    abstract       text   NOT NULL,
    keywords       jsonb  NOT NULL,
    field          text   NOT NULL,
    trl            bigint,
    transfer_modes jsonb  NOT NULL,
    price          jsonb,
    application    text   NOT NULL,
    advantage      text   NOT NULL,
    confidential   text   NOT NULL,
    return_reason  text   NOT NULL,
    published_at   timestamptz,
    external_scheme text,
    external_id     text
);
CREATE INDEX results_state ON results (state, id);
CREATE INDEX results_owner ON results (owner_id, id);
CREATE INDEX results_field ON results (field, state, id);
CREATE INDEX results_external_id ON results (external_id, external_scheme);
CREATE UNIQUE INDEX results_external ON results (owner_id, external_scheme, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE needs (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    state            text    NOT NULL,
    owner_id         uuid    NOT NULL REFERENCES organizations (id),
    submitted_by     uuid,
    title            text    NOT NULL,
    problem          text    NOT NULL,
    requirements     text    NOT NULL,
    constraints      text    NOT NULL,
    keywords         jsonb   NOT NULL,
    field            text    NOT NULL,
    budget           jsonb,
    deadline         date,
    cooperation_mode text    NOT NULL,
    urgent           boolean NOT NULL,
    confidential     text    NOT NULL,
    return_reason    text    NOT NULL,
    close_reason     text    NOT NULL,
    published_at     timestamptz,
    external_scheme  text,
    external_id      text
);
CREATE INDEX needs_state ON needs (state, id);
CREATE INDEX needs_owner ON needs (owner_id, id);
CREATE INDEX needs_field ON needs (field, state, id);
CREATE INDEX needs_external_id ON needs (external_id, external_scheme);
CREATE UNIQUE INDEX needs_external ON needs (owner_id, external_scheme, external_id) WHERE external_id IS NOT NULL;
