package edge_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/db"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// swap changes a description in one place.
func swap(t *testing.T, document, old, now string) string {
	t.Helper()
	if strings.Count(document, old) == 0 {
		t.Fatalf("the description does not say %q", old)
	}
	return strings.Replace(document, old, now, 1)
}

// part is the text of one operation, so that a change can be made in that alone.
func part(t *testing.T, document, id string) string {
	t.Helper()
	_, text, found := strings.Cut(document, "operationId: "+id+"\n")
	if !found {
		t.Fatalf("the description has no operation %s", id)
	}
	text, _, _ = strings.Cut(text, "\ncomponents:")
	text, _, _ = strings.Cut(text, "operationId:")
	return text
}

// Whatever does not fit between a description and its routes shows before anybody calls.
func TestCheckTellsWhatDoesNotFit(t *testing.T) {
	in := func(id, old, now string) func(*testing.T) string {
		return func(t *testing.T) string {
			was := part(t, things, id)
			return strings.Replace(things, was, swap(t, was, old, now), 1)
		}
	}
	for name, c := range map[string]struct {
		document func(t *testing.T) string
		not      []string // operations that the capability leaves out
		more     func(e *edge.Edge, s *capability)
		want     []string // the whole of what is told
	}{
		"all fits": {},
		"an operation without a route": {
			not: []string{"getThing"}, want: []string{"getThing: has no route"},
		},
		"a route without an operation": {
			more: func(e *edge.Edge, s *capability) { edge.Read(e, "getRubbish", s.kind()) },
			want: []string{"getRubbish: there is no such operation in openapi.yaml"},
		},
		"two routes": {
			more: func(e *edge.Edge, s *capability) { edge.Read(e, "getThing", s.kind()) },
			want: []string{"getThing: has two routes"},
		},

		"another type of the body": {
			document: in("createThing", "requestBodies/ThingInput", "requestBodies/Other"),
			want:     []string{`createThing: Create: reads a body of type "ThingInput", described is "OtherInput"`},
		},
		"a body that is not read": {
			document: in("publishThing", "      responses", "      requestBody: { $ref: '#/components/requestBodies/ThingInput' }\n      responses"),
			want:     []string{"publishThing: Change: reads a body: false, described: true"},
		},
		"a body without a name that is not read": {
			document: in("publishThing", "      responses", "      requestBody: { required: true, content: { application/json: { schema: { type: string } } } }\n      responses"),
			want:     []string{"publishThing: Change: reads a body: false, described: true"},
		},
		"a body that is not described": {
			document: in("replaceThing", "      requestBody: { $ref: '#/components/requestBodies/ThingInput' }\n", ""),
			want:     []string{"replaceThing: Decide: reads a body: true, described: false"},
		},
		"another type of the answer": {
			document: in("getThing", "responses/Read", "responses/OtherRead"),
			want:     []string{`getThing: Read: answers "Thing", described is "OtherInput"`},
		},
		"another type of a list's items": {
			document: in("listThings", "responses/Page", "responses/OtherPage"),
			want:     []string{`listThings: List: lists "Thing", described is "OtherInput"`},
		},
		"an answer where nothing is said": {
			document: in("forgetThing", "{ '204': { description: gone } }", "{ '200': { $ref: '#/components/responses/Bare' } }"),
			want:     []string{`forgetThing: Plain: answers nothing, described is "Thing"`},
		},
		"nothing where an answer is told": {
			document: in("countThings", "'202': { description: counted, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }", "'204': { description: counted }"),
			want:     []string{`countThings: Plain: answers "Thing", described is ""`},
		},
		"another status": {
			document: in("createThing", "'201'", "'200'"),
			want:     []string{"createThing: Create: answers 201, described is 200"},
		},
		"a header too few": {
			document: in("createThing", "responses/Created", "responses/Changed"),
			want:     []string{"createThing: Create: answers with [ETag Idempotency-Replayed Location], described are [ETag Idempotency-Replayed]"},
		},
		"a header too many": {
			document: in("getThing", "responses/Read", "responses/Changed"),
			want:     []string{"getThing: Read: answers with [ETag], described are [ETag Idempotency-Replayed]"},
		},

		"bytes that are not streamed": {
			not: []string{"takeThing"},
			more: func(e *edge.Edge, _ *capability) {
				edge.Plain(e, "takeThing", func(context.Context, work.Call, from) (Thing, error) { return Thing{}, nil })
			},
			want: []string{"takeThing: Plain: streams its body: false, its answer: false; described: true, false"},
		},
		"a document that is streamed": {
			document: in("takeThing", "application/octet-stream: { schema: { type: string, format: binary } }", "application/json: { schema: { $ref: '#/components/schemas/ThingInput' } }"),
			want: []string{
				"takeThing: Receive: reads a body: false, described: true",
				"takeThing: Receive: streams its body: true, its answer: false; described: false, false",
			},
		},
		"a content that is a document": {
			document: in("giveThing", "'*/*': { schema: { type: string, format: binary } }", "application/json: { schema: { $ref: '#/components/schemas/Thing' } }"),
			want: []string{
				`giveThing: Send: answers nothing, described is "Thing"`,
				"giveThing: Send: streams its body: false, its answer: true; described: false, false",
			},
		},
		"a content that cannot be asked for in part": {
			document: in("giveThing", "'206': { description: a part of it, content: { '*/*': { schema: { type: string, format: binary } } } }\n        '304'", "'304'"),
			want:     []string{"giveThing: Send: answers a range: true, a 206 is described: false"},
		},
		"a content without its name": {
			document: in("giveThing", ", Content-Disposition: { $ref: '#/components/headers/Text' }", ""),
			want:     []string{"giveThing: Send: answers with [Accept-Ranges Content-Disposition ETag], described are [Accept-Ranges ETag]"},
		},

		"a parameter that nothing binds": {
			document: in("listThings", "name: old, in: query", "name: new, in: query"),
			want: []string{
				"listThings: List: query old is bound and not described",
				"listThings: List: query new is described and bound to nothing",
			},
		},
		"a parameter of another spelling": {
			document: in("listThings", "name: old, in: query", "name: OLD, in: query"),
			want:     []string{"listThings: List: query OLD is described and bound to nothing"},
		},
		"a parameter of a read": {
			document: in("getThing", "      responses", "      parameters: [{ name: as_of, in: query, schema: { type: string } }]\n      responses"),
			want:     []string{"getThing: Read: query as_of is described and bound to nothing"},
		},
		"a second parameter of a path": {
			document: func(t *testing.T) string {
				was := part(t, things, "publishThing")
				now := swap(t, was, "- { $ref: '#/components/parameters/Id' }", "- { $ref: '#/components/parameters/Id' }\n        - { name: at, in: path, required: true, schema: { type: string } }")
				return swap(t, strings.Replace(things, was, now, 1), "/v1/things/{id}/publish", "/v1/things/{id}/publish/{at}")
			},
			want: []string{"publishThing: Change: path at is described and bound to nothing"},
		},
		"a parameter that does not fit its field": {
			document: in("listThings", "schema: { type: boolean }", "schema: { type: integer }"),
			want:     []string{"listThings: List: query old does not fit into a *bool"},
		},
		"a list that does not say how long its pages are": {
			document: func(t *testing.T) string { return swap(t, things, ", default: 30", "") },
			want: []string{
				"listThings: List: pages by cursor, and by a limit that has a default",
				"listParts: List: pages by cursor, and by a limit that has a default",
			},
		},
		"a list without a cursor": {
			document: in("listThings", "        - { $ref: '#/components/parameters/Cursor' }\n", ""),
			want:     []string{"listThings: List: pages by cursor, and by a limit that has a default"},
		},

		"a record that is made and cannot be read": {
			document: func(t *testing.T) string { return swap(t, things, "/v1/parts/{id}", "/v1/pieces/{id}") },
			want:     []string{"createPart: what it makes cannot be read: GET /v1/parts/{id} is not described"},
		},
		"a creation without a key": {
			document: in("createThing", "parameters/Key", "parameters/OptionalKey"),
			want:     []string{"createThing: Create: what creates requires an Idempotency-Key"},
		},
		"a change that requires a key": {
			document: in("publishThing", "parameters/OptionalKey", "parameters/Key"),
			want:     []string{"publishThing: Change: what changes takes an Idempotency-Key"},
		},
		"a change without a version": {
			document: in("publishThing", "        - { $ref: '#/components/parameters/IfMatch' }\n", ""),
			want:     []string{"publishThing: Change: asks for a version: true, described otherwise"},
		},
		"a key of visitors": {
			document: in("createThing", "tags: [things]", "tags: [things]\n      security: [{}, { bearer: [] }]"),
			want:     []string{"createThing: Create: a visitor may call it, and an Idempotency-Key belongs to an account"},
		},
		"a key and a query": {
			document: in("createThing", "parameters: [", "parameters: [{ name: by, in: query, schema: { type: string } }, "),
			want: []string{
				"createThing: Create: it has a query, which the fingerprint of an Idempotency-Key leaves out",
				"createThing: Create: query by is described and bound to nothing",
			},
		},

		"a reading that is called by POST": {
			document: func(t *testing.T) string {
				return swap(t, things, "    get:\n      operationId: getThing", "    post:\n      operationId: getThing")
			},
			want: []string{
				"getThing: Read: is not meant for POST",
				"createThing: what it makes cannot be read: GET /v1/things/{id} is not described",
			},
		},
		"a change that is called by GET": {
			document: func(t *testing.T) string {
				return swap(t, things, "    post:\n      operationId: publishThing", "    get:\n      operationId: publishThing")
			},
			want: []string{"publishThing: Change: is not meant for GET"},
		},
		"a change hung up as a creation": {
			not: []string{"publishThing"},
			more: func(e *edge.Edge, s *capability) {
				edge.Create(e, "publishThing", s.kind(), input, func(context.Context, work.Call, string) (work.Answer[view], error) { return s.answer() })
			},
			want: []string{
				"publishThing: Create: reads a body: true, described: false",
				"publishThing: Create: answers 201, described is 200",
				"publishThing: Create: answers with [ETag Idempotency-Replayed Location], described are [ETag Idempotency-Replayed]",
				"publishThing: Create: asks for a version: false, described otherwise",
				"publishThing: Create: what creates requires an Idempotency-Key",
				"publishThing: Create: path id is described and bound to nothing",
			},
		},
		"a list hung up as a reading": {
			not:  []string{"listThings"},
			more: func(e *edge.Edge, s *capability) { edge.Read(e, "listThings", s.kind()) },
			want: []string{
				`listThings: Read: answers "Thing", described is "ThingPage"`,
				"listThings: Read: answers If-None-Match, and no 304 is described",
				"listThings: Read: answers with [ETag], described are []",
				"listThings: Read: the path names a record by its id, described otherwise",
				"listThings: Read: query limit is described and bound to nothing",
				"listThings: Read: query cursor is described and bound to nothing",
				"listThings: Read: query sort is described and bound to nothing",
				"listThings: Read: query owner_id is described and bound to nothing",
				"listThings: Read: query old is described and bound to nothing",
			},
		},
		"a change hung up as a plain operation": {
			not: []string{"publishThing"},
			more: func(e *edge.Edge, _ *capability) {
				edge.Plain(e, "publishThing", func(context.Context, work.Call, one) (Thing, error) { return Thing{}, nil })
			},
			want: []string{
				"publishThing: Plain: answers with [], described are [ETag Idempotency-Replayed]",
				"publishThing: Plain: asks for a version: false, described otherwise",
			},
		},
		"a record without a version": {
			not: []string{"getThing"},
			more: func(e *edge.Edge, _ *capability) {
				edge.Read(e, "getThing", edge.Kind[string, Thing]{
					Get:  func(context.Context, policy.Actor, uuid.UUID) (string, error) { return "", nil },
					Wire: func(*string) Thing { return Thing{} },
				})
			},
			want: []string{"getThing: Read: a *string has no version"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			document := things
			if c.document != nil {
				document = c.document(t)
			}
			document = swap(t, document, "  requestBodies:\n", "  requestBodies:\n    Other: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/OtherInput' } } } }\n")
			document = swap(t, document, "  responses:\n    Read:", `  responses:
    Bare: { description: bare, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
    OtherRead:
      description: read
      headers: { ETag: { $ref: '#/components/headers/Text' } }
      content: { application/json: { schema: { $ref: '#/components/schemas/OtherInput' } } }
    OtherPage: { description: a page, content: { application/json: { schema: { $ref: '#/components/schemas/OtherPage' } } } }
    Read:`)
			document = swap(t, document, "  schemas:\n", `  schemas:
    OtherInput: { type: object, additionalProperties: false }
    OtherPage:
      type: object
      properties: { items: { type: array, items: { $ref: '#/components/schemas/OtherInput' } }, next_cursor: { type: string } }
`)
			e, s := edge.New(specOf(t, document), anybody, never), &capability{}
			s.hang(e, c.not...)
			if c.more != nil {
				c.more(e, s)
			}
			var got []string
			if err := e.Check(); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("told\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

// Each field takes the parameters that its type can hold, and no others.
func TestFieldsFitTheirParameters(t *testing.T) {
	schemas := map[string]string{
		"text":    "{type: string}",
		"choice":  "{type: string, enum: [a, b]}",
		"instant": "{type: string, format: date-time}",
		"uuid":    "{type: string, format: uuid}",
		"day":     "{type: string, format: date}",
		"integer": "{type: integer}",
		"boolean": "{type: boolean}",
	}
	type kind string
	check := func(schema string, hang func(e *edge.Edge)) error {
		e := edge.New(specOf(t, `{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {/v1/x: {get: {operationId: getX, tags: [a],
			parameters: [{name: x, in: query, schema: `+schema+`}], responses: {'204': {description: d}}}}}}`), anybody, never)
		hang(e)
		return e.Check()
	}
	for name, c := range map[string]struct {
		hang func(e *edge.Edge)
		fits []string
	}{
		"string":         {binds[string], []string{"text", "choice", "instant"}},
		"named string":   {binds[kind], []string{"text", "choice", "instant"}},
		"pointer to one": {binds[*kind], []string{"text", "choice", "instant"}},
		"uuid.UUID":      {binds[uuid.UUID], []string{"uuid"}},
		"*uuid.UUID":     {binds[*uuid.UUID], []string{"uuid"}},
		"when.Day":       {binds[when.Day], []string{"day"}},
		"*when.Day":      {binds[*when.Day], []string{"day"}},
		"int":            {binds[int], []string{"integer"}},
		"*int64":         {binds[*int64], []string{"integer"}},
		"bool":           {binds[bool], []string{"boolean"}},
		"*bool":          {binds[*bool], []string{"boolean"}},
		"int32":          {binds[int32], nil},
		"float64":        {binds[float64], nil},
		"[]string":       {binds[[]string], nil},
		"**string":       {binds[**string], nil},
		"[16]byte":       {binds[[16]byte], nil},
	} {
		for schema, text := range schemas {
			if err := check(text, c.hang); (err == nil) != slices.Contains(c.fits, schema) {
				t.Errorf("%s for %s: %v", name, schema, err)
			}
		}
	}
}

// binds hangs up an operation that binds its one parameter to a T.
func binds[T any](e *edge.Edge) {
	edge.Plain(e, "getX", func(context.Context, work.Call, struct {
		X T `query:"x"`
	}) (edge.None, error) {
		return edge.None{}, nil
	})
}

// What a request could never fill is a slip of the program, and it does not start with one.
func TestStructsThatCannotBeFilled(t *testing.T) {
	type hidden struct {
		x string `query:"x"`
	}
	type Inner struct {
		X string `query:"x"`
	}
	for name, hang := range map[string]func(e *edge.Edge){
		"not exported": func(e *edge.Edge) {
			edge.Plain(e, "getX", func(_ context.Context, _ work.Call, q hidden) (edge.None, error) { _ = q.x; return edge.None{}, nil })
		},
		"behind a pointer": func(e *edge.Edge) {
			edge.Plain(e, "getX", func(context.Context, work.Call, struct{ *Inner }) (edge.None, error) { return edge.None{}, nil })
		},
		"no struct": func(e *edge.Edge) {
			edge.Plain(e, "getX", func(context.Context, work.Call, string) (edge.None, error) { return edge.None{}, nil })
		},
		"a body that is no pointer": func(e *edge.Edge) {
			edge.Plain(e, "getX", func(context.Context, work.Call, struct {
				Body Thing `body:"yes"`
			}) (edge.None, error) {
				return edge.None{}, nil
			})
		},
		"a filter": func(e *edge.Edge) {
			edge.List(e, "getX", (&capability{}).kind(), func(context.Context, policy.Actor, int, db.Paging) (db.Page[view], error) {
				return db.Page[view]{}, nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.HasPrefix(text, "edge: ") {
					t.Errorf("%q", text)
				}
			}()
			hang(edge.New(specOf(t, things), anybody, never))
			t.Error("it is taken")
		})
	}
}
