// Styles that the renderer makes as it runs carry this page's nonce, so that the policy of the page lets them and no others in. It knows the
// nonce for its own sheet only; whatever else it is made of does not. What it writes as an attribute goes by the object model instead.
(function () {
  'use strict'
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
})()
