package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"jiebang/internal/db"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Kind is one kind of record at the edge: where it lives, how it is read, and how a View of it is written. *V embeds a work.Head.
type Kind[V, W any] struct {
	Path string // "/v1/results"
	Get  func(ctx context.Context, reader policy.Actor, id uuid.UUID) (V, error)
	Wire func(*V) W
	// Open reads the open revision of one, for kinds that have revisions: ?revision=open.
	Open func(ctx context.Context, reader policy.Actor, id uuid.UUID) (V, error)
}

// either is what reading a record of a kind with revisions asks.
type either struct {
	Revision string `query:"revision"`
}

// Create hangs up an operation that makes a record: POST on the collection, 201 with its address and its version.
func Create[B, C, V, W any](e *Edge, id string, k Kind[V, W], input func(*B) (C, error),
	run func(ctx context.Context, call work.Call, in C) (work.Answer[V], error)) {
	e.route(id, shape{verb: "Create", body: typeOf[B](), view: typeOf[*V](), answer: typeOf[W](), status: http.StatusCreated, headers: creation, home: k.Path},
		func(c echo.Context, r *request) error {
			in, err := read(r, input)
			if err != nil {
				return err
			}
			a, err := run(c.Request().Context(), r.call(), in)
			return answer(c, r, k, a, err)
		})
}

// CreateUnder is Create for a record that belongs to another, whose id is in the path: POST /v1/contracts/{id}/amendments.
func CreateUnder[B, C, V, W any](e *Edge, id string, k Kind[V, W], input func(*B) (C, error),
	run func(ctx context.Context, call work.Call, parent uuid.UUID, in C) (work.Answer[V], error)) {
	e.route(id, shape{verb: "CreateUnder", body: typeOf[B](), view: typeOf[*V](), answer: typeOf[W](), status: http.StatusCreated, headers: creation, home: k.Path, id: true},
		under(k, input, run))
}

// under makes a record that belongs to the one whose id is in the path.
func under[B, C, V, W any](k Kind[V, W], input func(*B) (C, error), run func(ctx context.Context, call work.Call, parent uuid.UUID, in C) (work.Answer[V], error)) func(echo.Context, *request) error {
	return func(c echo.Context, r *request) error {
		in, err := read(r, input)
		if err != nil {
			return err
		}
		a, err := run(c.Request().Context(), r.call(), idOf(c), in)
		return answer(c, r, k, a, err)
	}
}

// CreateByAnybody is CreateUnder for what visitors may make as well. A key to repeat a call by belongs to an account, so there is none; and
// whoever has no account is told no address, since nothing could be read there by them.
func CreateByAnybody[B, C, V, W any](e *Edge, id string, k Kind[V, W], input func(*B) (C, error),
	run func(ctx context.Context, call work.Call, parent uuid.UUID, in C) (work.Answer[V], error)) {
	e.route(id, shape{verb: "CreateByAnybody", body: typeOf[B](), view: typeOf[*V](), answer: typeOf[W](), status: http.StatusCreated, headers: []string{headerETag, headerLocation}, home: k.Path, id: true},
		under(k, input, run))
}

// CreateFrom is CreateUnder for a record that is made of what the other said when it was read: where the caller names the version that they
// read (If-Match), another one is refused. input is given that version, or 0.
func CreateFrom[B, C, V, W any](e *Edge, id string, k Kind[V, W], input func(b *B, version int64) (C, error),
	run func(ctx context.Context, call work.Call, parent uuid.UUID, in C) (work.Answer[V], error)) {
	e.route(id, shape{verb: "CreateUnder", body: typeOf[B](), view: typeOf[*V](), answer: typeOf[W](), status: http.StatusCreated, headers: creation, home: k.Path, id: true, heeds: true},
		func(c echo.Context, r *request) error {
			make := func(version int64) (out work.Answer[V], err error) {
				in, err := read(r, func(b *B) (C, error) { return input(b, version) })
				if err != nil {
					return out, err
				}
				return run(c.Request().Context(), r.call(), idOf(c), in)
			}
			var a work.Answer[V]
			var err error
			if ifMatch(c.Request().Header) == "" {
				a, err = make(0)
			} else {
				a, err = changing(c, make)
			}
			return answer(c, r, k, a, err)
		})
}

// Read hangs up an operation that reads a record, or its open revision, with its version.
func Read[V, W any](e *Edge, id string, k Kind[V, W]) {
	s := shape{verb: "Read", view: typeOf[*V](), answer: typeOf[W](), status: http.StatusOK, headers: []string{headerETag}, id: true}
	if k.Open != nil {
		s.query = newBinding(typeOf[either]())
	}
	e.route(id, s,
		func(c echo.Context, r *request) error {
			return e.kept.serve(c, r, func() (reply, error) {
				get := k.Get
				if k.Open != nil && c.QueryParam("revision") != "" {
					get = k.Open
				}
				view, err := get(c.Request().Context(), r.actor, idOf(c))
				if err != nil {
					return reply{}, err
				}
				body, err := encode(k.Wire(&view))
				return reply{body: body, etag: ETag(versionOf(&view), body)}, err
			})
		})
}

// page is how every list is written.
type page[W any] struct {
	Items []W    `json:"items"`
	Next  string `json:"next_cursor,omitempty"`
	Total *int64 `json:"total,omitempty"`
	More  bool   `json:"total_is_more,omitempty"`
	// Facets are counts of the whole list, where it tells them.
	Facets any `json:"facets,omitempty"`
}

// List hangs up an operation that lists records by pages. F is the filter: a struct whose fields name their parameters (see bind).
func List[F, V, W any](e *Edge, id string, k Kind[V, W],
	run func(ctx context.Context, reader policy.Actor, filter F, p db.Paging) (db.Page[V], error)) {
	Faceted(e, id, k, run, func(context.Context, policy.Actor, F) ([]struct{}, error) { return nil, nil })
}

// Faceted is List for a list that is counted by facets, too. count gives none where nobody asked for them; it is asked for lists that were read.
func Faceted[F, V, W, X any](e *Edge, id string, k Kind[V, W],
	run func(ctx context.Context, reader policy.Actor, filter F, p db.Paging) (db.Page[V], error),
	count func(ctx context.Context, reader policy.Actor, filter F) ([]X, error)) {
	filter := newBinding(typeOf[F]())
	e.route(id, shape{verb: "List", item: typeOf[W](), status: http.StatusOK, query: filter, pages: true},
		func(c echo.Context, r *request) error {
			return e.kept.serve(c, r, func() (reply, error) {
				query := c.QueryParams()
				var f F
				filter.fill(reflect.ValueOf(&f).Elem(), c, r.operation, query)
				found, err := run(c.Request().Context(), r.actor, f, pagingOf(c, r.operation, query))
				if err != nil {
					return reply{}, err
				}
				out := page[W]{Items: make([]W, len(found.Items)), Next: found.Next, Total: found.Total, More: found.More}
				for i := range found.Items {
					out.Items[i] = k.Wire(&found.Items[i])
				}
				facets, err := count(c.Request().Context(), r.actor, f)
				if err != nil {
					return reply{}, err
				}
				if facets != nil {
					out.Facets = facets
				}
				body, err := encode(out)
				return reply{body: body}, err
			})
		})
}

// Change hangs up an operation that changes a record and takes nothing but its version: most transitions.
func Change[V, W any](e *Edge, id string, k Kind[V, W],
	run func(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error)) {
	e.route(id, shape{verb: "Change", view: typeOf[*V](), answer: typeOf[W](), status: http.StatusOK, headers: change, id: true, version: true},
		func(c echo.Context, r *request) error {
			a, err := changing(c, func(version int64) (work.Answer[V], error) {
				return run(c.Request().Context(), r.call(), idOf(c), version)
			})
			return answer(c, r, k, a, err)
		})
}

// Decide is Change with a body: a PUT, or a transition that takes a reason.
func Decide[B, C, V, W any](e *Edge, id string, k Kind[V, W], input func(*B) (C, error),
	run func(ctx context.Context, call work.Call, id uuid.UUID, version int64, in C) (work.Answer[V], error)) {
	e.route(id, shape{verb: "Decide", body: typeOf[B](), view: typeOf[*V](), answer: typeOf[W](), status: http.StatusOK, headers: change, id: true, version: true},
		func(c echo.Context, r *request) error {
			in, err := read(r, input)
			if err != nil {
				return err
			}
			a, err := changing(c, func(version int64) (work.Answer[V], error) {
				return run(c.Request().Context(), r.call(), idOf(c), version, in)
			})
			return answer(c, r, k, a, err)
		})
}

// Delete hangs up an operation that removes a record.
func Delete(e *Edge, id string, run func(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error)) {
	e.route(id, shape{verb: "Delete", answer: typeOf[None](), status: http.StatusNoContent, headers: []string{headerReplayed}, id: true, version: true},
		func(c echo.Context, r *request) error {
			done, err := changing(c, func(version int64) (work.Done, error) { return run(c.Request().Context(), r.call(), idOf(c), version) })
			if err != nil {
				return err
			}
			if done.Replayed {
				c.Response().Header().Set(headerReplayed, "true")
			}
			return c.NoContent(http.StatusNoContent)
		})
}

// None is the answer of an operation that has nothing to say: 204.
type None struct{}

// Plain hangs up an operation of no particular shape. Q is what it asks: a struct whose fields name their parameters (see bind), and
// at most one of which, with the tag body, is a pointer to the body.
func Plain[Q, W any](e *Edge, id string, run func(ctx context.Context, call work.Call, q Q) (W, error)) {
	query := newBinding(typeOf[Q]())
	s := shape{verb: "Plain", answer: typeOf[W](), query: query, body: query.body}
	tagged := e.spec.byID[id] != nil && e.spec.byID[id].Success.Tagged
	if tagged { // it changes with the program alone
		s.headers = []string{headerETag}
	}
	e.route(id, s, func(c echo.Context, r *request) error {
		var q Q
		v := reflect.ValueOf(&q).Elem()
		query.fill(v, c, r.operation, c.QueryParams())
		if err := query.fillBody(v, r.body); err != nil {
			return err
		}
		out, err := run(c.Request().Context(), r.call(), q)
		if err != nil {
			return err
		}
		if _, none := any(out).(None); none {
			return c.NoContent(r.operation.Success.Status)
		}
		body, err := encode(out)
		if err != nil {
			return err
		}
		answer := reply{body: body}
		if tagged {
			answer.etag = ETag(1, body)
		}
		return answer.send(c, r.operation.Success.Status)
	})
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// read unmarshals a validated body and turns it into what the use case takes.
func read[B, C any](r *request, input func(*B) (C, error)) (C, error) {
	var body B
	if err := json.Unmarshal(r.body, &body); err != nil {
		var none C
		return none, fmt.Errorf("edge: a validated body does not fit its type: %w", err)
	}
	return input(&body)
}

// idOf is the id in the path; validation has seen that it is one.
func idOf(c echo.Context) uuid.UUID { return uuid.MustParse(pathValue(c, "id")) }

// pagingOf is the page that a list operation asks for. Its cursor belongs to the operation and all else that was asked.
func pagingOf(c echo.Context, op *Operation, query url.Values) db.Paging {
	p := db.Paging{Cursor: query.Get("cursor"), Sort: query.Get("sort"), Count: query.Get("count") == "true"}
	limit := query.Get("limit")
	if limit == "" {
		limit = op.parameter(openapi3.ParameterInQuery, "limit").Default
	}
	p.Limit, _ = strconv.Atoi(limit) // validation has seen that it is a number
	rest := url.Values{}
	for name, values := range query {
		if name != "cursor" && name != "limit" && name != "count" {
			rest[name] = values
		}
	}
	p.Query = op.ID + " " + c.Request().URL.Path + "?" + rest.Encode()
	return p
}
