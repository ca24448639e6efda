package edge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
	"jiebang/api/wire"
)

func post(t *testing.T, e *stub, operation, body string) (*httptest.ResponseRecorder, []string) {
	t.Helper()
	r := edgetest.Valid(e.operation(t, operation))
	r.Body = []byte(body)
	w := e.send(t, r)
	var got []string
	for _, f := range places(problem(t, w)) {
		got = append(got, f.Pointer+" "+f.Code)
	}
	return w, got
}

func TestAllWrongFieldsAreTold(t *testing.T) {
	e := newEdge(t)
	_, got := post(t, e, "createResult", `{"owner_id":"x","title":"短","abstract":null,"field":"alchemy","trl":1e1,"colour":1,
		"transfer_modes":["equity","equity","gift"],"price":{"min":{"amount":1.5,"currency":"USD"},"colour":2}}`)
	want := []string{
		"/abstract null", "/colour unknown", "/field not_allowed", "/owner_id bad_format", "/price/colour unknown",
		"/price/kind required", "/price/min/amount wrong_type", "/price/min/currency not_allowed", "/title too_short",
		"/transfer_modes repeated", "/transfer_modes/2 not_allowed", "/trl out_of_range", "/trl wrong_type",
	}
	slices.Sort(got)
	want = slices.DeleteFunc(want, func(s string) bool { return s == "/trl out_of_range" }) // nothing is said beside a wrong type
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// However much is wrong, the answer is one that can be read, and soon.
func TestManyMistakesAreBounded(t *testing.T) {
	e := newEdge(t)
	many := func(part string) string { return strings.TrimSuffix(strings.Repeat(part, 100_000), ",") }
	var names strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&names, `"n%d":0,`, i)
	}
	for name, c := range map[string]struct {
		body   string
		places int
	}{
		"unknown fields": {`{` + names.String() + `"title":"x"}`, 50},
		"list":           {`{"keywords":[` + many("1,") + `]}`, 1 + 20}, // the list and the items that it may hold; what is missing may follow
		"NUL":            {`{"keywords":[` + strings.Repeat(`"\u0000",`, 20_000) + `""]}`, 50},
		"long name":      {`{"` + strings.Repeat("名", 100_000) + `":1}`, 1 + 4},
	} {
		w, got := post(t, e, "createResult", c.body)
		if len(got) != c.places || w.Body.Len() > 30_000 {
			t.Errorf("%s: %d places, %d bytes", name, len(got), w.Body.Len())
		}
	}
}

// What was typed is not repeated: it may be a secret, and it may be markup.
func TestValuesAreNotEchoed(t *testing.T) {
	e := newEdge(t)
	for _, body := range []string{
		`{"username":"Geheim","password":"Geheim","name":"Geheim"}`,
		`{"username":"zhang.wei","password":"Geheim","name":["Geheim"]}`,
		`{"username":"zhang.wei","password":"Geheim`,
		`{"username":Geheim}`,
	} {
		if w, _ := post(t, e, "createAccount", body); strings.Contains(w.Body.String(), "Geheim") {
			t.Errorf("%s is answered with %s", body, w.Body)
		}
	}
	if w := e.send(t, edgetest.Request{Method: "GET", Path: "/v1/results/Geheim", Query: "field=Geheim&limit=Geheim"}); strings.Contains(w.Body.String(), "Geheim") {
		t.Errorf("%s", w.Body)
	}
}

// No body of ours holds a fraction yet.
func TestNumbers(t *testing.T) {
	const document = `{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {/v1/things: {post: {operationId: postThing, tags: [a],
		requestBody: {required: true, content: {application/json: {schema: {type: object, additionalProperties: false,
			properties: {n: {type: number, maximum: 10}}}}}}, responses: {'204': {description: d}}}}}}`
	s, err := edge.ReadSpec([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	e := stubs(edge.New(s, anybody, never), s)
	for n, want := range map[string]string{
		"1.5": "", "1e1": "", "-0": "", "1e2": "out_of_range", "1e999": "out_of_range", `"1"`: "wrong_type", "true": "wrong_type",
	} {
		r := httptest.NewRequest(http.MethodPost, "/v1/things", strings.NewReader(`{"n":`+n+`}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r)
		if want == "" {
			if w.Code != http.StatusNoContent {
				t.Errorf("%s: %s", n, w.Body)
			}
			continue
		}
		if found := places(problem(t, w)); len(found) != 1 || found[0].Pointer != "/n" || found[0].Code != want {
			t.Errorf("%s: %+v, want %s", n, found, want)
		}
	}
}

// The handler gets the very bytes that came, also when the length was not announced.
func TestBodyReachesTheHandlerWhole(t *testing.T) {
	e := newEdge(t)
	const body = ` {"password":"0123456789", "username":"zhang.wei","name":"张伟"} `
	r := httptest.NewRequest(http.MethodPost, "/v1/accounts", struct{ io.Reader }{strings.NewReader(body)})
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	if r.ContentLength != -1 {
		t.Fatalf("the length is known: %d", r.ContentLength)
	}
	e.Echo.ServeHTTP(httptest.NewRecorder(), r)
	if got := edge.BodyOf(e.ctx); string(got) != body {
		t.Errorf("%q", got)
	}
}

func TestBodyLimit(t *testing.T) {
	e := newEdge(t)
	op := e.operation(t, "createResult")
	valid, most := edgetest.Valid(op), int(op.BodyMost)
	for size, want := range map[int]int{most: http.StatusNoContent, most + 1: http.StatusRequestEntityTooLarge} {
		for _, announced := range []bool{true, false} {
			body := append(bytes.Clone(valid.Body), bytes.Repeat([]byte(" "), size-len(valid.Body))...)
			r, err := valid.HTTP("http://edge.test")
			if err != nil {
				t.Fatal(err)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), -1
			if announced {
				r.ContentLength = int64(size)
			}
			r.Header.Set("Authorization", "Bearer token")
			w := httptest.NewRecorder()
			e.Echo.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%d bytes, announced %v: %d", size, announced, w.Code)
			}
		}
	}
}

// What is left of a body that is too long is not waited for: the connection ends.
func TestTheRestOfALongBodyIsNotRead(t *testing.T) {
	server := httptest.NewServer(newEdge(t).Echo)
	defer server.Close()
	for name, body := range map[string]io.Reader{
		"announced":     bytes.NewReader(bytes.Repeat([]byte(" "), 1<<20)),
		"not announced": struct{ io.Reader }{bytes.NewReader(bytes.Repeat([]byte(" "), 1<<20))},
	} {
		r, err := http.NewRequest(http.MethodPost, server.URL+"/v1/accounts", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge || !response.Close {
			t.Errorf("%s: %d, ends the connection: %v", name, response.StatusCode, response.Close)
		}
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	for name, c := range map[string]struct {
		gone bool
		want int
	}{"connection lost": {false, http.StatusBadRequest}, "client gone": {true, 499}} {
		e := newEdge(t)
		r := httptest.NewRequest(http.MethodPost, "/v1/accounts", io.MultiReader(strings.NewReader(`{"na`), broken{}))
		r.Header.Set("Content-Type", "application/json")
		ctx, cancel := context.WithCancel(t.Context())
		if c.gone {
			cancel()
		}
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r.WithContext(ctx))
		cancel()
		if w.Code != c.want {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

// check sends a request that a fuzzer made.
func (e *stub) check(t *testing.T, r *http.Request) (passed bool) {
	t.Helper()
	r.Header.Set("Authorization", "Bearer token")
	e.reached = nil
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, r)
	if len(e.reached) > 0 {
		return true
	}
	if p := problem(t, w); w.Code < 400 || w.Code >= 500 || p.Code == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	return false
}

// Whatever a body holds: an answer that is no failure of ours, and what passes is one JSON document that the wire types take whole.
func FuzzBody(f *testing.F) {
	e := newEdge(f)
	operations := []string{"createResult", "createContract"}
	for i, id := range operations {
		for n, bad := range edgetest.BadInputs(e.operation(f, id)) {
			if n%7 == 0 && len(bad.Body) < 10_000 {
				f.Add(i, bad.Body)
			}
		}
		f.Add(i, edgetest.Valid(e.operation(f, id)).Body)
	}
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		op := e.operation(t, operations[uint(i)%2])
		valid := edgetest.Valid(op)
		valid.Body = body
		r, err := valid.HTTP("http://edge.test")
		if err != nil {
			t.Fatal(err)
		}
		if !e.check(t, r) {
			return
		}
		var into any = new(wire.ResultInput)
		if op.ID == "createContract" {
			into = new(wire.ContractInput)
		}
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(into); err != nil {
			t.Errorf("%v: %s", err, body)
		}
	})
}
