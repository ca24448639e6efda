package site

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"jiebang/api/edge"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/web/words"
)

// policyOfPages lets a page load what this server itself serves, and nothing else; nothing runs that stands in the page.
const policyOfPages = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const (
	sessionCookie  = "jiebang_session"
	languageCookie = "jiebang_lang"
)

// Frame puts content into the layout that all pages share.
type Frame func(p *Page, content templ.Component) templ.Component

// Page is one request for a page, by one reader.
type Page struct {
	*Site
	Context     echo.Context
	Reader      policy.Actor // the zero Actor is a visitor
	Language    words.Language
	Title       string
	Description string // for search engines
	Canonical   string // the address without what does not matter; empty: none is told
	Structured  string // JSON-LD; empty: none
	NoIndex     bool
	Bare        bool   // without the frame of the other pages: a screen in a lobby
	Collection  string // of the API's, where the page's address does not name it
	Wide        bool   // a page of tables rather than of text
	Refresh     int    // seconds until it is read anew where no script does it; 0: it stays

	token   string
	answers map[string]*httptest.ResponseRecorder // what was read for this page, by its address
}

func (s *Site) open(c echo.Context) *Page {
	p := &Page{Site: s, Context: c, Language: languageOf(c.Request()), answers: map[string]*httptest.ResponseRecorder{}}
	if cookie, err := c.Cookie(sessionCookie); err == nil && cookie.Value != "" {
		// A session that is over makes a visitor of its reader; whoever needs one is sent to sign in.
		if actor, err := s.App.Actor(p.Ctx(), cookie.Value); err == nil {
			p.Reader, p.token = actor, cookie.Value
		}
	}
	return p
}

// AsVisitor is the page as somebody without an account reads it.
func (p *Page) AsVisitor() *Page {
	v := *p
	v.Reader, v.token, v.answers = policy.Actor{}, "", map[string]*httptest.ResponseRecorder{}
	return &v
}

// Ctx is the request's context.
func (p *Page) Ctx() context.Context { return p.Context.Request().Context() }

// T is a text of the catalogue in the reader's language.
func (p *Page) T(key string, args ...any) string { return p.Language.Say(key, args...) }

// Said chooses between two texts that stand side by side.
func (p *Page) Said(chinese, english string) string { return p.Language.Of(chinese, english) }

// Of is a text of the description, or of a refusal.
func (p *Page) Of(said edge.Said) string { return p.Language.Of(said.Chinese, said.English) }

// Text is a text of a use case.
func (p *Page) Text(t fault.Text) string { return p.Language.Of(t.ZH, t.EN) }

// English tells whether the reader reads English.
func (p *Page) English() bool { return p.Language == words.English }

// SignedIn tells whether somebody has signed in.
func (p *Page) SignedIn() bool { return p.Reader.SignedIn() }

// Now is the moment by the system's clock.
func (p *Page) Now() time.Time { return p.App.Unit.Now() }

// Today is the day in Shanghai.
func (p *Page) Today() when.Day { return when.DayOf(p.Now()) }

// Path is the address of the page with what was asked of it.
func (p *Page) Path() string { return p.Context.Request().URL.RequestURI() }

// Route is the path alone.
func (p *Page) Route() string { return p.Context.Request().URL.Path }

// Query is what was asked of the page.
func (p *Page) Query() url.Values { return p.Context.QueryParams() }

// With is the page's address with one thing asked otherwise; an empty value takes it away, and a new question begins at the first page.
func (p *Page) With(name, value string) string { return p.WithAll(map[string]string{name: value}) }

// WithAll is With for several things at once.
func (p *Page) WithAll(asked map[string]string) string {
	q := url.Values{}
	for k, v := range p.Query() {
		if k != "cursor" && k != "lang" {
			q[k] = v
		}
	}
	for name, value := range asked {
		if q.Del(name); value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return p.Route()
	}
	return p.Route() + "?" + q.Encode()
}

// languageOf is the language of a request: as it was chosen, else as the browser asks, else Chinese.
func languageOf(r *http.Request) words.Language {
	chosen := r.URL.Query().Get("lang")
	if cookie, err := r.Cookie(languageCookie); err == nil {
		chosen = cmp.Or(chosen, cookie.Value)
	}
	switch chosen {
	case "en":
		return words.English
	case "zh":
		return words.Chinese
	}
	asked, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return words.Chinese
	}
	if _, at, sure := spoken.Match(asked...); at == 1 && sure > language.No {
		return words.English
	}
	return words.Chinese
}

var spoken = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// Show answers with a page.
func (p *Page) Show(title string, content templ.Component) error {
	p.Title = title
	return p.send(http.StatusOK, content)
}

// ShowAs is Show with another status: a form that has to be mended.
func (p *Page) ShowAs(status int, title string, content templ.Component) error {
	p.Title = title
	return p.send(status, content)
}

func (p *Page) send(status int, content templ.Component) error {
	if chosen := p.Query().Get("lang"); chosen == "en" || chosen == "zh" {
		p.setCookie(languageCookie, chosen, 365*24*time.Hour)
	}
	var page bytes.Buffer
	if err := p.Layout(p, content).Render(p.Ctx(), &page); err != nil {
		return err
	}
	p.headers()
	return edge.SendPage(p.Context, status, page.Bytes())
}

func (p *Page) headers() {
	h := p.Context.Response().Header()
	h.Set(echo.HeaderContentSecurityPolicy, policyOfPages)
	h.Set(echo.HeaderReferrerPolicy, "same-origin")
	h.Add(echo.HeaderVary, "Cookie")
	h.Add(echo.HeaderVary, "Accept-Language")
	if p.SignedIn() {
		h.Set(echo.HeaderCacheControl, "no-store")
	} else {
		h.Set(echo.HeaderCacheControl, "no-cache")
	}
}

// Go sends the reader on; the path is one of this site's own.
func (p *Page) Go(path string) error {
	p.headers()
	return p.Context.Redirect(http.StatusSeeOther, Local(path))
}

// Local is a path of this site: what was given, or the first page where it leads elsewhere.
func Local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

func (p *Page) setCookie(name, value string, lasts time.Duration) {
	age := int(lasts / time.Second)
	if lasts < 0 {
		age = -1
	}
	p.Context.SetCookie(&http.Cookie{ //nolint:gosec // Secure wherever the site is reached by HTTPS; the demo on loopback is not
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: p.Context.Scheme() == "https" || p.App.Secure,
	})
}

// Enter keeps a session in the reader's browser until it ends.
func (p *Page) Enter(token string, until time.Time) {
	p.setCookie(sessionCookie, token, until.Sub(p.Now()))
}

// Leave forgets it.
func (p *Page) Leave() { p.setCookie(sessionCookie, "", -1) }

// MustSignIn sends a visitor to sign in, and back afterwards.
func (p *Page) MustSignIn() error {
	if p.SignedIn() {
		return nil
	}
	return errSignIn
}

var (
	errSignIn  = errors.New("site: sign in first")
	errForeign = fault.NotAllowed.Because("这个表单不是从本站提交的，请回到页面重新提交。", "This form was not sent from this site; go back to the page and send it again.")
)

// Failure is what went wrong, as a page tells it.
type Failure struct {
	Status int
	Code   string
	Title  string
	Detail string
	Remedy string
	Places []string // of what was asked that are wrong, each in a sentence
}

func (p *Page) fail(err error) error {
	if errors.Is(err, errSignIn) || fault.SignInRequired.Of(err) || fault.TokenInvalid.Of(err) {
		return p.Go("/signin?next=" + url.QueryEscape(p.Path()))
	}
	var answered *Problem
	if errors.As(err, &answered) {
		p.NoIndex = true
		f := &Failure{Status: answered.Status, Code: answered.Code, Title: answered.Title, Detail: answered.Detail, Remedy: p.remedy(answered.Code)}
		for _, e := range answered.Errors {
			f.Places = append(f.Places, e.Message)
		}
		return p.Failed(p, f)
	}
	f, status := edge.FaultOf(p.Context, err)
	told := p.Text(f.Told())
	p.NoIndex = true
	return p.Failed(p, &Failure{Status: status, Code: f.Code, Title: p.Text(f.Text), Detail: told, Remedy: p.remedy(f.Code)})
}

// remedy is what to do about a refusal, where its code does not say something else of a place in an input.
func (p *Page) remedy(code string) string {
	if code == fault.NotAllowed.Code {
		return ""
	}
	return p.Text(fault.Remedy(code))
}

// ShowFailure shows the page of what went wrong.
func (p *Page) ShowFailure(f *Failure, content templ.Component) error {
	p.Title = f.Title
	return p.send(f.Status, content)
}
