package edge_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/policy"
)

// longThings is an edge whose one thing has a title of n characters.
func longThings(t *testing.T, n int, origins ...string) *edge.Edge {
	t.Helper()
	e := edge.New(specOf(t, things), everyTokenIsTheClerks, never)
	e.AllowOrigins(origins)
	get := func(context.Context, policy.Actor, uuid.UUID) (v view, err error) {
		v.Version, v.title = 3, strings.Repeat("x", n)
		return v, nil
	}
	edge.Read(e, "getThing", edge.Kind[view, Thing]{Wire: written, Get: get})
	edge.Read(e, "getPart", edge.Kind[view, Thing]{Wire: written, Get: get})
	return e
}

// HEAD is GET without its body: the same status and headers.
func TestHeadIsGetWithoutBody(t *testing.T) {
	for _, n := range []int{1, 100_000} {
		e := longThings(t, n)
		for _, encoding := range []string{"identity", "gzip"} {
			get := asClerk(e, "GET", "/v1/things/"+aThing, "", "Accept-Encoding", encoding)
			head := asClerk(e, "HEAD", "/v1/things/"+aThing, "", "Accept-Encoding", encoding)
			for _, name := range []string{"ETag", "Content-Type", "Content-Length", "Content-Encoding", "Cache-Control", "Vary"} {
				if g, h := strings.Join(get.Header().Values(name), ", "), strings.Join(head.Header().Values(name), ", "); g != h {
					t.Errorf("%s: %q by GET, %q by HEAD", name, g, h)
				}
			}
			if head.Code != get.Code || head.Body.Len() > 0 || get.Header().Get("Content-Length") != strconv.Itoa(get.Body.Len()) {
				t.Errorf("HEAD: %d, %d bytes; GET: %d, %s announced, %d bytes", head.Code, head.Body.Len(), get.Code, get.Header().Get("Content-Length"), get.Body.Len())
			}
		}
	}
}

// What is long is sent compressed to whoever takes that, and its tag says so; both forms hold the same.
func TestLongAnswersAreCompressed(t *testing.T) {
	e := longThings(t, 5000)
	plain := asClerk(e, "GET", "/v1/things/"+aThing, "")
	for accept, want := range map[string]bool{
		"gzip": true, "br, gzip;q=0.5": true, "*": true, "GZIP": true, "deflate, *;q=0.1": true,
		"": false, "identity": false, "gzip;q=0": false, "gzip;q=0.000, *": false, "*;q=0": false, "br": false,
	} {
		for range 2 { // a visitor's second answer is one that is kept
			w := ask(e, "GET", "/v1/things/"+aThing, "", "Accept-Encoding", accept)
			body, tag := io.Reader(w.Body), plain.Header().Get("ETag")
			if want {
				var err error
				if body, err = gzip.NewReader(w.Body); err != nil {
					t.Fatalf("%q: %v", accept, err)
				}
				tag = "W/" + tag
			}
			text, err := io.ReadAll(body)
			if err != nil || string(text) != plain.Body.String() || (w.Header().Get("Content-Encoding") == "gzip") != want || w.Header().Get("ETag") != tag {
				t.Errorf("%q: %v %v, %d bytes", accept, err, w.Header(), len(text))
			}
			if !strings.Contains(strings.Join(w.Header().Values("Vary"), ", "), "Accept-Encoding") {
				t.Errorf("%q: Vary %v", accept, w.Header().Values("Vary"))
			}
		}
	}
	w := asClerk(e, "GET", "/v1/things/"+aThing, "", "Accept-Encoding", "gzip", "If-None-Match", "W/"+plain.Header().Get("ETag"))
	if w.Code != http.StatusNotModified || w.Header().Get("Content-Encoding") != "" || w.Body.Len() > 0 {
		t.Errorf("known: %d %v", w.Code, w.Header())
	}
	if w := asClerk(longThings(t, 10), "GET", "/v1/things/"+aThing, "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Error("what is short is compressed")
	}
}

// Pages of named origins read what visitors may read, and nothing else; without the setting no page does.
func TestPagesOfNamedOriginsRead(t *testing.T) {
	const portal, allowed = "https://portal.example.cn", "Access-Control-Allow-Origin"
	open, closed := "/v1/things/"+aThing, "/v1/parts/"+aThing
	for _, c := range []struct {
		origins      []string
		path, origin string
		want         string
	}{
		{[]string{portal}, open, portal, portal},
		{[]string{portal}, open, "https://other.example.cn", ""},
		{[]string{portal}, closed, portal, ""},
		{[]string{"*"}, open, "https://other.example.cn", "*"},
		{nil, open, portal, ""},
	} {
		e := longThings(t, 1, c.origins...)
		for _, method := range []string{"GET", "HEAD"} {
			w := asClerk(e, method, c.path, "", "Origin", c.origin)
			if got := w.Header().Get(allowed); w.Code != 200 || got != c.want || w.Header().Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%v, %s %s from %s: %d, %q", c.origins, method, c.path, c.origin, w.Code, got)
			}
		}
		w := ask(e, "OPTIONS", c.path, "", "Origin", c.origin, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "if-none-match")
		if got := w.Header().Get(allowed); got != c.want || c.want != "" && (w.Code != 204 || !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "If-None-Match")) {
			t.Errorf("%v, asked beforehand about %s from %s: %d %v", c.origins, c.path, c.origin, w.Code, w.Header())
		}
	}
}
