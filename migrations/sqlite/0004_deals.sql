-- +goose Up
-- From an introduction to a deal.
CREATE TABLE introductions (
    id         text        NOT NULL PRIMARY KEY,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    state          text NOT NULL,
    from_id        text NOT NULL REFERENCES organizations (id),
    to_id          text NOT NULL REFERENCES organizations (id),
    result_id      text REFERENCES results (id),
    need_id        text REFERENCES needs (id),
    message        text NOT NULL,
    proposed_by    text NOT NULL,
    answered_by    text,
    answered_at    timestamp,
    answer_due     text NOT NULL,
    decline_reason text NOT NULL,
    decline_note   text NOT NULL,
    deal_id        text
);
CREATE INDEX introductions_from ON introductions (from_id, id);
CREATE INDEX introductions_to ON introductions (to_id, id);
-- One open introduction of the same two at a time, whichever side proposed it: a result and a need, or one of them and the
-- organization that proposes. Their owners follow from them.
CREATE UNIQUE INDEX introductions_open ON introductions (COALESCE(result_id, from_id), COALESCE(need_id, from_id))
    WHERE state = 'proposed';

CREATE TABLE deals (
    id         text        NOT NULL PRIMARY KEY,
    version    integer      NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    stage           text NOT NULL,
    introduction_id text NOT NULL UNIQUE REFERENCES introductions (id),
    supplier_id     text NOT NULL REFERENCES organizations (id),
    demander_id     text NOT NULL REFERENCES organizations (id),
    result_id       text,
    need_id         text,
    lost_reason     text NOT NULL,
    contract_id     text
);
CREATE INDEX deals_supplier ON deals (supplier_id, id);
CREATE INDEX deals_demander ON deals (demander_id, id);

-- The activity log of a deal only grows.
CREATE TABLE deal_steps (
    id         text        NOT NULL PRIMARY KEY,
    deal_id    text        NOT NULL REFERENCES deals (id),
    stage      text        NOT NULL,
    note       text        NOT NULL,
    account_id text        NOT NULL,
    created_at timestamp NOT NULL
);
CREATE INDEX deal_steps_deal ON deal_steps (deal_id, id);
