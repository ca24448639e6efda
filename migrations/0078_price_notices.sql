-- +goose Up
-- A notice may be for the members of one organization alone; of those before everybody reads each.
ALTER TABLE notices ADD COLUMN audience_id uuid REFERENCES organizations (id);

-- How the price of a deal was set (促进科技成果转化法, Art. 18), and where it was shown before signing. Rows are only added: the latest counts.
CREATE TABLE deal_prices (
    id           uuid        NOT NULL PRIMARY KEY,
    deal_id      uuid        NOT NULL REFERENCES deals (id),
    mode         text        NOT NULL,
    way          text        NOT NULL,
    result_title text        NOT NULL,
    amount       bigint      NOT NULL,
    notice_id    uuid        REFERENCES notices (id),
    first_day    date,
    last_day     date,
    place        text        NOT NULL,
    number       text        NOT NULL,
    evidence     text        NOT NULL,
    file_id      uuid,
    recorded_by  uuid        NOT NULL REFERENCES accounts (id),
    created_at   timestamptz NOT NULL
);
CREATE INDEX deal_prices_deal ON deal_prices (deal_id, id);
CREATE UNIQUE INDEX deal_prices_notice ON deal_prices (notice_id);
