-- +goose Up
-- The one open revision of a published record. Its row stays when it is closed, so that its versions are not given twice.
CREATE TABLE revisions (
    object_kind   text        NOT NULL,
    object_id     uuid        NOT NULL,
    version       bigint      NOT NULL,
    state         text        NOT NULL,
    content       jsonb       NOT NULL,
    made_by       uuid        NOT NULL,
    made_at       timestamptz NOT NULL,
    submitted_by  uuid,
    return_reason text        NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (object_kind, object_id)
);

-- What goes live at once: whom to ask, and how a result is to be had.
ALTER TABLE results ADD COLUMN availability text NOT NULL DEFAULT 'available';
ALTER TABLE results ADD COLUMN confirmed_until date;
ALTER TABLE results ADD COLUMN contact jsonb;
ALTER TABLE needs ADD COLUMN contact jsonb;
