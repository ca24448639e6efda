package edge_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// A small description with an operation of each shape, and the capability behind it: things, and parts of things.
const things = `
openapi: 3.0.3
info: { title: things, version: '1' }
security: [{ bearer: [] }]
paths:
  /v1/things:
    post:
      operationId: createThing
      tags: [things]
      parameters: [{ $ref: '#/components/parameters/Key' }]
      requestBody: { $ref: '#/components/requestBodies/ThingInput' }
      responses: { '201': { $ref: '#/components/responses/Created' } }
    get:
      operationId: listThings
      tags: [things]
      security: [{}, { bearer: [] }]
      parameters:
        - { $ref: '#/components/parameters/Limit' }
        - { $ref: '#/components/parameters/Cursor' }
        - { name: sort, in: query, schema: { type: string, enum: [newest, title] } }
        - { name: owner_id, in: query, schema: { type: string, format: uuid } }
        - { name: old, in: query, schema: { type: boolean } }
      responses: { '200': { $ref: '#/components/responses/Page' } }
  /v1/things/{id}:
    parameters: [{ $ref: '#/components/parameters/Id' }]
    get:
      operationId: getThing
      tags: [things]
      security: [{}, { bearer: [] }]
      responses: { '200': { $ref: '#/components/responses/Read' }, '304': { description: known } }
    put:
      operationId: replaceThing
      tags: [things]
      parameters: [{ $ref: '#/components/parameters/IfMatch' }, { $ref: '#/components/parameters/OptionalKey' }]
      requestBody: { $ref: '#/components/requestBodies/ThingInput' }
      responses: { '200': { $ref: '#/components/responses/Changed' } }
    delete:
      operationId: forgetThing
      tags: [things]
      responses: { '204': { description: gone } }
  /v1/things/{id}/publish:
    post:
      operationId: publishThing
      tags: [things]
      parameters:
        - { $ref: '#/components/parameters/Id' }
        - { $ref: '#/components/parameters/IfMatch' }
        - { $ref: '#/components/parameters/OptionalKey' }
      responses: { '200': { $ref: '#/components/responses/Changed' } }
  /v1/things/{id}/content:
    parameters: [{ $ref: '#/components/parameters/Id' }]
    put:
      operationId: takeThing
      tags: [things]
      parameters: [{ name: offset, in: query, schema: { type: integer, format: int64, default: 0 } }]
      requestBody: { required: true, content: { application/octet-stream: { schema: { type: string, format: binary } } } }
      responses: { '200': { $ref: '#/components/responses/Plain' } }
    get:
      operationId: giveThing
      tags: [things]
      security: [{}, { bearer: [] }]
      responses:
        '200':
          description: content
          headers: { ETag: { $ref: '#/components/headers/Text' }, Content-Disposition: { $ref: '#/components/headers/Text' }, Accept-Ranges: { $ref: '#/components/headers/Text' } }
          content: { '*/*': { schema: { type: string, format: binary } } }
        '206': { description: a part of it, content: { '*/*': { schema: { type: string, format: binary } } } }
        '304': { description: as it was }
  /v1/things/{id}/parts:
    parameters: [{ $ref: '#/components/parameters/Id' }]
    post:
      operationId: createPart
      tags: [things]
      parameters: [{ $ref: '#/components/parameters/Key' }]
      requestBody: { $ref: '#/components/requestBodies/ThingInput' }
      responses: { '201': { $ref: '#/components/responses/Created' } }
    get:
      operationId: listParts
      tags: [things]
      security: [{}, { bearer: [] }]
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }]
      responses: { '200': { $ref: '#/components/responses/Page' } }
  /v1/parts/{id}:
    get:
      operationId: getPart
      tags: [things]
      parameters: [{ $ref: '#/components/parameters/Id' }]
      responses: { '200': { $ref: '#/components/responses/Read' }, '304': { description: known } }
  /v1/count:
    post:
      operationId: countThings
      x-heavy-from: 0
      tags: [things]
      security: []
      parameters:
        - { name: by, in: query, schema: { type: string, default: month } }
      requestBody: { $ref: '#/components/requestBodies/ThingInput' }
      responses: { '202': { description: counted, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } }
components:
  securitySchemes: { bearer: { type: http, scheme: bearer } }
  parameters:
    Id: { name: id, in: path, required: true, schema: { type: string, format: uuid } }
    Limit: { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100, default: 30 } }
    Cursor: { name: cursor, in: query, schema: { type: string } }
    IfMatch: { name: If-Match, in: header, required: true, schema: { type: string } }
    Key: { name: Idempotency-Key, in: header, required: true, schema: { type: string } }
    OptionalKey: { name: Idempotency-Key, in: header, schema: { type: string } }
  requestBodies:
    ThingInput: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/ThingInput' } } } }
  headers:
    Text: { schema: { type: string } }
  responses:
    Read:
      description: read
      headers: { ETag: { $ref: '#/components/headers/Text' } }
      content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
    Changed:
      description: changed
      headers: { ETag: { $ref: '#/components/headers/Text' }, Idempotency-Replayed: { $ref: '#/components/headers/Text' } }
      content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
    Created:
      description: created
      headers:
        ETag: { $ref: '#/components/headers/Text' }
        Idempotency-Replayed: { $ref: '#/components/headers/Text' }
        Location: { $ref: '#/components/headers/Text' }
      content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
    Page:
      description: a page
      content: { application/json: { schema: { $ref: '#/components/schemas/ThingPage' } } }
    Plain: { description: plain, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
  schemas:
    Thing: { type: object, required: [title], properties: { title: { type: string } } }
    ThingInput: { type: object, additionalProperties: false, required: [title], properties: { title: { type: string } } }
    ThingPage:
      type: object
      properties: { items: { type: array, items: { $ref: '#/components/schemas/Thing' } }, next_cursor: { type: string } }
`

// The wire types.
type (
	Thing struct {
		Title string `json:"title"`
	}
	ThingInput struct {
		Title string `json:"title"`
	}
)

// view is what the capability shows of a thing.
type view struct {
	work.Head
	title string
}

func written(v *view) Thing { return Thing{v.title} }

var errTitle = fault.InvalidInput.At("/title", fault.NotOffered, "此名不可用。", "Not this title.")

func input(b *ThingInput) (string, error) {
	if b.Title == "forbidden" {
		return "", errTitle
	}
	return b.Title, nil
}

type filter struct {
	Owner uuid.UUID `query:"owner_id"`
	Old   *bool     `query:"old"`
}

type under struct {
	Thing uuid.UUID `path:"id"`
}

type counted struct {
	By   string      `query:"by"`
	Body *ThingInput `body:"yes"`
}

type from struct {
	ID     uuid.UUID `path:"id"`
	Offset int64     `query:"offset"`
}

// pages is a content that ends with an error, or without.
type pages struct {
	text   string
	err    error
	closed *atomic.Int64
}

func (p *pages) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, p.text)
	return int64(n), errors.Join(err, p.err)
}

func (p pages) Close() error {
	p.closed.Add(1)
	return nil
}

type one struct {
	ID uuid.UUID `path:"id"`
}

// capability is what stands behind the operations: it notes what it was asked, and answers what a test has put there.
type capability struct {
	asked    []any // of the last call, in order
	calls    int
	view     view
	replayed bool
	next     string
	err      error
	text     string // of a content
	size     int64
	cut      error // by which it ends
	closed   atomic.Int64
	hold     func() // runs before an answer
	mu       sync.Mutex
}

func (s *capability) note(asked ...any) {
	s.mu.Lock()
	s.asked, s.calls = asked, s.calls+1
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		hold()
	}
}

func (s *capability) answer() (work.Answer[view], error) {
	return work.Answer[view]{ID: s.view.ID, View: s.view, Replayed: s.replayed}, s.err
}

func (s *capability) page() (db.Page[view], error) {
	if s.view.ID == uuid.Nil {
		return db.Page[view]{}, s.err
	}
	return db.Page[view]{Items: []view{s.view, s.view}, Next: s.next}, s.err
}

func (s *capability) kind() edge.Kind[view, Thing] {
	return edge.Kind[view, Thing]{Path: "/v1/things", Wire: written,
		Get: func(_ context.Context, reader policy.Actor, id uuid.UUID) (view, error) {
			s.note(reader, id)
			return s.view, s.err
		}}
}

// hang hangs the operations up, but for those that are named.
func (s *capability) hang(e *edge.Edge, not ...string) {
	k := s.kind()
	for id, hang := range map[string]func(){
		"createThing": func() {
			edge.Create(e, "createThing", k, input, func(_ context.Context, call work.Call, title string) (work.Answer[view], error) {
				s.note(call, title)
				return s.answer()
			})
		},
		"createPart": func() {
			edge.CreateUnder(e, "createPart", edge.Kind[view, Thing]{Path: "/v1/parts", Wire: written}, input,
				func(_ context.Context, call work.Call, parent uuid.UUID, title string) (work.Answer[view], error) {
					s.note(call, parent, title)
					return s.answer()
				})
		},
		"takeThing": func() {
			edge.Receive(e, "takeThing", func(_ context.Context, call work.Call, q from, body io.Reader) (Thing, error) {
				raw, err := io.ReadAll(body)
				s.note(call, q, string(raw), err)
				return Thing{s.view.title}, s.err
			})
		},
		"giveThing": func() {
			edge.Send(e, "giveThing", func(_ context.Context, reader policy.Actor, id uuid.UUID) (edge.Content, error) {
				s.note(reader, id)
				p := pages{s.text, s.cut, &s.closed}
				return edge.Content{Section: func(from, to int64) error {
					p.text = p.text[min(from, int64(len(p.text))):min(to, int64(len(p.text)))]
					return nil
				}, WriterTo: &p, Closer: p, Size: s.size, MediaType: "application/pdf", Name: s.view.title, ETag: "x"}, s.err
			})
		},
		"getPart":  func() { edge.Read(e, "getPart", k) },
		"getThing": func() { edge.Read(e, "getThing", k) },
		"listThings": func() {
			edge.List(e, "listThings", k, func(_ context.Context, reader policy.Actor, f filter, p db.Paging) (db.Page[view], error) {
				s.note(reader, f, p)
				return s.page()
			})
		},
		"listParts": func() {
			edge.List(e, "listParts", k, func(_ context.Context, reader policy.Actor, f under, p db.Paging) (db.Page[view], error) {
				s.note(reader, f, p)
				return s.page()
			})
		},
		"publishThing": func() {
			edge.Change(e, "publishThing", k, func(_ context.Context, call work.Call, id uuid.UUID, version int64) (work.Answer[view], error) {
				s.note(call, id, version)
				return s.answer()
			})
		},
		"replaceThing": func() {
			edge.Decide(e, "replaceThing", k, input, func(_ context.Context, call work.Call, id uuid.UUID, version int64, title string) (work.Answer[view], error) {
				s.note(call, id, version, title)
				return s.answer()
			})
		},
		"countThings": func() {
			edge.Plain(e, "countThings", func(_ context.Context, call work.Call, q counted) (Thing, error) {
				s.note(call, q.By, q.Body.Title)
				return Thing{"<three> & more"}, s.err
			})
		},
		"forgetThing": func() {
			edge.Plain(e, "forgetThing", func(_ context.Context, call work.Call, q one) (edge.None, error) {
				s.note(call, q.ID)
				return edge.None{}, s.err
			})
		},
	} {
		if !strings.Contains(strings.Join(not, " "), id) {
			hang()
		}
	}
}

// clerk is whom every token shows.
var clerk = policy.Actor{Account: uuid.MustParse("0197f000-0000-7000-8000-0000000000aa"), Username: "clerk"}

func everyTokenIsTheClerks(context.Context, string) (policy.Actor, error) { return clerk, nil }

func specOf(t testing.TB, document string) *edge.Spec {
	t.Helper()
	s, err := edge.ReadSpec([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const aThing = "0197f000-0000-7000-8000-000000000001"

// newThings is the edge before a capability that has one thing.
func newThings(t testing.TB, commits func() int64) (*edge.Edge, *capability) {
	t.Helper()
	e, s := edge.New(specOf(t, things), everyTokenIsTheClerks, commits), &capability{}
	s.view.ID, s.view.Version, s.view.title = uuid.MustParse(aThing), 3, "泵"
	s.hang(e)
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	return e, s
}

// ask sends a request; header is a list of names and values.
func ask(e *edge.Edge, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, r)
	return w
}

// asClerk is ask with a token and more headers.
func asClerk(e *edge.Edge, method, target, body string, header ...string) *httptest.ResponseRecorder {
	return ask(e, method, target, body, append(header, "Authorization", "Bearer token")...)
}

// headersOf picks the headers of an answer that verbs set.
func headersOf(w *httptest.ResponseRecorder) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"ETag", "Location", "Idempotency-Replayed"} {
		if v, there := w.Header()[http.CanonicalHeaderKey(name)]; there {
			out[name] = strings.Join(v, "|")
		}
	}
	return out
}
