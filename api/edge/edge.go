// Package edge is the mechanism of the HTTP edge: it reads requests, holds them to openapi.yaml, tells who makes them, and writes
// answers and problems. It knows no capability. A capability's package hangs its use cases on it with one verb for each shape of
// operation: Create, CreateUnder, CreateByAnybody, Read, List, Change, Decide, Delete and Plain; and Receive and Send, whose bytes are streamed.
//
// When all are hung, Check holds them against the description, both ways: each operation has its route, and types, status and
// headers fit. So a gap shows when the program starts and not when somebody calls.
package edge

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// Edge takes the routes of the operations.
type Edge struct {
	Echo *echo.Echo // for pages that the description does not know
	// Patience is how long a request may take: less than the server's WriteTimeout, so that a database that fell silent is answered
	// for and not waited for.
	Patience time.Duration

	spec  *Spec
	actor Authenticator
	// keyUsed is told of each call by a key of an organization; nil: nobody is.
	keyUsed func(key uuid.UUID, refused bool)
	kept    *kept
	cors    []echo.MiddlewareFunc // around what visitors read
	limits  *limits
	alone   bool            // no proxy is trusted
	warned  sync.Once       // that one seems to stand before us all the same
	routed  map[string]bool // operationIds
	wrong   []error
}

// New makes an Edge without routes. commits tells how often this process has written (work.Unit.Commits): an answer that every
// visitor sees alike is kept while it stands still, for a second at most.
//
// The pieces stand around each route in this order:
//
//	request id → access log → recover → time limit → headers → routing → token needed? → room for one more? → actor → paid for? →
//	validated → a place, where it is heavy → handler
//
// The first five surround every request, also one for a path that does not exist. The rest applies to operations only, so that an
// unknown path is a 404 for everybody; other pages are paid for as plain reads.
func New(spec *Spec, actor Authenticator, commits func() int64) *Edge {
	e := &Edge{Echo: echo.New(), spec: spec, actor: actor, Patience: 30 * time.Second, kept: newKept(commits), routed: map[string]bool{}}
	e.Echo.HideBanner, e.Echo.HidePort = true, true
	e.Echo.HTTPErrorHandler = Problem
	e.Limit(Limits{})
	e.TrustProxies(nil) // without it RealIP believes whatever header a client sends
	e.Echo.Pre(e.identify, logAccess, recoverPanic, e.limitTime, setHeaders)
	e.Echo.Use(e.pages)
	return e
}

// handler answers one validated request.
type handler func(c echo.Context, r *request) error

// route hangs a handler on an operation of the description; shape is what the verb makes of it.
func (e *Edge) route(id string, s shape, h handler) {
	op := e.spec.byID[id]
	switch {
	case op == nil:
		e.wrong = append(e.wrong, fmt.Errorf("%s: there is no such operation in openapi.yaml", id))
		return
	case e.routed[id]:
		e.wrong = append(e.wrong, fmt.Errorf("%s: has two routes", id))
		return
	}
	e.routed[id] = true
	for _, err := range s.fits(op) {
		e.wrong = append(e.wrong, fmt.Errorf("%s: %w", id, err))
	}
	if s.home != "" && e.spec.Operation(http.MethodGet, s.home+"/:id") == nil {
		e.wrong = append(e.wrong, fmt.Errorf("%s: what it makes cannot be read: GET %s/{id} is not described", id, s.home))
	}
	e.hang(op, h)
}

// hang puts what every operation has in common before its handler.
func (e *Edge) hang(op *Operation, h handler) {
	methods, around := []string{op.Method}, []echo.MiddlewareFunc(nil)
	if op.Method == http.MethodGet {
		methods = append(methods, http.MethodHead) // GET without its body
	}
	if op.Reads && !op.TokenRequired && len(e.cors) > 0 {
		around = e.cors
		e.Echo.OPTIONS(op.Pattern, func(c echo.Context) error { return c.NoContent(http.StatusNoContent) }, around...)
	}
	e.Echo.Match(methods, op.Pattern, func(c echo.Context) error {
		q := c.Request()
		if err := refuseRepeated(q.Header); err != nil {
			return err
		}
		if err := requireToken(op, q); err != nil {
			return err
		}
		visitor := bearer(q) == ""
		leave, err := e.limits.admit(op, visitor)
		if err != nil {
			return err
		}
		defer leave()
		if h := c.Response().Header(); h.Get(echo.HeaderCacheControl) == "" {
			h.Set(echo.HeaderCacheControl, "no-cache") // what a visitor reads today policy may take away tomorrow
		}
		r := requestOf(q.Context())
		r.operation = op
		if err := e.authenticate(q, r); err != nil {
			return err
		}
		if err := e.admitKey(op, r); err != nil {
			return err
		}
		if err := e.limits.charge(r, len(q.URL.RawQuery)); err != nil {
			return err
		}
		room := &room{shared: &e.limits.bytes, visitor: visitor}
		defer room.leave()
		if err := op.validate(c, r, room); err != nil {
			return err
		}
		done, err := e.limits.wait(c, r)
		if err != nil {
			return err
		}
		defer done()
		return h(c, r)
	}, around...)
}

// AllowOrigins lets pages of these origins ("https://portal.example.cn", or "*" for all) read in browsers what every visitor may read. No
// token goes along: whoever signs in calls from a server or from this system's own pages.
func (e *Edge) AllowOrigins(origins []string) {
	if len(origins) == 0 {
		return
	}
	e.cors = []echo.MiddlewareFunc{middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins:  origins,
		AllowMethods:  []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowHeaders:  []string{echo.HeaderContentType, "If-None-Match", headerRange, headerIfRange, echo.HeaderXRequestID},
		ExposeHeaders: []string{headerETag, headerRanges, headerRangeSent, headerDisposition, echo.HeaderRetryAfter, echo.HeaderXRequestID, headerTheirID},
		MaxAge:        3600,
	})}
}

// Check tells what does not fit between routes and description.
func (e *Edge) Check() error {
	wrong := slices.Clone(e.wrong)
	for _, op := range e.spec.ordered {
		if !e.routed[op.ID] {
			wrong = append(wrong, fmt.Errorf("%s: has no route", op.ID))
		}
	}
	return errors.Join(wrong...)
}
