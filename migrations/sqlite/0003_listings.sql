-- +goose Up
-- Supply and demand.
CREATE TABLE results (
    id         text        NOT NULL PRIMARY KEY,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    state          text   NOT NULL,
    owner_id       text   NOT NULL REFERENCES organizations (id),
    submitted_by   text,
    title          text   NOT NULL,
    abstract       text   NOT NULL,
    keywords       text  NOT NULL,
    field          text   NOT NULL,
    trl            integer,
    transfer_modes text  NOT NULL,
    price          text,
    application    text   NOT NULL,
    advantage      text   NOT NULL,
    confidential   text   NOT NULL,
    return_reason  text   NOT NULL,
    published_at   timestamp,
    external_scheme text,
    external_id     text
);
CREATE INDEX results_state ON results (state, id);
CREATE INDEX results_owner ON results (owner_id, id);
CREATE INDEX results_field ON results (field, state, id);
CREATE INDEX results_external_id ON results (external_id, external_scheme);
CREATE UNIQUE INDEX results_external ON results (owner_id, external_scheme, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE needs (
    id         text        NOT NULL PRIMARY KEY,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    state            text    NOT NULL,
    owner_id         text    NOT NULL REFERENCES organizations (id),
    submitted_by     text,
    title            text    NOT NULL,
    problem          text    NOT NULL,
    requirements     text    NOT NULL,
    constraints      text    NOT NULL,
    keywords         text   NOT NULL,
    field            text    NOT NULL,
    budget           text,
    deadline         text,
    cooperation_mode text    NOT NULL,
    urgent           boolean NOT NULL,
    confidential     text    NOT NULL,
    return_reason    text    NOT NULL,
    close_reason     text    NOT NULL,
    published_at     timestamp,
    external_scheme  text,
    external_id      text
);
CREATE INDEX needs_state ON needs (state, id);
CREATE INDEX needs_owner ON needs (owner_id, id);
CREATE INDEX needs_field ON needs (field, state, id);
CREATE INDEX needs_external_id ON needs (external_id, external_scheme);
CREATE UNIQUE INDEX needs_external ON needs (owner_id, external_scheme, external_id) WHERE external_id IS NOT NULL;
