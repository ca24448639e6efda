// What pages do beyond what they do without a script: words while one types in the search box, one click of a button instead of two, keys for who
// decides much, how far a file has come, and the progress of what runs.
'use strict'
// suggest fills a list of suggestions while one types into a field, a moment after the last key: option makes each of what the address answers, and
// nothing is asked for what is chosen.
function suggest(field, list, address, option, chosen = () => false) {
  let turn = 0
  field.addEventListener('input', async () => {
    const mine = ++turn
    await new Promise(done => setTimeout(done, 150))
    const typed = field.value.trim()
    if (mine !== turn || typed === '' || chosen(typed)) return
    const answer = await fetch(address + '?q=' + encodeURIComponent(typed))
    if (!answer.ok || mine !== turn) return
    const { items = [] } = await answer.json()
    list.replaceChildren(...items.map(item => Object.assign(document.createElement('option'), option(item))))
  })
}
const box = document.getElementById('quick')
if (box) suggest(box, document.getElementById('quick-words'), '/v1/suggestions', word => ({ value: word }))
// A field for a place offers names.
for (const field of document.querySelectorAll('input[data-places]')) {
  const names = Object.assign(document.createElement('datalist'), { id: field.id + '-names' })
  field.after(names)
  field.setAttribute('list', names.id)
  suggest(field, names, field.dataset.places, place => place, typed => [...names.options].some(o => o.value === typed))
}
document.addEventListener('submit', event => {
  const button = event.submitter
  if (event.defaultPrevented || event.target.method !== 'post' || !button || button.name) return
  setTimeout(() => { button.disabled = true })
  addEventListener('pageshow', () => { button.disabled = false }, { once: true })
})
// A screen that nobody touches is read anew after so many seconds.
const anew = Number(document.querySelector('[data-anew]')?.dataset.anew)
if (anew > 0) setTimeout(() => location.reload(), anew * 1000)
document.getElementById('wrong')?.focus()

// Keys: an element with data-key is clicked by that key; j and k go through the rows of a queue, x ticks one. Who does not want them turns them off.
const told = document.querySelector('[data-keys]')
if (told) {
  const turn = told.querySelector('button')
  const off = () => localStorage.getItem('keys') === 'off'
  const say = () => { turn.textContent = off() ? turn.dataset.on : turn.dataset.off }
  told.hidden = false
  say()
  turn.addEventListener('click', () => { localStorage.setItem('keys', off() ? 'on' : 'off'); say() })
  document.addEventListener('keydown', event => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return
    const key = event.key.toLowerCase()
    const rows = [...document.querySelectorAll('[data-row]')]
    const step = { j: 1, k: -1 }[key]
    if (step && rows.length > 0) {
      const at = rows.indexOf(document.activeElement)
      rows[Math.max(0, Math.min(rows.length - 1, at + step))].focus()
      return
    }
    const tick = key === 'x' && rows.includes(document.activeElement) && document.activeElement.closest('tr').querySelector('input[name=tick]')
    if (tick) return tick.click()
    const what = document.querySelector(`[data-key="${CSS.escape(key)}"]`)
    if (!what) return
    event.preventDefault()
    what.click()
    if (what.tagName === 'SUMMARY') what.parentElement.querySelector('textarea, input:not([type=hidden])')?.focus()
  })
}

// A file is sent with a bar that shows how far it has come, and a button that stops it.
for (const form of document.querySelectorAll('form[data-upload]')) {
  const [go, stop] = form.querySelectorAll('button')
  const bar = form.querySelector('progress')
  const say = text => { form.querySelector('.mistake').textContent = text }
  form.addEventListener('submit', event => {
    event.preventDefault()
    const file = form.elements.file.files[0]
    if (!file || file.size === 0) return say(form.dataset.none)
    if (file.size > Number(form.dataset.most)) return say(form.dataset.big)
    const call = new XMLHttpRequest()
    const moving = on => { go.disabled = on; bar.hidden = stop.hidden = !on; bar.value = 0 }
    stop.onclick = () => call.abort()
    call.upload.onprogress = e => { if (e.lengthComputable) bar.value = 100 * e.loaded / e.total }
    call.onabort = () => { moving(false); say(form.dataset.cancelled) }
    call.onerror = () => { moving(false); say(form.dataset.failed) }
    call.onload = () => {
      if (call.status < 400) return location.assign(call.responseURL)
      moving(false)
      const page = new DOMParser().parseFromString(call.responseText, 'text/html')
      say(page.getElementById('e-file')?.textContent || page.querySelector('main h1')?.textContent || form.dataset.failed)
      const key = page.querySelector('[name=_key]')
      if (key) form.elements._key.value = key.value
    }
    say('')
    moving(true)
    call.open('POST', form.action)
    call.send(new FormData(form))
  })
}

// What runs is looked at again, until it has ended.
const look = async () => {
  const live = document.querySelector('[data-live]')
  if (!live) return
  await new Promise(done => setTimeout(done, Number(live.dataset.live)))
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } }).catch(() => null)
  if (answer?.ok) {
    const now = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(live.id)
    if (!now) return location.reload()
    live.replaceChildren(...now.childNodes)
  }
  look()
}
look()
