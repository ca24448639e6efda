-- +goose Up
-- What the bureau is measured by: definitions, yearly targets, actuals that were reported by hand, and reports of months that never change again.
CREATE TABLE indicator_definitions (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    code          text        NOT NULL UNIQUE,
    name          text        NOT NULL,
    name_en       text        NOT NULL,
    unit          text        NOT NULL, -- yuan, percent or count: values are hundredths of it
    measured      text        NOT NULL, -- what is counted
    measured_en   text        NOT NULL,
    shape         text        NOT NULL, -- flow, stock or rate
    how           text        NOT NULL, -- computed or reported
    definition    text        NOT NULL,
    definition_en text        NOT NULL,
    source        text        NOT NULL,
    nth           bigint      NOT NULL, -- the order in which they are told
    entered_by    uuid        REFERENCES accounts (id)
);

-- What is to be reached in a year: a change is a row of its own, which replaces the one before once another operator confirms it.
CREATE TABLE indicator_targets (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    code         text        NOT NULL REFERENCES indicator_definitions (code),
    year         bigint      NOT NULL,
    office       text        NOT NULL,
    region       text        NOT NULL,
    value        bigint      NOT NULL CHECK (value >= 0),
    comparison   text        NOT NULL,
    source       text        NOT NULL,
    state        text        NOT NULL,
    proposed_by  uuid        NOT NULL REFERENCES accounts (id),
    confirmed_by uuid        REFERENCES accounts (id),
    confirmed_at timestamptz,
    reason       text        NOT NULL
);
CREATE INDEX indicator_targets_code ON indicator_targets (code, year, id);
CREATE UNIQUE INDEX indicator_targets_in_force ON indicator_targets (code, year, office, region) WHERE state = 'confirmed';

-- Actuals that somebody reported, each with its source and the period that its data are of. Rows stay; the latest one counts.
CREATE TABLE indicator_actuals (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    code        text        NOT NULL REFERENCES indicator_definitions (code),
    year        bigint      NOT NULL,
    office      text        NOT NULL,
    region      text        NOT NULL,
    value       bigint      NOT NULL CHECK (value >= 0),
    bound       text        NOT NULL,
    data_from   date        NOT NULL,
    data_to     date        NOT NULL,
    source      text        NOT NULL,
    reported_by uuid        NOT NULL REFERENCES accounts (id)
);
CREATE INDEX indicator_actuals_code ON indicator_actuals (code, year, id);

-- Reports of months that are over.
CREATE TABLE monthly_reports (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    month       text        NOT NULL UNIQUE,
    content     text        NOT NULL, -- what is public, as it is hashed
    digest      text        NOT NULL,
    full_text   text        NOT NULL, -- the bureau's own
    full_digest text        NOT NULL,
    frozen_by   uuid        NOT NULL REFERENCES accounts (id)
);

-- Those that the system knows.
INSERT INTO indicator_definitions (id, version, created_at, updated_at, code, name, name_en, unit, measured, measured_en, shape, how, definition, definition_en, source, nth) VALUES
    ('0197a000-0000-7000-8000-0000000a0001', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'turnover', '技术合同成交额', 'Turnover of technology contracts', 'yuan', '元', 'yuan', 'flow', 'computed', '本平台登记机构认定登记的技术合同的成交额（合同总价），按登记、变更、注销之日计入当年；在其他地区登记的合同不在其内。', 'The whole price of technology contracts registered by the offices of this system, in the year of registration, amendment and cancellation; contracts registered elsewhere are not in it.', '成交额台账', 10),
    ('0197a000-0000-7000-8000-0000000a0002', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'technology_amount', '技术交易额', 'Technology amount', 'yuan', '元', 'yuan', 'flow', 'computed', '成交额减去逐项列明的非技术性费用，口径同技术合同成交额。', 'Turnover less the itemised non-technical parts; otherwise as turnover.', '成交额台账', 20),
    ('0197a000-0000-7000-8000-0000000a0003', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'contracts', '认定登记技术合同数', 'Technology contracts registered', 'count', '份', 'contracts', 'flow', 'computed', '本平台登记机构认定登记的技术合同份数，注销的减去；在其他地区登记的合同不在其内。', 'Technology contracts registered by the offices of this system, less those cancelled; contracts registered elsewhere are not in it.', '成交额台账', 30),
    ('0197a000-0000-7000-8000-0000000a0004', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'conversion_amount_key', '本地转化率（重点高校院所，按金额）', 'Local conversion rate: key institutions, by amount', 'percent', '%', '%', 'rate', 'computed', '重点高校院所作为第一卖方的合同中，第一买方在本市的成交额占比。买方地区未知的计入分母并另列；技术进口与在其他地区登记的合同不在分子、分母之内。卖方是否在重点高校院所名单，以合同首次计入台账之日为准。', 'Of the turnover whose first seller is a key institution, the share whose first buyer is in the city. Unknown buyers'' regions are in the denominator and shown apart; imports of technology and contracts registered elsewhere are in neither. Whether a seller is on the list is asked of the day on which the contract first counted.', '成交额台账与重点高校院所名单', 40),
    ('0197a000-0000-7000-8000-0000000a0005', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'conversion_amount_all', '本地转化率（全部卖方，按金额）', 'Local conversion rate: all sellers, by amount', 'percent', '%', '%', 'rate', 'computed', '全部合同中，第一买方在本市的成交额占比。买方地区未知的计入分母并另列；技术进口与在其他地区登记的合同不在分子、分母之内。', 'Of all turnover, the share whose first buyer is in the city. Unknown buyers'' regions are in the denominator and shown apart; imports of technology and contracts registered elsewhere are in neither.', '成交额台账', 50),
    ('0197a000-0000-7000-8000-0000000a0006', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'conversion_contracts_key', '本地转化率（重点高校院所，按合同数）', 'Local conversion rate: key institutions, by contracts', 'percent', '%', '%', 'rate', 'computed', '重点高校院所作为第一卖方的合同中，第一买方在本市的合同份数占比，口径同按金额的指标。', 'Of the contracts whose first seller is a key institution, the share whose first buyer is in the city; otherwise as by amount.', '成交额台账与重点高校院所名单', 60),
    ('0197a000-0000-7000-8000-0000000a0007', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'conversion_contracts_all', '本地转化率（全部卖方，按合同数）', 'Local conversion rate: all sellers, by contracts', 'percent', '%', '%', 'rate', 'computed', '全部合同中，第一买方在本市的合同份数占比，口径同按金额的指标。', 'Of all contracts, the share whose first buyer is in the city; otherwise as by amount.', '成交额台账', 70),
    ('0197a000-0000-7000-8000-0000000a0008', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'conversion_results_key', '本地转化率（重点高校院所，按成果数）', 'Local conversion rate: key institutions, by results', 'percent', '%', '%', 'rate', 'computed', '重点高校院所由合同转化的成果中，在本市转化的占比；同一成果计一次，期内合同数合计大于 0 的才计。', 'Of the results of key institutions that contracts came from, the share that went to buyers in the city; a result counts once, if the contracts of the period sum to more than 0.', '成交额台账与重点高校院所名单', 80),
    ('0197a000-0000-7000-8000-0000000a0009', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'conversion_results_all', '本地转化率（全部卖方，按成果数）', 'Local conversion rate: all sellers, by results', 'percent', '%', '%', 'rate', 'computed', '由合同转化的成果中，在本市转化的占比；同一成果计一次，期内合同数合计大于 0 的才计。', 'Of the results that contracts came from, the share that went to buyers in the city; a result counts once, if the contracts of the period sum to more than 0.', '成交额台账', 90),
    ('0197a000-0000-7000-8000-0000000a0010', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'tech_enterprises', '科技型企业数（按称号合计）', 'Technology enterprises, by holdings', 'count', '家', 'holdings', 'stock', 'computed', '当日有效的科技型中小企业、高新技术企业、雏鹰、瞪羚、独角兽称号之和；一家有几项称号就计几次。', 'The sum of the grades held on the day: technology SMEs, high-tech enterprises, eaglets, gazelles and unicorns; an enterprise with several counts as often.', '单位等级名单', 100),
    ('0197a000-0000-7000-8000-0000000a0011', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'tech_enterprises_distinct', '科技型企业数（不重复）', 'Technology enterprises, each once', 'count', '家', 'enterprises', 'stock', 'computed', '当日至少有一项有效称号的企业数，一家计一次。', 'Enterprises that hold at least one of the grades on the day; each counts once.', '单位等级名单', 110),
    ('0197a000-0000-7000-8000-0000000a0012', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'brokers', '在册技术经纪人数', 'Technology brokers on the register', 'count', '人', 'people', 'stock', 'computed', '当日在技术经纪人名册有效的人数，一人计一次。', 'People whose entry in the register of technology brokers holds on the day; each counts once.', '技术经纪人名册', 120),
    ('0197a000-0000-7000-8000-0000000a0013', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'challenges_running', '在行榜题数', 'Challenges running', 'count', '项', 'challenges', 'stock', 'computed', '当日正在实施的揭榜挂帅榜题数。', 'Challenges that run on the day.', '揭榜挂帅项目', 130),
    ('0197a000-0000-7000-8000-0000000a0014', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'high_quality_results', '高质量科技成果数', 'High-quality results', 'count', '项', 'results', 'flow', 'reported', '经专家评价认定的高质量科技成果数，由主管部门填报。', 'Results that an expert evaluation found to be of high quality; reported by the bureau.', '主管部门填报', 140),
    ('0197a000-0000-7000-8000-0000000a0015', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'events', '成果对接活动场次', 'Matchmaking events', 'count', '场', 'events', 'flow', 'reported', '当年举办的成果对接活动场次，由主管部门填报。', 'Matchmaking events held in the year; reported by the bureau.', '主管部门填报', 150),
    ('0197a000-0000-7000-8000-0000000a0016', 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'rd_intensity', '研发经费投入强度', 'Intensity of research and development', 'percent', '%', '%', 'rate', 'reported', '全社会研发经费投入与地区生产总值之比，以统计部门公布为准，通常晚一年公布（错年统计）。', 'Expenditure on research and development against the gross product of the region, as the statistical office publishes it, mostly a year later.', '统计部门公布', 160);

-- A frozen report and a reported actual never change: the database itself refuses anything else.
-- +goose StatementBegin
CREATE FUNCTION indicators_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed', TG_TABLE_NAME;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER monthly_reports_no_change BEFORE UPDATE OR DELETE ON monthly_reports FOR EACH ROW EXECUTE FUNCTION indicators_refuse();
CREATE TRIGGER monthly_reports_no_truncate BEFORE TRUNCATE ON monthly_reports FOR EACH STATEMENT EXECUTE FUNCTION indicators_refuse();
CREATE TRIGGER indicator_actuals_no_change BEFORE UPDATE OR DELETE ON indicator_actuals FOR EACH ROW EXECUTE FUNCTION indicators_refuse();
CREATE TRIGGER indicator_actuals_no_truncate BEFORE TRUNCATE ON indicator_actuals FOR EACH STATEMENT EXECUTE FUNCTION indicators_refuse();
