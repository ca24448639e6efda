package edge_test

import (
	"strings"
	"testing"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
)

func TestFingerprint(t *testing.T) {
	const body = `{"title":"低温","price":{"kind":"fixed","n":1000}}`
	base := edge.Fingerprint("POST", "/v1/results", []byte(body))
	for name, c := range map[string]struct {
		method, path, body string
		same               bool
	}{
		"the same":           {"POST", "/v1/results", body, true},
		"spaces":             {"POST", "/v1/results", "{ \"title\" : \"低温\",\n\"price\":{\"kind\":\"fixed\",\"n\":1000} }", true},
		"order":              {"POST", "/v1/results", `{"price":{"n":1000,"kind":"fixed"},"title":"低温"}`, true},
		"escapes":            {"POST", "/v1/results", `{"title":"\u4f4e\u6e29","price":{"kind":"fixed","n":1e3}}`, true},
		"another value":      {"POST", "/v1/results", strings.Replace(body, "1000", "1001", 1), false},
		"an empty field":     {"POST", "/v1/results", strings.Replace(body, "{", `{"a":"",`, 1), false},
		"another path":       {"POST", "/v1/needs", body, false},
		"another method":     {"PUT", "/v1/results", body, false},
		"no body":            {"POST", "/v1/results", "", false},
		"path runs into it":  {"POST", "/v1/results" + body, "", false},
		"text, not a number": {"POST", "/v1/results", strings.Replace(body, "1000", `"1000"`, 1), false},
	} {
		got := edge.Fingerprint(c.method, c.path, []byte(c.body))
		if (got == base) != c.same || len(got) != 64 {
			t.Errorf("%s: %s, same %v", name, got, got == base)
		}
	}
	raw := []byte(`{"b":1,"a":2}`)
	edge.Fingerprint("POST", "/", raw)
	if string(raw) != `{"b":1,"a":2}` {
		t.Errorf("the body was rewritten: %s", raw)
	}
}

func TestKeyAndFingerprintReachTheHandler(t *testing.T) {
	e := newEdge(t)
	for _, c := range []struct {
		operation, key string
		want           bool
	}{
		{"createResult", "key-1", true},
		{"submitResult", "key-2", true},
		{"submitResult", "", false},
		{"createAccount", "key-3", false}, // it takes none
	} {
		op := e.operation(t, c.operation)
		r := edgetest.Valid(op)
		r.Header.Del("Idempotency-Key")
		if c.key != "" {
			r.Header.Set("Idempotency-Key", c.key)
		}
		e.ctx = nil
		if w := e.send(t, r); e.ctx == nil {
			t.Fatalf("%s: %d %s", c.operation, w.Code, w.Body)
		}
		key, print := "", ""
		if c.want {
			key, print = c.key, edge.Fingerprint(op.Method, r.Path, r.Body)
		}
		if edge.KeyOf(e.ctx) != key || edge.FingerprintOf(e.ctx) != print {
			t.Errorf("%s with %q: %q %q", c.operation, c.key, edge.KeyOf(e.ctx), edge.FingerprintOf(e.ctx))
		}
	}
}
