-- +goose Up
-- Standing matches. A run is one look for the counterparts of a published record, once for each text that it has had; a pair is found once.
CREATE TABLE standing_runs (
    id          uuid        NOT NULL PRIMARY KEY,
    object_kind text        NOT NULL,
    object_id   uuid        NOT NULL,
    digest      text        NOT NULL,
    at          timestamptz NOT NULL
);
CREATE UNIQUE INDEX standing_runs_once ON standing_runs (object_id, digest);

CREATE TABLE standing_matches (
    first_id   uuid    NOT NULL,
    second_id  uuid    NOT NULL,
    run_id     uuid    NOT NULL REFERENCES standing_runs (id),
    other_kind text    NOT NULL,
    other_id   uuid    NOT NULL,
    score      integer NOT NULL,
    PRIMARY KEY (first_id, second_id)
);
CREATE INDEX standing_matches_run ON standing_matches (run_id);

-- What somebody searches for again and again; of each, what it has found is told once.
CREATE TABLE saved_searches (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    account_id uuid        NOT NULL REFERENCES accounts (id),
    name       text        NOT NULL,
    words      text        NOT NULL,
    kind       text        NOT NULL,
    field      text        NOT NULL,
    chain      text        NOT NULL,
    owner_id   uuid,
    frequency  text        NOT NULL
);
CREATE INDEX saved_searches_account ON saved_searches (account_id, id);

CREATE TABLE saved_search_hits (
    search_id uuid        NOT NULL,
    object_id uuid        NOT NULL,
    run_id    uuid        NOT NULL REFERENCES standing_runs (id),
    at        timestamptz NOT NULL,
    at_once   boolean     NOT NULL,
    told_at   timestamptz,
    PRIMARY KEY (search_id, object_id)
);
CREATE INDEX saved_search_hits_run ON saved_search_hits (run_id);
CREATE INDEX saved_search_hits_untold ON saved_search_hits (search_id) WHERE told_at IS NULL;

-- Lines of the inbox about what was found: what each is found for, how many it speaks of, the day by which they are counted, and whether it is folded
-- into that day's one line. What was there before is mailed to nobody.
ALTER TABLE inbox_items ADD COLUMN amount integer NOT NULL DEFAULT 1;
ALTER TABLE inbox_items ADD COLUMN for_kind text NOT NULL DEFAULT '';
ALTER TABLE inbox_items ADD COLUMN for_id uuid;
ALTER TABLE inbox_items ADD COLUMN found_on date;
ALTER TABLE inbox_items ADD COLUMN folded boolean NOT NULL DEFAULT FALSE;
ALTER TABLE inbox_items ADD COLUMN mailed_at timestamptz;
UPDATE inbox_items SET mailed_at = at;
DROP INDEX inbox_items_once;
CREATE UNIQUE INDEX inbox_items_once ON inbox_items (account_id, pos, object_id);
CREATE INDEX inbox_items_found ON inbox_items (account_id, found_on) WHERE found_on IS NOT NULL;
CREATE INDEX inbox_items_unmailed ON inbox_items (account_id, at) WHERE mailed_at IS NULL;

-- How often an account is sent its inbox by mail; without a row daily.
CREATE TABLE inbox_mails (
    account_id uuid        NOT NULL PRIMARY KEY REFERENCES accounts (id),
    version    bigint      NOT NULL,
    frequency  text        NOT NULL,
    updated_at timestamptz NOT NULL
);

-- By which such mails are ended without signing in; each serves that alone.
CREATE TABLE inbox_endings (
    hash       text        NOT NULL PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES accounts (id),
    created_at timestamptz NOT NULL
);
CREATE INDEX inbox_endings_account ON inbox_endings (account_id);
CREATE INDEX inbox_endings_created ON inbox_endings (created_at);
