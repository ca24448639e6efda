// Styles that the renderer makes as it runs carry this page's nonce, so that the policy of the page lets them and no others in. It knows the
// nonce for its own sheet only; whatever else it is made of does not. What it writes as an attribute goes by the object model instead. And what
// it keeps, a token among it, stays in this tab.
(function () {
  'use strict'
  Object.defineProperty(window, 'localStorage', { value: sessionStorage })
  const nonce = document.head.querySelector('meta[property=csp-nonce]').content
  const create = Document.prototype.createElement
  Document.prototype.createElement = function (name, options) {
    const made = create.call(this, name, options)
    if (String(name).toLowerCase() === 'style') made.nonce = nonce
    return made
  }
  const set = Element.prototype.setAttribute
  Element.prototype.setAttribute = function (name, value) {
    if (this.style && String(name).toLowerCase() === 'style') this.style.cssText = value
    else set.call(this, name, value)
  }
  const html = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML')
  Object.defineProperty(Element.prototype, 'innerHTML', Object.assign({}, html, {
    set: function (text) {
      html.set.call(this, String(text ?? '').replace(/(<[a-z][^<>]*?)\sstyle="/gi, '$1 data-style="'))
      for (const made of (this.content || this).querySelectorAll('[data-style]')) made.style.cssText = made.dataset.style
    },
  }))
})()
