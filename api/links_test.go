package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// The page behind the links of mails works under a policy that lets nothing else run, and calls operations that exist.
func TestThePageBehindTheLinksOfMails(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	get := func(path string) (string, http.Header) {
		t.Helper()
		r, err := http.Get(h.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		text, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", path, r.StatusCode, err)
		}
		return string(text), r.Header
	}
	for _, page := range []string{"email", "password", "invitation", "unsubscribe"} {
		text, header := get("/links/" + page)
		policy := header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'; script-src 'self'") || strings.Contains(policy, "unsafe") || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", page, header)
		}
		if strings.Contains(text, " style=") || strings.Contains(text, "onclick") || !strings.Contains(text, `src="/links/links.js"`) {
			t.Errorf("%s has parts that its own policy forbids", page)
		}
	}
	script, _ := get("/links/links.js")
	get("/links/links.css")
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	called := 0
	for line := range strings.SplitSeq(script, "\n") {
		_, rest, found := strings.Cut(line, `call("`)
		if !found {
			continue
		}
		called++
		method, rest, _ := strings.Cut(rest, `", "`)
		path, _, _ := strings.Cut(rest, `"`)
		if spec.Operation(method, path) == nil {
			t.Errorf("it calls %s %s, which is no operation", method, path)
		}
	}
	if called != 8 {
		t.Errorf("it calls %d operations", called)
	}
}
