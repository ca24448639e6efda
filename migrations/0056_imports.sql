-- +goose Up
-- Files that are brought in: how each is read, and how far it has come. What became of a row stands beside it, written in the transaction that wrote
-- the row, so that an import goes on where it was.
CREATE TABLE imports (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    kind        text        NOT NULL,
    owner_id    uuid        NOT NULL REFERENCES organizations (id),
    created_by  uuid        NOT NULL REFERENCES accounts (id),
    scheme      text        NOT NULL,
    field       text        NOT NULL,
    sheet       text        NOT NULL,
    heading_row bigint      NOT NULL,
    mapping     jsonb       NOT NULL,
    whole       boolean     NOT NULL,
    submit      boolean     NOT NULL,
    state       text        NOT NULL,
    dry_run     boolean     NOT NULL,
    file_id     uuid,
    started_by  uuid REFERENCES accounts (id),
    started_at  timestamptz,
    ended_at    timestamptz,
    place       bigint      NOT NULL,
    about       bigint      NOT NULL,
    rows_read   bigint      NOT NULL,
    created     bigint      NOT NULL,
    changed     bigint      NOT NULL,
    revised     bigint      NOT NULL,
    unchanged   bigint      NOT NULL,
    refused     bigint      NOT NULL,
    headings    jsonb,
    problem     jsonb
);
CREATE INDEX imports_of_owner ON imports (owner_id, id);
CREATE INDEX imports_of_owner_and_kind ON imports (owner_id, kind, id);
CREATE INDEX imports_of_owner_and_state ON imports (owner_id, state, id);

CREATE TABLE import_rows (
    import_id  uuid   NOT NULL REFERENCES imports (id),
    row_number bigint NOT NULL,
    outcome    text   NOT NULL,
    object_id  uuid,
    identity   text   NOT NULL,
    errors     jsonb,
    PRIMARY KEY (import_id, row_number)
);
CREATE INDEX import_rows_by_outcome ON import_rows (import_id, outcome, row_number);

-- What an organization calls the columns of its tables.
CREATE TABLE import_mappings (
    owner_id   uuid        NOT NULL REFERENCES organizations (id),
    kind       text        NOT NULL,
    headings   jsonb       NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, kind)
);
