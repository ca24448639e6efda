-- +goose Up
-- What harvesters are told of: every record that anybody could ever read, also those that are gone, with the second in which what is told of it
-- changed last. Never a record that was not public. A follower of the log fills it, from the log's beginning.
CREATE TABLE harvest_records (
    object_id  uuid        NOT NULL PRIMARY KEY,
    kind       text        NOT NULL,
    public     boolean     NOT NULL,
    stamped_at timestamptz NOT NULL,
    digest     text        NOT NULL,
    sets       text        NOT NULL
);
CREATE INDEX harvest_records_order ON harvest_records (stamped_at, object_id);

-- The same once more for each set that a record is in, so that a set is read in its order.
CREATE TABLE harvest_members (
    set_spec   text        NOT NULL,
    stamped_at timestamptz NOT NULL,
    object_id  uuid        NOT NULL REFERENCES harvest_records (object_id) ON DELETE CASCADE,
    PRIMARY KEY (set_spec, stamped_at, object_id)
);
CREATE INDEX harvest_members_object ON harvest_members (object_id);

-- The last second that was given; whoever writes records locks it first, so that seconds are given in the order in which they can be read.
CREATE TABLE harvest_clock (
    one        bigint      NOT NULL PRIMARY KEY,
    stamped_at timestamptz NOT NULL
);
INSERT INTO harvest_clock (one, stamped_at) VALUES (1, '2000-01-01T00:00:00.000000Z');
