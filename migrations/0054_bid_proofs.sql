-- +goose Up
-- What is sealed for a challenge is proved every night. Each of these jobs finds out for itself when it ends.
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'bid.prove', id, published_at, 0, '', NULL, NULL, '', published_at FROM challenges WHERE state = 'published';
