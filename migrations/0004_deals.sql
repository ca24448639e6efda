-- +goose Up
-- From an introduction to a deal.
CREATE TABLE introductions (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    state          text NOT NULL,
    from_id        uuid NOT NULL REFERENCES organizations (id),
    to_id          uuid NOT NULL REFERENCES organizations (id),
    result_id      uuid REFERENCES results (id),
    need_id        uuid REFERENCES needs (id),
    message        text NOT NULL,
    proposed_by    uuid NOT NULL,
    answered_by    uuid,
    answered_at    timestamptz,
    answer_due     date NOT NULL,
    decline_reason text NOT NULL,
    decline_note   text NOT NULL,
    deal_id        uuid
);
CREATE INDEX introductions_from ON introductions (from_id, id);
CREATE INDEX introductions_to ON introductions (to_id, id);
-- One open introduction of the same two at a time, whichever side proposed it: a result and a need, or one of them and the
-- organization that proposes. Their owners follow from them.
CREATE UNIQUE INDEX introductions_open ON introductions (COALESCE(result_id, from_id), COALESCE(need_id, from_id))
    WHERE state = 'proposed';

CREATE TABLE deals (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    stage           text NOT NULL,
    introduction_id uuid NOT NULL UNIQUE REFERENCES introductions (id),
    supplier_id     uuid NOT NULL REFERENCES organizations (id),
    demander_id     uuid NOT NULL REFERENCES organizations (id),
    result_id       uuid,
    need_id         uuid,
    lost_reason     text NOT NULL,
    contract_id     uuid
);
CREATE INDEX deals_supplier ON deals (supplier_id, id);
CREATE INDEX deals_demander ON deals (demander_id, id);

-- The activity log of a deal only grows.
CREATE TABLE deal_steps (
    id         uuid        NOT NULL PRIMARY KEY,
    deal_id    uuid        NOT NULL REFERENCES deals (id),
    stage      text        NOT NULL,
    note       text        NOT NULL,
    account_id uuid        NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX deal_steps_deal ON deal_steps (deal_id, id);
