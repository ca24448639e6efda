// Draws the plots of a page from the data beside them. On a canvas: what the SVG renderer and HTML tooltips write as style attributes is refused by
// the pages' policy; the picture as SVG is made as text, for the file alone.
'use strict'
// Okabe and Ito's colours that stand off from white paper; series differ in shape as well.
const colours = ['#0b5a5e', '#d55e00', '#56b4e9', '#7b3f6e', '#b8860b']
const plain = { fontFamily: getComputedStyle(document.body).fontFamily, color: '#1c2421' }
const optionOf = data => {
  const names = { type: 'category', data: data.labels, axisLabel: { ...plain, hideOverlap: true, width: data.across ? 110 : undefined, overflow: 'truncate' }, inverse: data.across, axisTick: { show: false } }
  const sizes = { type: 'value', name: data.unit, nameTextStyle: plain, nameLocation: data.across ? 'middle' : 'end', nameGap: data.across ? 28 : 15, axisLabel: plain, splitNumber: 4, splitLine: { lineStyle: { color: '#e4e9e6' } } }
  return {
    animation: false, color: colours, textStyle: plain, aria: { enabled: false },
    grid: { left: 8, right: 24, top: 64, bottom: data.across ? 32 : 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: plain },
    tooltip: {
      trigger: 'axis', renderMode: 'richText', confine: true,
      formatter: at => [data.labels[at[0].dataIndex], ...at.map(x => x.seriesName + ' ' + data.series[x.seriesIndex].texts[x.dataIndex])].join('\n')
    },
    xAxis: data.across ? sizes : names, yAxis: data.across ? names : sizes,
    series: data.series.map((s, i) => s.style === 'bar'
      ? { name: s.name, type: 'bar', data: s.values, barMaxWidth: 28 }
      : { name: s.name, type: 'line', data: s.values, connectNulls: s.style === 'dashed', symbol: ['circle', 'rect', 'triangle', 'diamond'][i % 4], symbolSize: 7, lineStyle: { width: 2.5, type: s.style === 'dashed' ? 'dashed' : 'solid' } })
  }
}
const save = (name, address) => Object.assign(document.createElement('a'), { href: address, download: name }).click()
for (const figure of document.querySelectorAll('figure.plotted')) {
  const name = figure.id.slice('plot-'.length)
  const data = JSON.parse(document.getElementById('data-' + name).textContent)
  const place = figure.querySelector('.canvas')
  place.replaceChildren()
  place.classList.add('drawn')
  place.classList.toggle('tall', data.across && data.labels.length > 6)
  place.setAttribute('role', 'img')
  place.setAttribute('aria-label', data.told)
  const chart = echarts.init(place, null, { renderer: 'canvas' })
  chart.setOption(optionOf(data))
  chart.on('click', at => { if (data.links[at.dataIndex]) location.assign(data.links[at.dataIndex]) })
  new ResizeObserver(() => chart.resize()).observe(place)
  figure.querySelector('details').open = false
  const files = figure.querySelector('.files')
  const button = (text, act) => {
    const b = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: text })
    b.addEventListener('click', act)
    files.append(' ', b)
  }
  button(data.words.png, () => save(name + '.png', chart.getDataURL({ pixelRatio: 2, backgroundColor: '#fff' })))
  button(data.words.svg, () => {
    const still = echarts.init(null, null, { renderer: 'svg', ssr: true, width: chart.getWidth(), height: chart.getHeight() })
    still.setOption(optionOf(data))
    const address = URL.createObjectURL(new Blob([still.renderToSVGString()], { type: 'image/svg+xml' }))
    still.dispose()
    save(name + '.svg', address)
    setTimeout(() => URL.revokeObjectURL(address), 10000)
  })
}
