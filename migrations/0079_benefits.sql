-- +goose Up
-- Rules of the benefits that a registered contract opens (优惠规则): whose, for whom, how much, from which day to which, and where it is written. They are
-- information. Those of one code are one after the other and never on the same day.
CREATE TABLE benefit_rules (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code           text    NOT NULL,
    kind           text    NOT NULL,
    level          text    NOT NULL,
    region         text    NOT NULL,
    side           text    NOT NULL,
    contract_kinds jsonb   NOT NULL,
    rate_bp        bigint  NOT NULL,
    cap            bigint  NOT NULL,
    cap_per        text    NOT NULL,
    license_years  bigint  NOT NULL,
    valid_from     date    NOT NULL,
    valid_to       date,
    source         text    NOT NULL,
    source_link    text    NOT NULL,
    note           text    NOT NULL,
    note_en        text    NOT NULL,
    provisional    boolean NOT NULL,
    entered_by     uuid    REFERENCES accounts (id),
    UNIQUE (code, valid_from)
);
CREATE INDEX benefit_rules_order ON benefit_rules (code, valid_from, id);

-- The national ones, and the one of the city whose papers could be read. None of them has been held against the text in force.
INSERT INTO benefit_rules (id, version, created_at, updated_at, code, kind, level, region, side, contract_kinds, rate_bp, cap, cap_per, license_years, valid_from, valid_to, source, source_link, note, note_en, provisional) VALUES
    ('019ad0b0-0000-7000-8000-000000000001', 1, '2026-11-30T00:00:00.000000Z', '2026-11-30T00:00:00.000000Z', 'vat_exemption', 'vat_exemption', 'national', '', 'seller', '["assignment", "license", "development"]', 0, 0, '', 0, '2016-05-01', NULL,
     '财税〔2016〕36号附件3第一条第（二十六）项', '',
     '提供技术转让（含许可）、技术开发免征增值税；书面合同须经认定并留存备查，开具普通发票。2026-01-01 增值税法施行后的衔接规定请向主管税务机关核对。',
     'Assignments, licences and development are exempt from VAT; the written contract is certified and kept for the tax office, and ordinary invoices are issued. Ask the tax office how it goes on under the VAT Law, in force since 2026-01-01.', TRUE),
    ('019ad0b0-0000-7000-8000-000000000002', 1, '2026-11-30T00:00:00.000000Z', '2026-11-30T00:00:00.000000Z', 'vat_exemption_related', 'vat_exemption', 'national', '', 'seller', '["consulting", "service"]', 0, 0, '', 0, '2016-05-01', NULL,
     '财税〔2016〕36号附件3第一条第（二十六）项', '',
     '仅限与技术转让、技术开发相关的技术咨询、技术服务，且价款与转让或开发的价款开在同一张发票上；单独的咨询、服务合同不免征。',
     'Only consulting and service that belong to an assignment, a licence or a development, with their price on the same invoice; by itself neither is exempt.', TRUE),
    ('019ad0b0-0000-7000-8000-000000000003', 1, '2026-11-30T00:00:00.000000Z', '2026-11-30T00:00:00.000000Z', 'income_tax_relief', 'income_tax_relief', 'national', '', 'seller', '["assignment"]', 5000, 500000000, 'enterprise_year', 0, '2008-01-01', '2015-09-30',
     '企业所得税法实施条例第九十条；财税〔2010〕111号', '',
     '居民企业一个纳税年度内技术转让所得不超过 500 万元的部分免征企业所得税，超过的部分减半征收；按年度所得而非单份合同计算。以财税〔2010〕111号所列的技术为限（专利、软件著作权、集成电路布图设计、植物新品种等），技术秘密等是否在列请向税务机关核对；来自 100% 关联方的所得不享受。',
     'Gains of a resident enterprise from transfers in one tax year are exempt up to 5 million yuan, and half of what is above it; by the income of the year and not of one contract. Only for what 财税〔2010〕111号 lists (patents, software, layout designs, plant varieties and the like): ask the tax office about technical secrets. Income from a party that is held whole gets none.', TRUE),
    ('019ad0b0-0000-7000-8000-000000000004', 1, '2026-11-30T00:00:00.000000Z', '2026-11-30T00:00:00.000000Z', 'income_tax_relief', 'income_tax_relief', 'national', '', 'seller', '["assignment", "license"]', 5000, 500000000, 'enterprise_year', 5, '2015-10-01', NULL,
     '企业所得税法实施条例第九十条；财税〔2010〕111号；财税〔2015〕116号', '',
     '居民企业一个纳税年度内技术转让所得不超过 500 万元的部分免征企业所得税，超过的部分减半征收；按年度所得而非单份合同计算。2015-10-01 起含 5 年以上（含 5 年）非独占许可。以财税〔2010〕111号所列的技术为限（专利、软件著作权、集成电路布图设计、植物新品种等），技术秘密等是否在列请向税务机关核对；来自 100% 关联方的所得不享受。',
     'Gains of a resident enterprise from transfers in one tax year are exempt up to 5 million yuan, and half of what is above it; by the income of the year and not of one contract. Since 2015-10-01 non-exclusive licences of five years or more are included. Only for what 财税〔2010〕111号 lists (patents, software, layout designs, plant varieties and the like): ask the tax office about technical secrets. Income from a party that is held whole gets none.', TRUE),
    ('019ad0b0-0000-7000-8000-000000000005', 1, '2026-11-30T00:00:00.000000Z', '2026-11-30T00:00:00.000000Z', 'rd_deduction', 'rd_deduction', 'national', '', 'buyer', '["development"]', 8000, 0, '', 0, '2016-01-01', NULL,
     '财税〔2015〕119号', '',
     '委托或合作研发的费用，委托方按实际发生额的 80% 计入研发费用并加计扣除；研发合同须由受托方登记。合作开发的，各方就自身实际承担的费用分别计算。',
     'Of what commissioned or cooperative development really cost, the client counts 80 % as R&D expense for the super-deduction; the developer must have registered the contract. In cooperative development each side reckons what it bore itself.', TRUE),
    ('019ad0b0-0000-7000-8000-000000000006', 1, '2026-11-30T00:00:00.000000Z', '2026-11-30T00:00:00.000000Z', 'shenyang_absorption', 'local_award', 'city', '210100', 'buyer', '["development", "assignment", "license", "consulting", "service"]', 500, 200000000, 'enterprise_year', 0, '2018-01-01', NULL,
     '沈科发〔2018〕23号', '',
     '吸纳技术的本市企业按登记合同成交价的 5% 补助，每家企业每年不超过 200 万元；凭登记合同、发票与银行回单分两次集中申报，经专家审核与公示。原文未见止期，现行与否请向市科技局核对。',
     'An enterprise of the city that takes up technology gets 5 % of the price of a registered contract, at most 2 million yuan a year; applied for in two windows with contract, invoices and bank slips, checked by experts and published. The paper names no last day: ask the bureau whether it still holds.', TRUE);
