package web_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/demo"
)

// axe finds what keeps people from using a page (axe-core 4.14.0, MPL-2.0); it is part of the tests alone.
//
//go:embed testdata/axe.min.js
var axe string

// browser is a Chromium with one tab, which notes whatever goes wrong in a page.
type browser struct {
	*testing.T
	ctx    context.Context
	mu     sync.Mutex
	faults []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing: test.sh installs it")
		}
		t.Skip("chromium is missing")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "zh-CN"))
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(func() { closeTab(); stop(); cancel() })
	b := &browser{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.note("exception: " + e.ExceptionDetails.Text)
		case *log.EventEntryAdded: // what the policy refused is told here, too
			if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "the server responded with a status") {
				b.note(string(e.Entry.Source) + ": " + e.Entry.Text)
			}
		case *network.EventResponseReceived:
			if e.Response.Status >= 400 && e.Type != network.ResourceTypeDocument {
				b.note(fmt.Sprintf("%d %s", e.Response.Status, e.Response.URL))
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) note(fault string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fault)
}

// wrong is what went wrong since it was asked last.
func (b *browser) wrong() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.faults
	b.faults = nil
	return out
}

func (b *browser) open(address string) {
	b.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		b.Fatalf("%s: %v", address, err)
	}
}

func evaluate[V any](b *browser, script string) V {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[V](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%.200s: %v", script, err)
	}
	return v
}

// act does something that leads to another page, and waits for that.
func (b *browser) act(script string) {
	b.Helper()
	before := evaluate[float64](b, "performance.timeOrigin")
	evaluate[bool](b, "(() => { "+script+"; return true })()")
	for range 300 {
		now, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64]("document.readyState === 'complete' ? performance.timeOrigin : 0"))
		if err == nil && now > before {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatalf("%s leads nowhere", script)
}

// signIn fills in the form as people do.
func (b *browser) signIn(address, name string) {
	b.Helper()
	b.open(address + "/signin?next=/desk")
	b.act(fmt.Sprintf(`const f = document.querySelector("main form"); f.username.value = %q; f.password.value = %q; f.querySelector("button").click()`, name, demo.Password))
	if path := evaluate[string](b, "location.pathname"); path != "/desk" {
		b.Fatalf("%s is at %s after signing in", name, path)
	}
}

// barrier is one rule of WCAG that a page does not keep.
type barrier struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// barriers are what keeps people out of the page that is open, by WCAG A and AA.
func (b *browser) barriers() (out []barrier) {
	b.Helper()
	evaluate[bool](b, axe+"; true")
	text := evaluate[string](b, `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] }).then(r => JSON.stringify(r.violations.map(v => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => ({ html: n.html.slice(0, 200) })) }))))`)
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		b.Fatal(err)
	}
	return out
}

// views are the widths at which a page is looked at, each in one language.
var views = []struct {
	width    int64
	language string
}{{1280, "zh"}, {360, "en"}}

// Each kind of page is opened in a browser by somebody who has it, on a desk and on a telephone: nothing fails in it, it loads nothing that the
// policy refuses, it is no wider than its window, and nobody is kept out. JIEBANG_SHOTS names a folder for pictures of all of them.
func TestEveryKindOfPageInABrowser(t *testing.T) {
	b := newBrowser(t)
	p := newPortal(t, dbtest.New(t, db.SQLite))
	seen := map[string]bool{}
	for _, name := range personas {
		if name != "" {
			b.signIn(p.URL, name)
		}
		for _, v := range p.reader(name).crawl("/", "/desk", "/account") {
			if kind := kindOf(v.Path); seen[kind] || !strings.HasPrefix(v.Header.Get("Content-Type"), "text/html") {
				continue
			} else {
				seen[kind] = true
			}
			for i, view := range views {
				if form := strings.HasPrefix(v.Path, "/do/"); form && i == 0 && os.Getenv("JIEBANG_SHOTS") == "" {
					continue // forms are made of the same parts: the narrow view is the one that tells
				}
				b.look(p, v.Path, view.width, view.language)
			}
		}
		if name != "" {
			b.open(p.URL + "/")
			b.act(`document.querySelector('form[action="/signout"] button').click()`)
		}
	}
	if len(seen) < 120 {
		t.Errorf("only %d kinds of page were seen", len(seen))
	}
}

func (b *browser) look(p *portal, path string, width int64, language string) {
	b.Helper()
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		b.Fatal(err)
	}
	at, err := url.Parse(p.URL + path)
	if err != nil {
		b.Fatal(err)
	}
	q := at.Query()
	q.Set("lang", language)
	at.RawQuery = q.Encode()
	b.wrong()
	b.open(at.String())
	for _, fault := range b.wrong() {
		b.Errorf("%s at %d: %s", path, width, fault)
	}
	if over := evaluate[int](b, "document.documentElement.scrollWidth - window.innerWidth"); over > 0 {
		b.Errorf("%s is %d wider than its window of %d: %s", path, over, width, evaluate[string](b, `[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 2).map(e => e.outerHTML.slice(0, 160)).join(" | ")`))
	}
	for _, barrier := range b.barriers() {
		b.Errorf("%s at %d: %s: %s %v", path, width, barrier.ID, barrier.Help, barrier.Nodes)
	}
	b.shoot(path, width)
}

// shoot keeps a picture of the page where a folder for them is named.
func (b *browser) shoot(path string, width int64) {
	b.Helper()
	folder := os.Getenv("JIEBANG_SHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(80))
	if err != nil {
		b.Fatal(err)
	}
	name := strings.Trim(strings.NewReplacer("/", "_", "?", "_", "&", "_", "=", "-").Replace(kindOf(path)), "_") + fmt.Sprintf("-%d.jpg", width)
	if err := os.WriteFile(filepath.Join(folder, name), picture, 0o600); err != nil {
		b.Fatal(err)
	}
}
