package edge_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Each verb: what the use case is asked, and how its outcome is told.
func TestVerbs(t *testing.T) {
	id := uuid.MustParse(aThing)
	const parent = "0197f000-0000-7000-8000-0000000000BB" // in capitals: one identifier, two spellings
	call := func(operation, method, path, body, key string) work.Call {
		c := work.Call{Operation: operation, Actor: clerk, Key: key}
		if key != "" {
			c.Fingerprint = edge.Fingerprint(method, path, []byte(body))
		}
		return c
	}
	yes := true
	const body, thing = `{"title":"阀"}`, `{"title":"泵"}`
	tag := edge.ETag(3, []byte(thing+"\n"))
	etag := map[string]string{"ETag": tag}
	for name, c := range map[string]struct {
		method, path, body string
		header             []string
		change             func(s *capability)
		asked              []any
		status             int
		headers            map[string]string
		answer             string
	}{
		"create": {
			method: "POST", path: "/v1/things", body: body, header: []string{"Idempotency-Key", "k"},
			asked:  []any{call("createThing", "POST", "/v1/things", body, "k"), "阀"},
			status: 201, headers: map[string]string{"ETag": tag, "Location": "/v1/things/" + aThing}, answer: thing,
		},
		"create, again": {
			method: "POST", path: "/v1/things", body: body, header: []string{"Idempotency-Key", "k"},
			change: func(s *capability) { s.replayed = true },
			asked:  []any{call("createThing", "POST", "/v1/things", body, "k"), "阀"},
			status: 201, headers: map[string]string{"ETag": tag, "Location": "/v1/things/" + aThing, "Idempotency-Replayed": "true"}, answer: thing,
		},
		"create under another": {
			method: "POST", path: "/v1/things/" + parent + "/parts", body: body, header: []string{"Idempotency-Key", "k"},
			asked:  []any{call("createPart", "POST", "/v1/things/"+parent+"/parts", body, "k"), uuid.MustParse(parent), "阀"},
			status: 201, headers: map[string]string{"ETag": tag, "Location": "/v1/parts/" + aThing}, answer: thing,
		},
		"read": {
			method: "GET", path: "/v1/things/" + aThing, asked: []any{clerk, id}, status: 200, headers: etag, answer: thing,
		},
		"list": {
			method: "GET", path: "/v1/things?limit=7&cursor=abc&sort=title&old=true&owner_id=" + parent,
			change: func(s *capability) { s.next = "def" },
			asked: []any{clerk, filter{uuid.MustParse(parent), &yes}, db.Paging{
				Limit: 7, Cursor: "abc", Sort: "title", Query: "listThings /v1/things?old=true&owner_id=" + parent + "&sort=title"}},
			status: 200, answer: `{"items":[` + thing + `,` + thing + `],"next_cursor":"def"}`,
		},
		"list, its last page": {
			method: "GET", path: "/v1/things", asked: []any{clerk, filter{}, db.Paging{Limit: 30, Query: "listThings /v1/things?"}},
			status: 200, answer: `{"items":[` + thing + `,` + thing + `]}`,
		},
		"list of none": {
			method: "GET", path: "/v1/things", change: func(s *capability) { s.view = view{} },
			asked: []any{clerk, filter{}, db.Paging{Limit: 30, Query: "listThings /v1/things?"}}, status: 200, answer: `{"items":[]}`,
		},
		"list under another": {
			method: "GET", path: "/v1/things/" + aThing + "/parts",
			asked:  []any{clerk, under{id}, db.Paging{Limit: 30, Query: "listParts /v1/things/" + aThing + "/parts?"}},
			status: 200, answer: `{"items":[` + thing + `,` + thing + `]}`,
		},
		"change": {
			method: "POST", path: "/v1/things/" + aThing + "/publish", header: []string{"If-Match", `"2"`},
			asked: []any{call("publishThing", "", "", "", ""), id, int64(2)}, status: 200, headers: etag, answer: thing,
		},
		"change, again": {
			method: "POST", path: "/v1/things/" + aThing + "/publish", header: []string{"If-Match", `"2"`, "Idempotency-Key", "k"},
			change: func(s *capability) { s.replayed = true },
			asked:  []any{call("publishThing", "POST", "/v1/things/"+aThing+"/publish", "", "k"), id, int64(2)},
			status: 200, headers: map[string]string{"ETag": tag, "Idempotency-Replayed": "true"}, answer: thing,
		},
		"decide": {
			method: "PUT", path: "/v1/things/" + aThing, body: body, header: []string{"If-Match", `"2"`},
			asked: []any{call("replaceThing", "", "", "", ""), id, int64(2), "阀"}, status: 200, headers: etag, answer: thing,
		},
		"plain": {
			method: "POST", path: "/v1/count?by=day", body: body,
			asked: []any{call("countThings", "", "", "", ""), "day", "阀"}, status: 202, answer: `{"title":"<three> & more"}`,
		},
		"plain, with a default": {
			method: "POST", path: "/v1/count", body: body,
			asked: []any{call("countThings", "", "", "", ""), "month", "阀"}, status: 202, answer: `{"title":"<three> & more"}`,
		},
		"plain without an answer": {
			method: "DELETE", path: "/v1/things/" + aThing, asked: []any{call("forgetThing", "", "", "", ""), id}, status: 204,
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, s := newThings(t, never)
			if c.change != nil {
				c.change(s)
			}
			w := asClerk(e, c.method, c.path, c.body, c.header...)
			if made, is := c.asked[0].(work.Call); is {
				made.RequestID = w.Header().Get("X-Request-Id")
				c.asked[0] = made
			}
			if !reflect.DeepEqual(s.asked, c.asked) {
				t.Errorf("asked\n%+v, want\n%+v", s.asked, c.asked)
			}
			if got := strings.TrimSuffix(w.Body.String(), "\n"); w.Code != c.status || got != c.answer {
				t.Errorf("%d %s, want %d %s", w.Code, got, c.status, c.answer)
			}
			if got := headersOf(w); !maps.Equal(got, c.headers) {
				t.Errorf("headers %v, want %v", got, c.headers)
			}
			if got := w.Header().Get("Content-Type"); got != "application/json" && c.answer != "" {
				t.Errorf("Content-Type %q", got)
			}
		})
	}
}

// A visitor is the zero Actor.
func TestAVisitorReads(t *testing.T) {
	e, s := newThings(t, never)
	if w := ask(e, "GET", "/v1/things/"+aThing, ""); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if reader := s.asked[0].(policy.Actor); !reflect.DeepEqual(reader, policy.Actor{}) {
		t.Errorf("%+v", reader)
	}
}

// What a use case refuses is told as a problem and nothing else: no version, no address.
func TestVerbsTellRefusals(t *testing.T) {
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/v1/things", `{"title":"阀"}`},
		{"POST", "/v1/things/" + aThing + "/parts", `{"title":"阀"}`},
		{"GET", "/v1/things/" + aThing, ""},
		{"GET", "/v1/things", ""},
		{"POST", "/v1/things/" + aThing + "/publish", ""},
		{"PUT", "/v1/things/" + aThing, `{"title":"阀"}`},
		{"POST", "/v1/count", `{"title":"阀"}`},
		{"DELETE", "/v1/things/" + aThing, ""},
	} {
		e, s := newThings(t, never)
		s.err = fault.NotAllowed.New()
		header := []string{}
		if c.method == "PUT" || strings.HasSuffix(c.path, "publish") {
			header = append(header, "If-Match", `"2"`)
		} else if c.method == "POST" && c.path != "/v1/count" {
			header = append(header, "Idempotency-Key", "k")
		}
		w := asClerk(e, c.method, c.path, c.body, header...)
		if p := problem(t, w); s.calls != 1 || w.Code != http.StatusForbidden || p.Code != "not_allowed" || len(headersOf(w)) > 0 {
			t.Errorf("%s %s: %d calls, %d %v %s", c.method, c.path, s.calls, w.Code, w.Header(), w.Body)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s %s: Cache-Control %q", c.method, c.path, got)
		}
	}
}

// What the translation of a body refuses never reaches the use case.
func TestInputRefusesBeforeTheUseCase(t *testing.T) {
	for _, c := range [][]string{
		{"POST", "/v1/things", "Idempotency-Key", "k"},
		{"POST", "/v1/things/" + aThing + "/parts", "Idempotency-Key", "k"},
		{"PUT", "/v1/things/" + aThing, "If-Match", `"2"`},
	} {
		e, s := newThings(t, never)
		w := asClerk(e, c[0], c[1], `{"title":"forbidden"}`, c[2:]...)
		if found := places(problem(t, w)); s.calls != 0 || len(found) != 1 || found[0].Pointer != "/title" {
			t.Errorf("%v: %d calls, %d %s", c, s.calls, w.Code, w.Body)
		}
	}
}

// A body that its type does not take although the description does is our failure, not the sender's.
func TestABodyThatItsTypeDoesNotTake(t *testing.T) {
	e := edge.New(specOf(t, strings.ReplaceAll(things, "additionalProperties: false, required: [title], properties: { title: { type: string } }",
		"additionalProperties: false, properties: { title: { type: integer } }")), everyTokenIsTheClerks, never)
	s := &capability{}
	s.hang(e)
	for _, c := range [][]string{{"POST", "/v1/things", "Idempotency-Key", "k"}, {"POST", "/v1/count"}} {
		if w := asClerk(e, c[0], c[1], `{"title":7}`, c[2:]...); problem(t, w).Code != "internal_error" || s.calls > 0 {
			t.Errorf("%v: %d %s", c, w.Code, w.Body)
		}
	}
}

// A cursor belongs to the operation, its path and all that was asked but for the page itself; in whatever order it was asked.
func TestWhatACursorBelongsTo(t *testing.T) {
	const other = "0197f000-0000-7000-8000-000000000002"
	keyOf := func(target string) string {
		t.Helper()
		e, s := newThings(t, never)
		if w := ask(e, "GET", target, ""); w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", target, w.Code, w.Body)
		}
		return s.asked[2].(db.Paging).Query
	}
	base := keyOf("/v1/things?owner_id=" + aThing + "&old=true")
	for target, same := range map[string]bool{
		"/v1/things?old=true&owner_id=" + aThing:                       true,
		"/v1/things?owner_id=" + aThing + "&old=true&limit=3&cursor=x": true,
		"/v1/things?owner_id=" + aThing + "&old=%74rue":                true,
		"/v1/things?owner_id=" + aThing:                                false,
		"/v1/things?owner_id=" + aThing + "&old=false":                 false,
		"/v1/things?owner_id=" + other + "&old=true":                   false,
		"/v1/things?owner_id=" + aThing + "&old=true&sort=title":       false,
		"/v1/things/" + aThing + "/parts":                              false,
	} {
		if got := keyOf(target); (got == base) != same {
			t.Errorf("%s: %q, and %q", target, got, base)
		}
	}
	if keyOf("/v1/things/"+aThing+"/parts") == keyOf("/v1/things/"+other+"/parts") {
		t.Error("a cursor fits into the list of another record")
	}
}

// An integer's default is read as it stands in the description, however large.
func TestDefaultsAreReadAsTheyStand(t *testing.T) {
	e := edge.New(specOf(t, `{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {/v1/n: {get: {operationId: getN, tags: [a],
		parameters: [{name: most, in: query, schema: {type: integer, default: 123456789}}], responses: {'204': {description: d}}}}}}`), anybody, never)
	var got int64
	edge.Plain(e, "getN", func(_ context.Context, _ work.Call, q struct {
		Most int64 `query:"most"`
	}) (edge.None, error) {
		got = q.Most
		return edge.None{}, nil
	})
	if w := ask(e, "GET", "/v1/n", ""); w.Code != http.StatusNoContent || got != 123456789 {
		t.Errorf("%d, %d", w.Code, got)
	}
}

// An answer that cannot be written is our failure, and nothing of it is sent.
func TestAnAnswerThatCannotBeWritten(t *testing.T) {
	e := edge.New(specOf(t, `{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {/v1/n: {get: {operationId: getN, tags: [a],
		responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Odd'}}}}}}}},
		components: {schemas: {Odd: {type: object}}}}`), anybody, never)
	edge.Plain(e, "getN", func(context.Context, work.Call, struct{}) (Odd, error) { return Odd{}, nil })
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	if w := ask(e, "GET", "/v1/n", ""); problem(t, w).Code != "internal_error" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

type Odd struct{}

func (Odd) MarshalJSON() ([]byte, error) { return nil, errors.New("odd") }
