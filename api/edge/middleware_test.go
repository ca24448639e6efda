package edge_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

func get(e http.Handler, path string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

// The identifier of a request is ours, whatever the caller calls it; theirs stands beside it, where it can stand in a log line.
func TestRequestID(t *testing.T) {
	e := newEdge(t)
	uuid := regexp.MustCompile(`^[0-9a-f-]{36}$`)
	for given, kept := range map[string]bool{
		"":                      false,
		"a":                     true,
		"Trace-1_2.3":           true,
		strings.Repeat("x", 64): true,
		strings.Repeat("x", 65): false,
		"with space":            false,
		"a\nlevel=ERROR":        false,
		"编号":                    false,
	} {
		out := log(t)
		w := get(e.Echo, "/nowhere", http.Header{"X-Request-Id": {given}})
		ours, theirs := w.Header().Get("X-Request-Id"), w.Header().Get("X-Caller-Request-Id")
		if !uuid.MatchString(ours) || kept != (theirs == given && given != "") || !kept && theirs != "" {
			t.Errorf("%q: ours is %q, theirs %q", given, ours, theirs)
		}
		if p := problem(t, w); p.RequestId != ours {
			t.Errorf("the problem says %q, the header %q", p.RequestId, ours)
		}
		if logged := strings.Contains(out.String(), " caller_request_id="+given); logged != kept || !strings.Contains(out.String(), "request_id="+ours) {
			t.Errorf("%q: %s", given, out)
		}
	}
	if got := edge.RequestID(context.Background()); got != "" {
		t.Errorf("outside a request: %q", got)
	}
}

// The log tells where a request came from and, once that is known, whose it is.
func TestAccessLogTellsWho(t *testing.T) {
	out := log(t)
	e, _ := newThings(t, func() int64 { return 0 })
	asClerk(e, http.MethodGet, "/v1/parts/"+aThing, "")
	ask(e, http.MethodGet, "/v1/things", "")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "client=192.0.2.1 account="+clerk.Account.String()) ||
		!strings.Contains(lines[1], "client=192.0.2.1 ") || strings.Contains(lines[1], "account=") {
		t.Errorf("%s", out)
	}
}

func TestAccessLogKeepsSecrets(t *testing.T) {
	out := log(t)
	e := newEdge(t)
	r := edgetest.Valid(e.operation(t, "createSession"))
	r.Body = []byte(`{"username":"zhang.wei","password":"Geheim-password"}`)
	e.send(t, r)
	get(e.Echo, "/v1/results?field=Geheim-query", http.Header{"Authorization": {"Bearer Geheim-token"}})
	get(e.Echo, "/v1/results/Geheim-path", nil)
	get(e.Echo, "/Geheim-unknown", nil)
	httpRequest := httptest.NewRequest("GEHEIM", "/v1/results", nil)
	e.Echo.ServeHTTP(httptest.NewRecorder(), httpRequest)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 || strings.Contains(strings.ToLower(out.String()), "geheim") {
		t.Fatalf("%s", out)
	}
	for i, want := range []string{
		"method=POST route=/v1/sessions status=204", "method=GET route=/v1/results status=400", "route=/v1/results/:id status=400",
		"route=none status=404", "method=other route=/v1/results status=405",
	} {
		if !strings.Contains(lines[i], want) || !strings.Contains(lines[i], "request_id=") || !strings.Contains(lines[i], "duration=") {
			t.Errorf("%s: want %s", lines[i], want)
		}
	}
}

func TestPanicIsOneFailedRequest(t *testing.T) {
	out := log(t)
	e := newEdge(t)
	e.Echo.GET("/panics", func(echo.Context) error { panic("pq: relation secrets") })
	w := get(e.Echo, "/panics", nil)
	if p := problem(t, w); w.Code != http.StatusInternalServerError || p.Code != "internal_error" || strings.Contains(w.Body.String(), "secrets") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(out.String(), "pq: relation secrets") || !strings.Contains(out.String(), "middleware_test.go") {
		t.Errorf("value and stack are not in the log: %s", out)
	}
}

func TestAbortGoesOn(t *testing.T) {
	e := newEdge(t)
	e.Echo.GET("/aborts", func(echo.Context) error { panic(http.ErrAbortHandler) })
	defer func() {
		if v, _ := recover().(error); !errors.Is(v, http.ErrAbortHandler) {
			t.Errorf("recovered %v", v)
		}
	}()
	get(e.Echo, "/aborts", nil)
}

func TestHalfAnAnswerIsCutOff(t *testing.T) {
	e := newEdge(t)
	e.Echo.GET("/half", func(c echo.Context) error {
		c.Response().WriteHeader(http.StatusOK)
		_, _ = io.WriteString(c.Response(), `{"items":[`)
		c.Response().Flush()
		panic("in the middle")
	})
	server := httptest.NewServer(e.Echo)
	defer server.Close()
	response, err := server.Client().Get(server.URL + "/half")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("the client takes %q for a whole answer", body)
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	e := newEdge(t)
	for _, path := range []string{"/v1/results", "/v1/results?x=1", "/nowhere"} {
		for _, token := range []string{"", "Bearer token"} {
			h := get(e.Echo, path, http.Header{"Authorization": {token}}).Header()
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Vary": "Authorization",
				"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s: %s: %q", path, name, got)
				}
			}
			want := "no-store"
			if token == "" && path == "/v1/results" {
				want = "no-cache"
			}
			if got := h.Get("Cache-Control"); got != want {
				t.Errorf("%s with %q: Cache-Control %q, want %q", path, token, got, want)
			}
		}
	}
}

func TestUnknownPathsNeedNoToken(t *testing.T) {
	nobody := func(context.Context, string) (policy.Actor, error) { return policy.Actor{}, fault.TokenInvalid.New() }
	e := stubs(edge.New(spec(t), nobody, never), spec(t))
	bad := http.Header{"Authorization": {"Bearer bad"}}
	if w := get(e.Echo, "/v1/nowhere", bad); w.Code != http.StatusNotFound || problem(t, w).Code != "not_found" {
		t.Errorf("unknown path: %d %s", w.Code, w.Body)
	}
	r := httptest.NewRequest(http.MethodDelete, "/v1/results", nil)
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, r)
	if allow := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || !strings.Contains(allow, "GET") {
		t.Errorf("unknown method: %d, Allow %q", w.Code, allow)
	}
	if p := problem(t, w); p.Code != "method_not_allowed" {
		t.Errorf("%+v", p)
	}
	if w := get(e.Echo, "/v1/results", bad); problem(t, w).Code != "token_invalid" {
		t.Errorf("an operation is authenticated: %s", w.Body)
	}
}

// A stranger learns nothing of what an operation takes; on one that is open to all, bad input is told at once.
func TestTokenComesBeforeValidation(t *testing.T) {
	e := newEdge(t)
	for _, op := range e.spec.Operations() {
		r := edgetest.Valid(op)
		r.Query = "no_such_parameter=1"
		for _, header := range []string{"", "Basic dTpw", "Bearer", "Bearer "} {
			request, err := r.HTTP("http://edge.test")
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", header)
			w := httptest.NewRecorder()
			e.Echo.ServeHTTP(w, request)
			want := "invalid_input"
			switch {
			case op.TokenRequired:
				want = "sign_in_required"
			case header != "":
				want = "token_invalid" // a visitor who means to be somebody is told so
			}
			if p := problem(t, w); p.Code != want {
				t.Errorf("%s with %q: %s, want %s", op.ID, header, p.Code, want)
			}
		}
	}
}

func TestAddressIsTheConnections(t *testing.T) {
	e := newEdge(t)
	var got string
	e.Echo.GET("/ip", func(c echo.Context) error {
		got = c.RealIP()
		return nil
	})
	get(e.Echo, "/ip", http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"203.0.113.9"}})
	if got != "192.0.2.1" {
		t.Errorf("the address is %s", got)
	}
}
