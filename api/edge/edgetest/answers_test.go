package edgetest_test

import (
	"net/http"
	"strings"
	"testing"

	"jiebang/api/edge/edgetest"
)

// A check that never complains proves nothing: each way in which an answer may leave the description is told.
func TestAnswersAreHeldToTheDescription(t *testing.T) {
	const (
		account = "/v1/accounts"
		result  = "/v1/results/0197f000-0000-7000-8000-000000000001"
		told    = `{"type":"/problems/not_found","title":"中","title_en":"en","status":404,"code":"not_found","request_id":"r"`
	)
	for _, c := range []struct {
		name, method, path string
		status             int
		media, body        string
		want               string // part of what is told; empty: nothing
	}{
		{"a problem", "GET", result, 404, "application/problem+json", told + `}`, ""},
		{"with a parameter of the type", "GET", result + "?x=1", 404, "application/problem+json; charset=utf-8", told + `}`, ""},
		{"a list of places", "GET", result, 404, "application/problem+json", told + `,"errors":[{"pointer":"","code":"x","message":"m"}]}`, ""},
		{"nothing where nothing is described", "DELETE", "/v1/sessions/current", 204, "", "", ""},
		{"an address that is not described", "GET", "/healthz", 200, "text/plain", "ok", ""},
		{"a method that is not described", "DELETE", "/v1/accounts", 405, "text/plain", "no", ""},

		{"a status that is not described", "GET", result, 302, "", "", "getResult answers 302, which is not described"},
		{"another success", "GET", result, 204, "", "", "getResult answers 204, which is not described"},
		{"another type", "GET", result, 404, "text/html", "<p>", `getResult answers 404 as "text/html", which is not described`},
		{"no JSON", "GET", result, 404, "application/problem+json", "{", "getResult answers 404: "},
		{"something where nothing is described", "DELETE", "/v1/sessions/current", 204, "application/json", "{}", "with a body, and none is described"},
		{"a field too few", "GET", result, 404, "application/problem+json", strings.Replace(told, `"code":"not_found",`, "", 1) + `}`, `"code" is missing`},
		{"a field of another type", "GET", result, 404, "application/problem+json", strings.Replace(told, "404", `"404"`, 1) + `}`, "must be an integer"},
		{"a null", "GET", result, 404, "application/problem+json", told + `,"allowed_states":null}`, "not nullable"},
		{"a field that is not described", "GET", result, 404, "application/problem+json", told + `,"secret":1}`, "with /secret, which is not described"},
		{"a code that is not the operation's", "GET", result, 404, "application/problem+json", strings.Replace(told, `"code":"not_found"`, `"code":"username_taken"`, 1) + `}`, "with the code username_taken"},
		{"the same inside a list", "GET", result, 404, "application/problem+json",
			told + `,"errors":[{"pointer":"","code":"x","message":"m","value":1}]}`, "with /errors/0/value, which is not described"},
		{"another form", "POST", account, 201, "application/json", `{"id":"1","username":"a.b","name":"n"}`, "uuid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			if c.media != "" {
				header.Set("Content-Type", c.media)
			}
			if c.status == 404 {
				header.Set("Content-Language", "zh-CN")
			}
			err := edgetest.CheckAnswer(c.method, c.path, c.status, header, []byte(c.body))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v, want it to say %q", err, c.want)
			}
		})
	}
}

// A header that tells something is described, and a described one is there; a moment is in UTC.
func TestHeadersAndMomentsAreHeldToTheDescription(t *testing.T) {
	const (
		id      = "0197f000-0000-7000-8000-000000000001"
		office  = `{"id":"` + id + `","version":1,"code":"SY01","name":"n","region":"210100"}`
		session = `{"token":"t","expires_at":"2026-01-31T08:00:00+08:00","account":{"id":"` + id + `","username":"a.b","name":"n"}}`
	)
	for _, c := range []struct {
		name, path, body string
		headers          map[string]string
		want             string
	}{
		{"as described", "/v1/offices", office, map[string]string{"Location": "/", "ETag": `"1"`}, ""},
		{"replayed", "/v1/offices", office, map[string]string{"Location": "/", "ETag": `"1"`, "Idempotency-Replayed": "true"}, ""},
		{"one is missing", "/v1/offices", office, map[string]string{"ETag": `"1"`}, "Location: is missing"},
		{"one too many", "/v1/offices", office, map[string]string{"Location": "/", "ETag": `"1"`, "Retry-After": "1"}, "Retry-After, which is not described"},
		{"of another type", "/v1/offices", office, map[string]string{"Location": "/", "ETag": `"1"`, "Idempotency-Replayed": "1"}, `is "1"`},
		{"local time", "/v1/sessions", session, nil, "not in UTC"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{"Content-Type": {"application/json"}}
			for name, value := range c.headers {
				header.Set(name, value)
			}
			err := edgetest.CheckAnswer(http.MethodPost, c.path, 201, header, []byte(c.body))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want it to say %q", err, c.want)
			}
		})
	}
}
