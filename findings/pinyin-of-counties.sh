#!/usr/bin/env bash
# pinyin-pro 3.29.4 from npm, seen with Node.js in November 2026.
#
# Behaviour: the library has a dictionary of words and reads 六安市, 番禺区, 台州市 or 盱眙县 as people there do, but reads the names of other counties
# and cities by the commonest reading of each character: of these seventeen, which GB/T 2260 romanizes, none is right. So names of places
# are held against the standard's own spelling before they are shown, and the well-known ones do not stand for the rest.
#
# Output seen: as below, "name: read, written in GB/T 2260"
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null 2>&1
npm install --silent --ignore-scripts pinyin-pro@3.29.4 >/dev/null 2>&1
cat >read.js <<'JS'
const { pinyin } = require('pinyin-pro');
const read = (name) => pinyin(name, { toneType: 'none', type: 'array' }).slice(0, -1).join('');
const wrong = {
  乐清市: ['leqing', 'yueqing'], 单县: ['dan', 'shan'], 蔚县: ['wei', 'yu'], 洪洞县: ['hongdong', 'hongtong'], 浚县: ['jun', 'xun'],
  黄陂区: ['huangbei', 'huangpi'], 歙县: ['xi', 'she'], 郫都区: ['pidou', 'pidu'], 筠连县: ['yunlian', 'junlian'], 乐亭县: ['leting', 'laoting'],
  穆棱市: ['muleng', 'muling'], 尉犁县: ['weili', 'yuli'], 宕昌县: ['dangchang', 'tanchang'], 吴堡县: ['wubao', 'wubu'], 泌阳县: ['miyang', 'biyang'],
  繁峙县: ['fanzhi', 'fanshi'], 珲春市: ['huichun', 'hunchun'],
};
const right = { 六安市: 'luan', 番禺区: 'panyu', 台州市: 'taizhou', 盱眙县: 'xuyi' };
let other = 0;
for (const [name, [seen, standard]] of Object.entries(wrong)) {
  console.log(`${name}: ${read(name)}, ${standard}`);
  if (read(name) !== seen) other++;
}
for (const [name, seen] of Object.entries(right)) if (read(name) !== seen) other++;
process.exit(other === 0 ? 0 : 1);
JS
node read.js
echo "as stated"
