-- +goose Up
-- What records are called in other systems: many for each record, of any kind; one owner gives one identifier to one record of a kind.
CREATE TABLE external_ids (
    object_kind text NOT NULL,
    object_id   uuid NOT NULL,
    owner_id    uuid NOT NULL REFERENCES organizations (id),
    scheme      text NOT NULL,
    external_id text NOT NULL,
    PRIMARY KEY (object_id, scheme, external_id)
);
CREATE UNIQUE INDEX external_ids_of_owner ON external_ids (owner_id, object_kind, scheme, external_id);
CREATE INDEX external_ids_look_up ON external_ids (external_id, scheme);

INSERT INTO external_ids (object_kind, object_id, owner_id, scheme, external_id)
    SELECT 'result', id, owner_id, external_scheme, external_id FROM results WHERE external_scheme IS NOT NULL AND external_id IS NOT NULL;
INSERT INTO external_ids (object_kind, object_id, owner_id, scheme, external_id)
    SELECT 'need', id, owner_id, external_scheme, external_id FROM needs WHERE external_scheme IS NOT NULL AND external_id IS NOT NULL;

DROP INDEX results_external;
DROP INDEX results_external_id;
DROP INDEX needs_external;
DROP INDEX needs_external_id;
ALTER TABLE results DROP COLUMN external_scheme;
ALTER TABLE results DROP COLUMN external_id;
ALTER TABLE needs DROP COLUMN external_scheme;
ALTER TABLE needs DROP COLUMN external_id;
