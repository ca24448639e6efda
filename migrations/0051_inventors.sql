-- +goose Up
-- Who made a result, in their order, and whether it solves a bottleneck (JSON).
ALTER TABLE results ADD COLUMN inventors text;
ALTER TABLE results ADD COLUMN bottleneck text;
