package edge_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
)

// A page costs its client a plain read, is sent compressed to those who take it so, and not at all to those who have it.
func TestPagesArePaidForAndCompressed(t *testing.T) {
	e, _ := newThings(t, never)
	e.Limit(edge.Limits{Client: edge.Rate{PerSecond: 0.001, Burst: 4}})
	text := strings.Repeat("技术合同认定登记 ", 500)
	edge.Page(e.Echo, "/long", edge.NewDocument("text/plain; charset=utf-8", []byte(text)).Send)
	edge.Page(e.Echo, "/readyz", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	get := func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr = "203.0.113.7:4711"
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r)
		return w
	}
	plain := get("/long")
	packed := get("/long", "Accept-Encoding", "br, gzip")
	in, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(in)
	if err != nil || string(unpacked) != text || plain.Body.String() != text || packed.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%v, %d and %d bytes, %v", err, len(unpacked), plain.Body.Len(), packed.Header())
	}
	if w := get("/long", "If-None-Match", plain.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("sent again: %d", w.Code)
	}
	get("/no/such/page")
	if w := get("/long"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("beyond the allowance: %d %v", w.Code, w.Header())
	}
	if w := get("/readyz"); w.Code != http.StatusOK {
		t.Errorf("a probe is limited: %d", w.Code)
	}
}

// A page that costs more than a plain read is paid for in full before it is made.
func TestADearPageIsPaidFor(t *testing.T) {
	e, _ := newThings(t, never)
	e.Limit(edge.Limits{Client: edge.Rate{PerSecond: 0.001, Burst: 12}})
	edge.Page(e.Echo, "/dear", func(c echo.Context) error {
		if err := edge.Charge(c, 10); err != nil {
			return err
		}
		return c.NoContent(http.StatusOK)
	})
	for i, want := range []int{http.StatusOK, http.StatusTooManyRequests} {
		r := httptest.NewRequest(http.MethodGet, "/dear", nil)
		r.RemoteAddr = "203.0.113.7:4711"
		w := httptest.NewRecorder()
		if e.Echo.ServeHTTP(w, r); w.Code != want {
			t.Errorf("request %d: %d, want %d", i, w.Code, want)
		}
	}
}

// Whoever runs it behind a proxy without naming that is told so, once.
func TestAProxyThatNobodyNamedIsInTheLog(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(before)
	e, _ := newThings(t, never)
	for range 3 {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("X-Forwarded-For", "198.51.100.2")
		e.Echo.ServeHTTP(httptest.NewRecorder(), r)
	}
	if n := strings.Count(out.String(), "JIEBANG_TRUSTED_PROXIES"); n != 1 {
		t.Errorf("%d warnings: %s", n, out.String())
	}
}
