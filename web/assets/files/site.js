// What pages do beyond what they do without a script: words while one types in the search box, and one click of a button instead of two.
'use strict'
const box = document.getElementById('quick')
const words = document.getElementById('quick-words')
let asked = 0
box?.addEventListener('input', async () => {
  const turn = ++asked
  await new Promise(done => setTimeout(done, 150))
  if (turn !== asked || box.value.trim() === '') return
  const answer = await fetch('/v1/suggestions?q=' + encodeURIComponent(box.value.trim()))
  if (!answer.ok || turn !== asked) return
  const { items = [] } = await answer.json()
  words.replaceChildren(...items.map(item => Object.assign(document.createElement('option'), { value: item })))
})
document.addEventListener('submit', event => {
  const button = event.submitter
  if (event.target.method !== 'post' || !button || button.name) return
  setTimeout(() => { button.disabled = true })
  addEventListener('pageshow', () => { button.disabled = false }, { once: true })
})
document.getElementById('wrong')?.focus()
