package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
)

// headerTheirID gives a caller's own request id back.
const headerTheirID = "X-Caller-Request-Id"

// A caller's own request id is kept when it can stand in a log line as it is.
var goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives each request an identifier of ours, which no other has: it stands in the audit trail. The caller's own, in the same
// header, stands beside it in log and answer, and need not be unique.
func (e *Edge) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		q, h := c.Request(), c.Response().Header()
		e.warnOfProxy(q)
		address := c.RealIP()
		r := &request{id: uuid.NewString(), client: network(address), local: e.alone && loopback(address)}
		if id := q.Header.Get(echo.HeaderXRequestID); goodRequestID.MatchString(id) {
			r.theirs = id
			h.Set(headerTheirID, id)
		}
		h.Set(echo.HeaderXRequestID, r.id)
		c.SetRequest(q.WithContext(context.WithValue(q.Context(), requestKey{}, r)))
		return next(c)
	}
}

// logAccess writes one line for each request: which operation, whose, how it went, how long it took. Paths, queries, headers and bodies
// are left out, because they hold identifiers, search words and secrets. An error is answered here, so that the line tells the
// status that was sent.
func logAccess(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		defer func() {
			ctx, w := c.Request().Context(), c.Response()
			slog.InfoContext(ctx, "request", append(requestOf(ctx).attrs(), "method", method(c.Request()), "route", route(c),
				"status", w.Status, "bytes", w.Size, "duration", time.Since(start))...)
		}()
		if err := next(c); err != nil {
			c.Error(err)
		}
		return nil
	}
}

// attrs is which request a line of the log is of, and whose.
func (r *request) attrs() []any {
	out := []any{"request_id", r.id}
	if r.theirs != "" {
		out = append(out, "caller_request_id", r.theirs)
	}
	out = append(out, "client", r.client)
	if r.actor.Account != uuid.Nil {
		out = append(out, "account", r.actor.Account)
	}
	return out
}

// route is the pattern that the request was routed to; an unknown path is the sender's text and stays out of the log.
func route(c echo.Context) string {
	if p := c.Path(); p != "" {
		return p
	}
	return "none"
}

// method keeps invented methods out of the log, too.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// panicError is a panic on its way to the log.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// recoverPanic makes a panic an internal failure of this one request. Where part of the answer has left already, the connection
// is cut instead: half an answer must not look like a whole one.
func recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if e, ok := value.(error); ok && errors.Is(e, http.ErrAbortHandler) {
				panic(value)
			}
			err = &panicError{value, debug.Stack()}
			if c.Response().Committed {
				Problem(err, c)
				panic(http.ErrAbortHandler)
			}
		}()
		return next(c)
	}
}

// setHeaders answers for the API: nothing in it is to be rendered, framed or sniffed, and what was told to one account is kept by
// no cache. A handler of pages sets its own policy over it.
func setHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
		h.Set(echo.HeaderReferrerPolicy, "no-referrer")
		h.Add(echo.HeaderVary, echo.HeaderAuthorization)
		h.Add(echo.HeaderVary, headerAcceptEncoding)
		method := c.Request().Method
		if c.Request().Header.Get(echo.HeaderAuthorization) != "" || method != http.MethodGet && method != http.MethodHead {
			h.Set(echo.HeaderCacheControl, "no-store")
		}
		return next(c)
	}
}

// limitTime bounds how long a request may take. What fails because its time was up, or because its sender left, is told as that and not as
// whatever broke by it.
func (e *Edge) limitTime(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		requestOf(r.Context()).patient = r.Context()
		ctx, cancel := context.WithTimeout(r.Context(), e.Patience)
		until, _ := ctx.Deadline()
		defer func() {
			cancel()
			c.SetRequest(r) // whoever answers for an error asks whether the client has left, not whether we are done
		}()
		c.SetRequest(r.WithContext(ctx))
		err := next(c)
		switch op := requestOf(r.Context()).operation; {
		case !accidental(err):
			return err
		case r.Context().Err() != nil:
			return errClientGone
		case ctx.Err() == nil && time.Until(until) > 0, op != nil && op.streams(): //nolint:forbidigo // the machine's time, as of the deadline; the context may hear of it a moment later
			return err
		}
		f := fault.Overloaded.From(err)
		f.RetryAfter = retryBusy
		return f
	}
}

// errClientGone is what a request comes to whose sender did not wait.
var errClientGone = errors.New("edge: the client has left")

// accidental tells an error that came about by itself from one that a caller is to be told, and from a panic.
func accidental(err error) bool {
	var told *fault.Error
	var broken *panicError
	return err != nil && !errors.As(err, &told) && !errors.As(err, &broken)
}
