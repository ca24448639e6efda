-- +goose Up
-- Industry chains (产业链): what the bureau looks at results, needs, challenges and contracts by. They are dated; one that ends stays on what names it.
CREATE TABLE industry_chains (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code       text        NOT NULL UNIQUE,
    name       text        NOT NULL,
    name_en    text        NOT NULL,
    family     text        NOT NULL,
    source     text        NOT NULL,
    valid_from date        NOT NULL,
    valid_to   date
);

-- The fifteen industries of Shenyang's plan of action for 2021 to 2023, old, raw and new; what came later an operator adds.
INSERT INTO industry_chains (id, version, created_at, updated_at, code, name, name_en, family, source, valid_from) VALUES
    ('0179e0a0-0000-7000-8000-000000000001', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'automotive', '汽车及零部件', 'Vehicles and their parts', '老字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000002', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'general_machinery', '通用机械装备', 'General machinery', '老字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000003', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'heavy_special', '石化重矿轨道交通及专用装备', 'Equipment for petrochemistry, mining, rail and special uses', '老字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000004', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'machine_tools', '机床及功能部件', 'Machine tools and functional parts', '老字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000005', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'power_equipment', '电力装备', 'Power equipment', '老字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000006', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'metallurgy_materials', '冶金建材', 'Metallurgy and building materials', '原字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000007', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'petrochemicals', '石油化工', 'Petrochemicals', '原字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000008', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'agrifood', '农产品深加工', 'Deep processing of farm products', '原字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-000000000009', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'new_energy_vehicles', '新能源及新能源汽车', 'New energy and new-energy vehicles', '新字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-00000000000a', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'integrated_circuits', '集成电路', 'Integrated circuits', '新字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-00000000000b', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'aviation', '航空', 'Aviation', '新字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-00000000000c', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'biomedicine', '生物医药及医疗装备', 'Biomedicine and medical equipment', '新字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-00000000000d', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'robotics', '机器人', 'Robots', '新字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-00000000000e', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'new_materials', '新材料', 'New materials', '新字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07'),
    ('0179e0a0-0000-7000-8000-00000000000f', 1, '2021-06-07T00:00:00.000000Z', '2021-06-07T00:00:00.000000Z', 'environmental', '节能环保', 'Energy saving and environmental protection', '新字号', '沈阳市改造升级“老字号”、深度开发“原字号”、培育壮大“新字号”专项行动计划（2021—2023年）', '2021-06-07');

ALTER TABLE results ADD COLUMN chains jsonb NOT NULL DEFAULT '[]';
ALTER TABLE needs ADD COLUMN chains jsonb NOT NULL DEFAULT '[]';
