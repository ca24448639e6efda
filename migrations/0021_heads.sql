-- +goose Up
-- The ends of the chains that the stamper writes, kept apart from them, so that what is cut off at an end shows. The change log becomes a
-- chain, too; rows without a hash were written by the version before, and are chained by the next stamper.
CREATE TABLE chain_heads (
    name text   NOT NULL PRIMARY KEY,
    pos  bigint NOT NULL,
    hash text   NOT NULL
);
INSERT INTO chain_heads (name, pos, hash) VALUES ('changes', 0, '');
INSERT INTO chain_heads (name, pos, hash)
    SELECT 'audit', COALESCE(MAX(pos), 0), COALESCE((SELECT hash FROM audit_chain ORDER BY pos DESC LIMIT 1), '') FROM audit_chain;

ALTER TABLE change_log ADD COLUMN hash text;
