// The reference: Scalar over this server's own description. The token of the sign-in above stays in this tab, goes into every trial
// request, and nothing is loaded from elsewhere.
(function () {
  'use strict'
  const han = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", system-ui, sans-serif'
  const form = document.getElementById('sign-in')
  const signedIn = document.getElementById('signed-in')
  const wrong = document.getElementById('sign-in-wrong')

  function settings() {
    const token = sessionStorage.getItem('jiebang.token') || ''
    return {
      url: '/openapi.yaml',
      localization: { locale: 'zh-CN' },
      layout: 'modern',
      theme: 'default',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      defaultOpenAllTags: false,
      defaultOpenFirstTag: false,
      hideModels: false,
      persistAuth: true,
      documentDownloadType: 'none',
      onBeforeRequest: freshKey,
      defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
      metaData: { title: '揭榜 jiebang 接口参考' },
      authentication: { preferredSecurityScheme: 'bearer', securitySchemes: token ? { bearer: { token } } : {} },
      customCss: ':root { --scalar-font: ' + han + '; --scalar-custom-header-height: 48px; } .scalar-app { font-family: var(--scalar-font); }',
    }
  }

  // A trial that makes a record needs a key of its own; who typed one keeps it.
  function freshKey({ requestBuilder }) {
    const headers = requestBuilder && requestBuilder.headers
    if (headers && headers.has('Idempotency-Key') && /^(example-key)?$/.test(headers.get('Idempotency-Key'))) {
      const random = crypto.getRandomValues(new Uint8Array(12))
      headers.set('Idempotency-Key', 'docs-' + Array.from(random, function (n) { return n.toString(16).padStart(2, '0') }).join(''))
    }
  }

  function show() {
    const name = sessionStorage.getItem('jiebang.name')
    form.hidden = Boolean(name)
    signedIn.hidden = !name
    signedIn.firstElementChild.textContent = name || ''
  }

  const page = Scalar.createApiReference('#reference', settings())

  function changed(token, name) {
    if (token) {
      sessionStorage.setItem('jiebang.token', token)
      sessionStorage.setItem('jiebang.name', name)
    } else {
      sessionStorage.clear() // what the renderer keeps of it, too
      location.reload()
      return
    }
    show()
    page.updateConfiguration(settings())
  }

  form.addEventListener('submit', async function (event) {
    event.preventDefault()
    wrong.hidden = true
    const given = new FormData(form)
    try {
      const answer = await fetch('/v1/sessions', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Accept-Language': 'zh-CN' },
        body: JSON.stringify({ username: given.get('username'), password: given.get('password') }),
      })
      const body = await answer.json()
      if (!answer.ok) throw new Error(body.title)
      form.reset()
      changed(body.token, body.account.name)
    } catch (failure) {
      wrong.textContent = failure.message || '未能登录，请稍后再试。'
      wrong.hidden = false
    }
  })

  signedIn.querySelector('button').addEventListener('click', function () {
    const token = sessionStorage.getItem('jiebang.token')
    fetch('/v1/sessions/current', { method: 'DELETE', headers: { Authorization: 'Bearer ' + token }, keepalive: true }).catch(function () {})
    changed('', '')
  })

  show()
})()
