-- +goose Up
-- Names are compared without regard to whether their characters are traditional or simplified. The program goes through all contracts and gives those
-- their forms anew that have others now.
DELETE FROM jobs WHERE kind = 'contract.lookups';
INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, until, parked_at, last_error, created_at)
    SELECT id, 'contract.lookups', id, updated_at, 0, '', NULL, NULL, '', updated_at FROM contracts ORDER BY id LIMIT 1;
