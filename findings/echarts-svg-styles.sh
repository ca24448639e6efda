#!/bin/sh
# echarts 6.1.0 (npm), SVG drawn on the server: its look is written as styles, not as attributes alone.
#
# Colours and places of an SVG from renderToSVGString() are attributes (fill, stroke, d), so one expects that it may stand in a page whose
# Content-Security-Policy is style-src 'self'. But the face and size of every text stand in a style attribute, and what happens under the pointer
# in a <style> element within the drawing: such a page shows its texts in the page's own size, and nothing under the pointer, and the browser
# reports both. (The chart object keeps the process alive until it is disposed of, too: a script that draws once must call dispose().)
#
# Prints what it saw; exits with 1 when that has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >npm.log 2>&1
npm install --no-audit --no-fund echarts@6.1.0 >>npm.log 2>&1 || { cat npm.log; exit 2; }
cat >draw.js <<'JS'
const echarts = require('echarts')
const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 300 })
chart.setOption({
  animation: false, title: { text: 'Turnover' }, legend: {},
  xAxis: { type: 'category', data: ['Jan', 'Feb'] }, yAxis: {},
  series: [{ name: 'this', type: 'bar', data: [3, 5] }, { name: 'last', type: 'line', data: [1, 2] }],
})
const svg = chart.renderToSVGString()
chart.dispose()
const count = pattern => (svg.match(pattern) || []).length
const seen = { texts: count(/<text/g), styled: count(/<text[^>]* style="[^"]*font-size/g), sized: count(/<text[^>]* font-size=/g), sheets: count(/<style/g), fills: count(/ fill="/g) }
console.log('echarts', echarts.version, JSON.stringify(seen))
const same = seen.texts > 0 && seen.styled === seen.texts && seen.sized === 0 && seen.sheets === 1 && seen.fills > 0
console.log(same ? 'as told: every text is sized by a style attribute, and one style sheet stands within' : 'CHANGED')
process.exit(same ? 0 : 1)
JS
node draw.js
