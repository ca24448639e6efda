package api_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"jiebang/api/apitest"
	"jiebang/docs"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
)

// Every page about the API is served, under a policy that lets nothing in from elsewhere, and no link between them leads nowhere.
func TestPagesAboutTheAPI(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	get := func(path, accept string) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header, string(text)
	}
	seen := map[string]bool{}
	var follow func(path string)
	follow = func(path string) {
		path, _, _ = strings.Cut(path, "#")
		if seen[path] || !strings.HasPrefix(path, "/") {
			return
		}
		seen[path] = true
		status, header, text := get(path, "text/html")
		if status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		if policy := header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") ||
			!strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %q", path, policy)
		}
		if !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			return
		}
		for _, attribute := range []string{`href="`, `src="`} {
			for _, part := range strings.Split(text, attribute)[1:] {
				link, _, _ := strings.Cut(part, `"`)
				if !strings.Contains(link, ":") && !strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "#") {
					link = path[:strings.LastIndexByte(path, '/')+1] + link
				}
				follow(link)
			}
		}
	}
	follow("/docs/")
	pages, err := fs.Glob(docs.Pages, "*.md")
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		follow("/docs/" + strings.TrimSuffix(page, ".md"))
	}
	for _, page := range []string{"story", "states", "errors", "permissions", "score", "scalar.js", "states/contract.svg"} {
		if !seen["/docs/"+page] {
			t.Errorf("nothing leads to /docs/%s", page)
		}
	}
	for _, d := range fault.Catalogue() {
		status, _, text := get("/problems/"+d.Code, "text/html")
		if status != http.StatusOK || !strings.Contains(text, d.ZH) || !strings.Contains(text, fault.Remedy(d.Code).ZH) {
			t.Errorf("%s: %d %s", d.Code, status, text)
		}
		if _, header, text := get("/problems/"+d.Code, "*/*"); !strings.HasPrefix(header.Get("Content-Type"), "application/json") || !strings.Contains(text, d.EN) {
			t.Errorf("%s for a program: %v %s", d.Code, header, text)
		}
	}
	for _, p := range fault.Places() {
		status, _, text := get("/problems/"+p.Code, "text/html")
		if status != http.StatusOK || !strings.Contains(text, p.ZH) || !strings.Contains(text, fault.PlaceRemedy(p.Code).ZH) {
			t.Errorf("%s: %d %s", p.Code, status, text)
		}
	}
	if status, _, _ := get("/problems/no_such_code", "text/html"); status != http.StatusNotFound {
		t.Errorf("a code that there is none of: %d", status)
	}
}

// Somebody opens the reference in a browser, signs in, finds an operation and tries it; nothing is fetched from elsewhere.
func TestTheReferenceInABrowser(t *testing.T) {
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing: test.sh installs it")
		}
		t.Skip("chromium is missing")
	}
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	h.Person("lin.yanzhou")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "zh-CN"), chromedp.WindowSize(1440, 900))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	ctx, closeTab := chromedp.NewContext(ctx)
	defer closeTab()

	do := func(script string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(() => { "+script+"; return true })()")); err != nil {
			t.Fatalf("%s: %v", script, err)
		}
	}
	wait := func(what string) {
		t.Helper()
		for until := time.Now().Add(45 * time.Second); ; time.Sleep(200 * time.Millisecond) {
			ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+what+")"))
			if err == nil && ok {
				return
			}
			if time.Now().After(until) {
				text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
				t.Fatalf("%s: %v\n%s", what, err, text)
			}
		}
	}
	button := func(text string) string {
		return fmt.Sprintf(`[...document.querySelectorAll("button")].find(b => b.textContent.includes(%q))`, text)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(h.URL+"/docs/")); err != nil {
		t.Fatal(err)
	}
	wait(`document.body.innerText.includes("技术转移市场的开放接口")`)
	wait(`document.body.innerText.includes("模型")`) // the renderer speaks Chinese
	do(fmt.Sprintf(`const f = document.getElementById("sign-in"); f.username.value = "lin.yanzhou"; f.password.value = %q; f.requestSubmit()`, apitest.Password))
	wait(`!document.getElementById("signed-in").hidden && sessionStorage.getItem("jiebang.token")`)

	// The sign-in is still there after the page was loaded anew, and goes into what is tried.
	if err := chromedp.Do(ctx, chromedp.Navigate(h.URL+"/docs/#tag/accounts/GET/v1/me")); err != nil {
		t.Fatal(err)
	}
	do(`location.reload()`)
	wait(button("(get /v1/me)"))
	wait(`!document.getElementById("signed-in").hidden`)
	do(button("(get /v1/me)") + `.click()`)
	wait(button("发送"))
	do(button("发送") + `.click()`)
	wait(`document.body.innerText.includes("200 OK") && document.body.innerText.includes("lin.yanzhou")`)

	// Whoever signs out is out; a token that is given to the renderer itself stays in this tab, too.
	do(`document.querySelector("#signed-in button").click()`)
	wait(`!document.getElementById("sign-in").hidden && !sessionStorage.getItem("jiebang.token")`)
	if err := chromedp.Do(ctx, chromedp.Navigate(h.URL+"/docs/")); err != nil {
		t.Fatal(err)
	}
	const field = `document.querySelector("input.scalar-password-input")`
	wait(field)
	do(`const i = ` + field + `; i.focus(); Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(i, "typed-here"); i.dispatchEvent(new Event("input", { bubbles: true })); i.dispatchEvent(new Event("change", { bubbles: true })); i.blur()`)
	wait(`Object.values(sessionStorage).some(v => v.includes("typed-here"))`)
	do(`location.reload()`)
	wait(field)
	wait(`(` + field + `).value === "typed-here"`)

	// Its policy lets no style in but its own, and nothing of the page is lost by that.
	refused, err := chromedp.Run(ctx, chromedp.Evaluate[string](`new Promise(done => { const seen = []; new ReportingObserver(r => seen.push(...r.map(x => x.body.effectiveDirective).filter(d => d.startsWith("style"))), { types: ["csp-violation"], buffered: true }).observe(); setTimeout(() => done(seen.join("; ")), 500) })`, chromedp.EvalAwaitPromise))
	if err != nil || refused != "" {
		t.Errorf("refused by the policy: %s %v", refused, err)
	}
	bare, err := chromedp.Run(ctx, chromedp.Evaluate[int](`[...document.querySelectorAll("style")].filter(s => s.textContent.trim() && !s.sheet).length`))
	if err != nil || bare != 0 {
		t.Errorf("%d styles have no effect, %v", bare, err)
	}

	outside, err := chromedp.Run(ctx, chromedp.Evaluate[string](`performance.getEntriesByType("resource").map(r => r.name).filter(n => !n.startsWith(location.origin) && !n.startsWith("data:") && !n.startsWith("blob:")).join(" ")`))
	if err != nil || outside != "" {
		t.Errorf("fetched from elsewhere: %s %v", outside, err)
	}
}
