package edge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/ncruces/go-sqlite3"

	"jiebang/internal/fault"
)

// log gives what is logged until the test ends.
func log(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &out
}

// answer is what the edge makes of an error that a handler returns.
func answer(t *testing.T, method string, err error) *httptest.ResponseRecorder {
	t.Helper()
	e := newEdge(t)
	e.Echo.Add(method, "/fails", func(echo.Context) error { return err })
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, httptest.NewRequest(method, "/fails", nil))
	return w
}

func TestEveryKindHasItsStatus(t *testing.T) {
	want := map[fault.Kind]int{
		fault.Invalid: 400, fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404, fault.MethodNotAllowed: 405,
		fault.Conflict: 409, fault.Stale: 412, fault.TooLarge: 413, fault.UnsupportedType: 415, fault.Precondition: 428,
		fault.OutOfReach: 416, fault.TooSlow: 408, fault.TooMany: 429, fault.Internal: 500, fault.Unavailable: 503,
	}
	for k := fault.Invalid; k <= fault.Internal; k++ {
		w := answer(t, http.MethodGet, fault.Definition{Code: "some_code", Kind: k, Text: fault.Text{ZH: "中", EN: "en"}}.New())
		if w.Code != want[k] {
			t.Errorf("kind %d: %d, want %d", k, w.Code, want[k])
		}
	}
}

func TestEveryDefinitionIsAnswered(t *testing.T) {
	for _, d := range fault.Catalogue() {
		w := answer(t, http.MethodGet, fmt.Errorf("wrapped: %w", d.New()))
		p := problem(t, w)
		if p.Code != d.Code || p.Title != d.ZH || p.TitleEn != d.EN {
			t.Errorf("%s: %s", d.Code, w.Body)
		}
		retry, challenge := w.Header().Get("Retry-After"), w.Header().Get("WWW-Authenticate")
		if (retry != "") != (d.Kind == fault.Unavailable || d.Kind == fault.TooMany) {
			t.Errorf("%s: Retry-After %q", d.Code, retry)
		}
		if (challenge != "") != (d.Kind == fault.Unauthenticated) {
			t.Errorf("%s: WWW-Authenticate %q", d.Code, challenge)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", d.Code, got)
		}
	}
}

func TestProblemTellsDetailAndPlaces(t *testing.T) {
	f := fault.WrongState.Because("当前状态为 %[1]s", "It is %[1]s", "draft")
	f.Fields = []fault.Field{{Pointer: "/title", Code: fault.TooLong.Code, Message: fault.TooLong.Text}}
	p := problem(t, answer(t, http.MethodGet, f))
	if p.Detail == nil || *p.Detail != "当前状态为 draft" || len(places(p)) != 1 || places(p)[0].Pointer != "/title" {
		t.Errorf("%+v", p)
	}
}

// A state that stands in the way is told to people and to programs.
func TestAWrongStateIsNamed(t *testing.T) {
	type state string
	p := problem(t, answer(t, http.MethodGet, fault.In(state("published"), "draft", "submitted")))
	if p.Code != "wrong_state" || p.State == nil || *p.State != "published" || p.AllowedStates == nil || !slices.Equal(*p.AllowedStates, []string{"draft", "submitted"}) {
		t.Errorf("%+v", p)
	}
	if want := "当前为“published”，须为“draft”或“submitted”。"; p.Detail == nil || *p.Detail != want {
		t.Errorf("detail %v", p.Detail)
	}
}

// A state from which nothing leads here is told without a list.
func TestAStateThatLeadsNowhere(t *testing.T) {
	w := answer(t, http.MethodGet, &fault.Error{Definition: fault.WrongState, State: "ended"})
	if p := problem(t, w); p.State == nil || *p.State != "ended" || strings.Contains(w.Body.String(), "allowed_states") {
		t.Errorf("%s", w.Body)
	}
}

// People are answered in the language that they ask for, and in one: Chinese where they ask for none that is spoken here.
func TestAnswersAreInTheLanguageAskedFor(t *testing.T) {
	f := fault.WrongState.Because("当前为草稿", "It is a draft")
	f.Fields = []fault.Field{fault.TooLong.Plain("/title")}
	e := newEdge(t)
	e.Echo.GET("/fails", func(echo.Context) error { return f })
	for asked, want := range map[string]string{
		"": "zh-CN", "zh-CN,zh;q=0.9,en;q=0.8": "zh-CN", "zh-TW": "zh-CN", "de": "zh-CN", "*": "zh-CN", "no such header;;": "zh-CN",
		"en": "en", "en-GB,en;q=0.9,zh;q=0.1": "en", "de, en;q=0.5": "en", "zh;q=0.1, en": "en",
	} {
		r := httptest.NewRequest(http.MethodGet, "/fails", nil)
		r.Header.Set("Accept-Language", asked)
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r)
		p := problem(t, w)
		texts := fault.WrongState.ZH + "|当前为草稿|" + fault.TooLong.ZH
		if want == "en" {
			texts = fault.WrongState.EN + "|It is a draft|" + fault.TooLong.EN
		}
		if got := p.Title + "|" + *p.Detail + "|" + places(p)[0].Message; got != texts || p.TitleEn != fault.WrongState.EN {
			t.Errorf("%q: %s, want %s", asked, got, texts)
		}
		if h := w.Header(); h.Get("Content-Language") != want || !slices.Contains(h.Values("Vary"), "Accept-Language") {
			t.Errorf("%q: %v", asked, h)
		}
	}
}

// What failed inside is in the log, under the id that the answer carries, and nowhere in the answer.
func TestOurFailuresStayWithUs(t *testing.T) {
	const secret = `ERROR: duplicate key value violates unique constraint "accounts_pkey" (SQLSTATE 23505), INSERT INTO accounts`
	cause := errors.New(secret)
	hidden := fault.Failure.From(cause)
	hidden.Detail, hidden.Fields = fault.Text{ZH: secret, EN: secret}, []fault.Field{{Pointer: "/" + secret}}
	for name, err := range map[string]error{
		"plain error":    cause,
		"wrapped":        fmt.Errorf("results: %w", cause),
		"failure":        hidden,
		"unavailable":    fault.DatabaseUnavailable.From(cause),
		"conflict":       fault.WrongState.From(cause),
		"Echo's, ours":   echo.NewHTTPError(http.StatusInternalServerError, secret).SetInternal(cause),
		"Echo's, theirs": echo.NewHTTPError(http.StatusBadRequest, secret).SetInternal(cause),
		"Echo's, odd":    echo.NewHTTPError(http.StatusTeapot, secret).SetInternal(cause),
	} {
		t.Run(name, func(t *testing.T) {
			out := log(t)
			w := answer(t, http.MethodGet, err)
			p := problem(t, w)
			for _, word := range []string{"SQLSTATE", "accounts_pkey", "INSERT", "duplicate"} {
				if strings.Contains(w.Body.String(), word) {
					t.Errorf("the answer says %q: %s", word, w.Body)
				}
			}
			logged := strings.Contains(out.String(), "SQLSTATE 23505") && strings.Contains(out.String(), "request_id="+p.RequestId)
			if ours := w.Code >= 500; logged != ours {
				t.Errorf("%d; logged: %v: %s", w.Code, logged, out)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for after, want := range map[time.Duration]string{
		0: "2", -time.Second: "2", time.Millisecond: "1", time.Second: "1", 1100 * time.Millisecond: "2", time.Minute: "60",
	} {
		f := fault.DatabaseUnavailable.New()
		f.RetryAfter = after
		if got := answer(t, http.MethodGet, f).Header().Get("Retry-After"); got != want {
			t.Errorf("%v: Retry-After %s, want %s", after, got, want)
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	w, get := answer(t, http.MethodHead, fault.NotVisible.New()), answer(t, http.MethodGet, fault.NotVisible.New())
	if w.Code != http.StatusNotFound || w.Body.Len() > 0 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	for _, name := range []string{"Content-Language", "Vary", "Cache-Control"} {
		if head, want := w.Header().Values(name), get.Header().Values(name); len(want) == 0 || !slices.Equal(head, want) {
			t.Errorf("%s: %q by HEAD, %q by GET", name, head, want)
		}
	}
	if w.Header().Get("Content-Length") == "" {
		t.Error("HEAD does not say how long the problem is")
	}
}

func TestClientThatLeftIsNoFailure(t *testing.T) {
	out := log(t)
	e := newEdge(t)
	e.Echo.GET("/slow", func(c echo.Context) error { return fmt.Errorf("query: %w", c.Request().Context().Err()) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/slow", nil).WithContext(ctx))
	if w.Code != 499 || strings.Contains(out.String(), "level=ERROR") || strings.Contains(out.String(), "level=WARN") {
		t.Errorf("%d: %s", w.Code, out)
	}
	// SQLite calls it by a name of its own; and the same where the time is up is no error of ours either, but told.
	interrupted := fmt.Errorf("query: %w", sqlite3.INTERRUPT)
	e.Echo.GET("/interrupted", func(echo.Context) error { return interrupted })
	w = httptest.NewRecorder()
	e.Echo.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/interrupted", nil).WithContext(ctx))
	if w.Code != 499 || strings.Contains(out.String(), "level=ERROR") || strings.Contains(out.String(), "level=WARN") {
		t.Errorf("%d: %s", w.Code, out)
	}
	if w := answer(t, http.MethodGet, interrupted); problem(t, w).Code != "database_unavailable" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	// The same error while the client waits is a failure of ours.
	if w := answer(t, http.MethodGet, context.Canceled); w.Code != http.StatusInternalServerError {
		t.Errorf("%d", w.Code)
	}
}
