-- +goose Up
-- Keys that belong to one record each (a challenge, say), wrapped by a key of the secret file. id is the record's; own_id is named by what
-- the key sealed.
CREATE TABLE inner_keys (
    id     uuid NOT NULL PRIMARY KEY,
    own_id text NOT NULL UNIQUE,
    key_id text NOT NULL REFERENCES seal_keys (id),
    sealed text NOT NULL
);
CREATE INDEX inner_keys_key ON inner_keys (key_id, id);

-- Name, type and digest of a file whose record seals its files by a key of its own; name is empty then.
ALTER TABLE uploads ADD COLUMN sealed text NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN sealed text NOT NULL DEFAULT '';
