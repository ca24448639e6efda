package edge_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
)

// What must pass although it looks unusual.
func TestUnusualButRight(t *testing.T) {
	e := newEdge(t)
	const id = "0197F000-0000-7000-8000-00000000000A"
	for name, c := range map[string]struct {
		operation string
		change    func(*edgetest.Request)
	}{
		"id in capitals":         {"getResult", func(r *edgetest.Request) { r.Path = "/v1/results/" + id }},
		"id with an escape":      {"getResult", func(r *edgetest.Request) { r.Path = "/v1/results/%30" + id[1:] }},
		"no filter":              {"listResults", func(r *edgetest.Request) { r.Query = "" }},
		"search words":           {"search", func(r *edgetest.Request) { r.Query = "q=%22光伏+电池%22+-硅%26%3D%25" }},
		"charset":                {"createResult", func(r *edgetest.Request) { r.Header.Set("Content-Type", `application/json; charset="UTF-8"`) }},
		"capitals in the type":   {"createResult", func(r *edgetest.Request) { r.Header.Set("Content-Type", "Application/JSON") }},
		"identity":               {"createResult", func(r *edgetest.Request) { r.Header.Set("Content-Encoding", "identity") }},
		"spaces around the body": {"createResult", func(r *edgetest.Request) { r.Body = []byte(" \n" + string(r.Body) + "\r\n\t") }},
		"odd key":                {"createResult", func(r *edgetest.Request) { r.Header.Set("Idempotency-Key", `a,b;"c"=100%&{}~`) }},
		"highest version":        {"submitResult", func(r *edgetest.Request) { r.Header.Set("If-Match", `"9223372036854775807"`) }},
		"type without a body":    {"submitResult", func(r *edgetest.Request) { r.Header.Set("Content-Type", "text/plain") }},
		"no fields at all":       {"passReview", func(r *edgetest.Request) { r.Body = []byte(`{}`) }},
		"line breaks in a text":  {"passReview", func(r *edgetest.Request) { r.Body = []byte(`{"note":"一\r\n\t二"}`) }},
		"empty text":             {"passReview", func(r *edgetest.Request) { r.Body = []byte(`{"note":""}`) }},
		"a pair":                 {"passReview", func(r *edgetest.Request) { r.Body = []byte(`{"note":"\ud83d\ude00😀"}`) }},
		"longest, in characters": {"passReview", func(r *edgetest.Request) { r.Body = []byte(`{"note":"` + strings.Repeat("😀", 2000) + `"}`) }},
	} {
		t.Run(name, func(t *testing.T) {
			r := edgetest.Valid(e.operation(t, c.operation))
			c.change(&r)
			e.reached = nil
			if w := e.send(t, r); len(e.reached) != 1 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAllWrongParametersAreTold(t *testing.T) {
	e := newEdge(t)
	r := edgetest.Valid(e.operation(t, "listResults"))
	r.Query = "limit=0&limit=1&cursor=&owner_id=x&field=alchemy&fields=x&b=1"
	p := problem(t, e.send(t, r))
	var got []string
	for _, f := range places(p) {
		got = append(got, f.Pointer+" "+f.Code)
	}
	want := []string{
		"query:limit repeated", "query:cursor empty", "query:owner_id bad_format", "query:field not_allowed",
		"query:b unknown", "query:fields unknown",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// A version or key that is missing is named only when everything else about the parameters is right.
func TestMissingHeadersComeLast(t *testing.T) {
	e := newEdge(t)
	r := edgetest.Valid(e.operation(t, "replaceResult"))
	r.Header.Del("If-Match")
	if w := e.send(t, r); w.Code != http.StatusPreconditionRequired {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	r.Path = "/v1/results/1"
	if p := problem(t, e.send(t, r)); p.Code != "invalid_input" || places(p)[0].Pointer != "path:id" {
		t.Errorf("%+v", p)
	}
}

// Shapes that the description may use and does not use yet.
func TestOtherParameters(t *testing.T) {
	const document = `{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {/v1/things: {get: {operationId: listThings, tags: [a],
		parameters: [
			{name: flag, in: query, schema: {type: boolean}},
			{name: at, in: query, schema: {type: string, format: date-time}},
			{name: least, in: query, schema: {type: integer, minimum: 3}},
			{name: most, in: query, schema: {type: integer, maximum: 3}},
			{name: any, in: query, schema: {type: integer}},
			{name: X-Trace, in: header, required: true, schema: {type: string}}],
		responses: {'204': {description: d}}}}}}`
	s, err := edge.ReadSpec([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	e := stubs(edge.New(s, anybody, never), s)
	for query, want := range map[string]string{
		"flag=true&least=3&most=-7&any=-9223372036854775808": "",
		"at=2026-01-31T08:00:00Z":                            "",
		"at=2026-01-31T08:00:00.123%2B08:00":                 "",
		"at=2026-01-31":                                      "query:at bad_format",
		"at=2026-01-31T08:00:00,5Z":                          "query:at bad_format",
		"at=1899-12-31T08:00:00Z":                            "query:at bad_format",
		"at=2026-02-30T08:00:00Z":                            "query:at bad_format",
		"flag=1":                                             "query:flag wrong_type",
		"flag=True":                                          "query:flag wrong_type",
		"least=2":                                            "query:least out_of_range",
		"most=4":                                             "query:most out_of_range",
		"any=9223372036854775808":                            "query:any out_of_range",
		"any=5.0":                                            "query:any wrong_type",
	} {
		w := get(e.Echo, "/v1/things?"+query, http.Header{"X-Trace": {"t"}})
		if want == "" {
			if w.Code != http.StatusNoContent {
				t.Errorf("%s: %s", query, w.Body)
			}
			continue
		}
		if found := places(problem(t, w)); len(found) != 1 || found[0].Pointer+" "+found[0].Code != want || !readable(found[0].Message) {
			t.Errorf("%s: %+v, want %s", query, found, want)
		}
	}
	if found := places(problem(t, get(e.Echo, "/v1/things", nil))); len(found) != 1 || found[0].Pointer != "header:X-Trace" || found[0].Code != "required" {
		t.Errorf("without the header: %+v", found)
	}
}

// Whatever a query holds: an answer that is no failure of ours, and what passes also binds.
func FuzzQuery(f *testing.F) {
	e := newEdge(f)
	operations := []string{"listResults", "getTurnover"}
	for i, id := range operations {
		for _, bad := range edgetest.BadInputs(e.operation(f, id)) {
			f.Add(i, bad.Query)
		}
		f.Add(i, edgetest.Valid(e.operation(f, id)).Query)
	}
	f.Fuzz(func(t *testing.T, i int, query string) {
		op := e.operation(t, operations[uint(i)%2])
		r, err := edgetest.Valid(op).HTTP("http://edge.test")
		if err != nil {
			t.Fatal(err)
		}
		r.URL.RawQuery = query
		e.check(t, r)
	})
}
