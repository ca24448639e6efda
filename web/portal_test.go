package web_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebang/api"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/app"
	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/demo"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/web"
)

// portal is a running demo with its portal.
type portal struct {
	*testing.T
	App *app.App
	URL string
}

// today is the day on which the demo's year ends.
var today = time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)

// told is a folder with the demo's year on the embedded database, and the moment after its last step. It is told once for all tests: each has a
// copy, which takes a hundredth of the time.
var told = sync.OnceValues(func() (year struct {
	Dir string
	End time.Time
}, err error) {
	if year.Dir, err = os.MkdirTemp("", "jiebang-portal-"); err != nil {
		return year, err
	}
	folder = year.Dir
	clock := &demo.Clock{}
	a, err := open(context.Background(), db.Options{Dir: year.Dir}, clock.Now)
	if err != nil {
		return year, err
	}
	err = errors.Join(demo.Seed(context.Background(), a, clock, today, func(int, int) {}), a.Close())
	year.End = clock.Now()
	return year, err
})

var folder string // of what was told, if it was

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

func open(ctx context.Context, o db.Options, clock when.Clock) (*app.App, error) {
	secrets := filepath.Join(o.Dir, "secrets.json")
	if _, err := os.Stat(secrets); err != nil {
		if _, err := seal.Open(secrets, true); err != nil {
			return nil, err
		}
	}
	return app.Open(ctx, app.Config{DatabaseURL: o.URL, Secrets: secrets, Data: o.Dir, DBConns: 8, Busy: 5 * time.Second, Poll: 100 * time.Millisecond,
		Grace: 5 * time.Second, PasswordCost: casttest.Cheap, PublicURL: "https://jiebang.example.org"}, clock)
}

// year opens a demo whose year was told: on the embedded database a copy, on PostgreSQL it is told here.
func year(t *testing.T, o db.Options) *app.App {
	t.Helper()
	if o.Dir = t.TempDir(); o.URL != "" {
		clock := &demo.Clock{}
		a := opened(t, o, clock.Now)
		if err := demo.Seed(t.Context(), a, clock, today, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		return a
	}
	year, err := told()
	if err == nil {
		err = errors.Join(os.CopyFS(o.Dir, os.DirFS(year.Dir)), os.Chmod(filepath.Join(o.Dir, "secrets.json"), 0o600)) // what is copied may be read by all
	}
	if err != nil {
		t.Fatal(err)
	}
	var looks atomic.Int64
	return opened(t, o, func() time.Time { return year.End.Add(time.Duration(looks.Add(1)) * time.Microsecond) })
}

func opened(t *testing.T, o db.Options, clock when.Clock) *app.App {
	t.Helper()
	a, err := open(t.Context(), o, clock)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newPortal(t *testing.T, o db.Options) *portal {
	t.Helper()
	a := year(t, o)
	document, err := edgetest.Document()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	e, err := api.NewWith(a, spec, document)
	if err != nil {
		t.Fatal(err)
	}
	web.Register(e, a, spec)
	a.Start()
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	for until := time.Now().Add(time.Minute); !a.Index.Ready() || a.Index.Stale(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the index is not filled")
		}
	}
	return &portal{t, a, server.URL}
}

// reader is somebody at a browser without a script.
type reader struct {
	*portal
	Name   string
	client *http.Client
}

// reader signs somebody in by the page that people use; an empty name is a visitor.
func (p *portal) reader(name string) *reader {
	p.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.Fatal(err)
	}
	r := &reader{p, name, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if name != "" {
		got := r.post("/signin", url.Values{"username": {name}, "password": {demo.Password}, "next": {"/desk"}})
		if got.Status != http.StatusSeeOther || got.Header.Get("Location") != "/desk" {
			p.Fatalf("%s cannot sign in: %d %s", name, got.Status, got.Text)
		}
	}
	return r
}

// page is a page as it came.
type page struct {
	Path   string
	Status int
	Header http.Header
	Text   string
}

func (r *reader) get(path string) page {
	r.Helper()
	q, err := http.NewRequestWithContext(r.Context(), http.MethodGet, r.URL+path, nil)
	if err != nil {
		r.Fatal(err)
	}
	return r.send(q)
}

func (r *reader) post(path string, form url.Values) page {
	r.Helper()
	q, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		r.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Origin", r.URL)
	return r.send(q)
}

func (r *reader) send(q *http.Request) page {
	r.Helper()
	if q.Header.Get("Accept") == "" {
		q.Header.Set("Accept", "text/html")
	}
	resp, err := r.client.Do(q)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.Fatal(err)
	}
	return page{q.URL.RequestURI(), resp.StatusCode, resp.Header, string(text)}
}

var href = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// links are where a page leads within the site.
func (p page) links() (out []string) {
	for _, m := range href.FindAllStringSubmatch(p.Text, -1) {
		link := html.UnescapeString(m[1])
		if strings.HasPrefix(link, "/") {
			link, _, _ = strings.Cut(link, "#")
			out = append(out, link)
		}
	}
	return out
}

// personas are who uses the demo; each has pages that others have not.
var personas = []string{"", "lin.yanzhou", "guan.tiefeng", "gu.yanxi", "he.qinghe", "zhou.wangshu"}

// Whoever follows every link that a page offers them comes to pages and nowhere else, in both languages: each link works, no text is missing,
// nothing is told twice over, and each page may load what this server serves and nothing more.
func TestEveryLinkLeadsToAPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newPortal(t, o)
		secrets := p.confidential()
		for i, name := range personas {
			r, language := p.reader(name), []string{"zh", "en"}[i%2]
			r.get("/?lang=" + language)
			visited := r.crawl("/", "/desk", "/account")
			if least := map[bool]int{true: 60, false: 150}[name == ""]; len(visited) < least {
				t.Errorf("%q came to %d pages only", name, len(visited))
			}
			for _, v := range visited {
				if name != "" {
					continue
				}
				for _, secret := range secrets {
					if strings.Contains(v.Text, html.EscapeString(secret)) {
						t.Errorf("%s tells a visitor what is confidential: %s", v.Path, secret)
					}
				}
			}
		}
	})
}

// confidential puts a text of its own into whatever is confidential, and gives them all.
func (p *portal) confidential() (out []string) {
	p.Helper()
	for _, table := range []string{"results", "needs", "challenges", "teams"} {
		secret := "不可外传的" + table
		if err := p.App.DB.Writer.WithContext(p.Context()).Exec("UPDATE "+table+" SET confidential = ?", secret).Error; err != nil {
			p.Fatal(err)
		}
		out = append(out, secret)
	}
	return out
}

// most is how many pages somebody follows: lists go on and on, and what is behind is of the same kinds.
const most = 400

func (r *reader) crawl(from ...string) (visited []page) {
	r.Helper()
	seen, kinds, by := map[string]bool{}, map[string]int{}, map[string]string{}
	for queue := slices.Clone(from); len(queue) > 0 && len(visited) < most; queue = queue[1:] {
		path := queue[0]
		if seen[path] || strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/docs/") || strings.HasPrefix(path, "/problems/") || strings.Contains(path, "lang=") {
			continue
		}
		seen[path] = true
		if kind := kindOf(path); kinds[kind] >= 4 {
			continue // four of a kind show what there is to see
		} else {
			kinds[kind]++
		}
		got := r.get(path)
		switch {
		case got.Status == http.StatusSeeOther && (r.Name == "" || strings.HasPrefix(path, "/signin") || path == "/join"):
			continue
		case got.Status != http.StatusOK:
			r.Errorf("%q at %s, from %s: %d %s", r.Name, path, by[path], got.Status, plain(got.Text))
			continue
		}
		visited = append(visited, got)
		if strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
			r.look(got)
			for _, link := range got.links() {
				if by[link] == "" {
					by[link] = path
				}
				queue = append(queue, link)
			}
		}
	}
	return visited
}

var number = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{4,}`)

// kindOf is what a page is like, whichever record it is about.
func kindOf(path string) string {
	path, query, _ := strings.Cut(path, "?")
	values, _ := url.ParseQuery(query)
	names := []string{}
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return number.ReplaceAllString(path, "*") + "?" + strings.Join(names, "&")
}

var tags = regexp.MustCompile(`<[^>]*>`)

func plain(text string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(text[max(strings.Index(text, "<main"), 0):], " ")), " ")
}

// look is what every page must be.
func (r *reader) look(p page) {
	r.Helper()
	wrong := func(format string, args ...any) {
		r.Helper()
		r.Errorf("%q at %s: %s", r.Name, p.Path, fmt.Sprintf(format, args...))
	}
	if policy := p.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		wrong("policy %q", policy)
	}
	if r.Name != "" && p.Header.Get("Cache-Control") != "no-store" {
		wrong("may be kept: %q", p.Header.Get("Cache-Control"))
	}
	for _, bad := range []string{"⟦", "%!", "&lt;nil&gt;", "map[", "0xc0", "about:invalid", "style=\"", "onclick"} {
		if at := strings.Index(p.Text, bad); at >= 0 {
			wrong("%q in %s", bad, p.Text[max(at-100, 0):min(at+100, len(p.Text))])
		}
	}
	if strings.Count(p.Text, "<h1") != 1 {
		wrong("%d first headings", strings.Count(p.Text, "<h1"))
	}
}
