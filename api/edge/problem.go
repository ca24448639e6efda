package edge

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/internal/work"
)

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
	bytesType   = "application/octet-stream"
	anyType     = "*/*"

	// statusClientGone is for the access log only: nobody is there to read it.
	statusClientGone = 499
	// defaultRetry is what a passing failure asks for when it does not say how long it lasts.
	defaultRetry = 2 * time.Second
)

// statuses is the one place that turns a kind of fault into a status code.
var statuses = map[fault.Kind]int{
	fault.Invalid:          http.StatusBadRequest,
	fault.Unauthenticated:  http.StatusUnauthorized,
	fault.Forbidden:        http.StatusForbidden,
	fault.NotFound:         http.StatusNotFound,
	fault.Conflict:         http.StatusConflict,
	fault.Stale:            http.StatusPreconditionFailed,
	fault.Precondition:     http.StatusPreconditionRequired,
	fault.TooLarge:         http.StatusRequestEntityTooLarge,
	fault.UnsupportedType:  http.StatusUnsupportedMediaType,
	fault.MethodNotAllowed: http.StatusMethodNotAllowed,
	fault.OutOfReach:       http.StatusRequestedRangeNotSatisfiable,
	fault.TooSlow:          http.StatusRequestTimeout,
	fault.TooMany:          http.StatusTooManyRequests,
	fault.Unavailable:      http.StatusServiceUnavailable,
	fault.Internal:         http.StatusInternalServerError,
}

// StatusOf is the status code of a kind; one that the table does not know is our own failure.
func StatusOf(k fault.Kind) int {
	if s, known := statuses[k]; known {
		return s
	}
	return http.StatusInternalServerError
}

// Problem answers a failed call with an RFC 9457 document. All errors of the edge pass through here: it is Echo's error
// handler. What is not a *fault.Error is ours, and its text goes to the log only.
func Problem(err error, c echo.Context) {
	ctx := c.Request().Context()
	f := faultOf(work.Fault(err))
	if errors.Is(err, errClientGone) || ctx.Err() != nil && (errors.Is(err, context.Canceled) || f.Kind == fault.Unavailable) {
		if !c.Response().Committed {
			_ = c.NoContent(statusClientGone)
		}
		return
	}
	code := StatusOf(f.Kind)
	if code >= http.StatusInternalServerError {
		logFailure(ctx, c, err, code)
	}
	if c.Response().Committed {
		return // the answer has begun; there is nothing to take back
	}
	if err := writeProblem(c, f, code); err != nil {
		slog.DebugContext(ctx, "the problem document could not be sent", "request_id", RequestID(ctx), "cause", err)
	}
}

// FaultOf is what an error of a use case or of routing tells a person, and its status: what pages say where the API answers with a problem
// document. What is our own failure is written to the log with the request.
func FaultOf(c echo.Context, err error) (*fault.Error, int) {
	f := faultOf(work.Fault(err))
	code := StatusOf(f.Kind)
	if code >= http.StatusInternalServerError {
		logFailure(c.Request().Context(), c, err, code)
	}
	return f, code
}

// faultOf finds the fault in an error, translates what Echo itself found wrong, and makes everything else an internal failure.
func faultOf(err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Kind == fault.Internal {
			return fault.Failure.New() // detail and places of an internal failure are not for the caller
		}
		return f
	}
	var h *echo.HTTPError
	if !errors.As(err, &h) {
		return fault.Failure.New()
	}
	switch h.Code {
	case http.StatusUnauthorized:
		return fault.SignInRequired.New()
	case http.StatusForbidden:
		return fault.NotAllowed.New()
	case http.StatusNotFound:
		return fault.NotVisible.Because("接口地址不存在，请核对。", "There is no such address; check it.")
	case http.StatusMethodNotAllowed:
		return fault.NoSuchMethod.New()
	case http.StatusRequestEntityTooLarge:
		return fault.BodyTooLarge.New()
	case http.StatusUnsupportedMediaType:
		return fault.UnsupportedBody.New()
	case http.StatusTooManyRequests:
		return fault.RateLimited.New()
	}
	if h.Code >= http.StatusBadRequest && h.Code < http.StatusInternalServerError {
		// Its message may quote the input, so it is not repeated.
		return fault.InvalidInput.At("", fault.BadFormat, "请求无法读取。", "The request cannot be read.")
	}
	return fault.Failure.New()
}

func writeProblem(c echo.Context, f *fault.Error, code int) error {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, problemType)
	header.Set(echo.HeaderCacheControl, "no-store")
	switch f.Kind {
	case fault.Unauthenticated:
		header.Set(echo.HeaderWWWAuthenticate, "Bearer")
	case fault.TooSlow:
		header.Set(echo.HeaderConnection, "close") // the rest of it is not for the next request
	case fault.Unavailable, fault.TooMany:
		header.Set(echo.HeaderRetryAfter, retryAfter(f.RetryAfter))
	}
	tongue := tongueOf(c.Request())
	header.Set("Content-Language", string(tongue))
	header.Add(echo.HeaderVary, "Accept-Language")
	body, err := json.Marshal(document(f, code, RequestID(c.Request().Context()), tongue))
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead { // as GET, but for the body
		header.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
		return c.NoContent(code)
	}
	return c.Blob(code, problemType, body)
}

func document(f *fault.Error, code int, requestID string, tongue tongue) wire.Problem {
	p := wire.Problem{
		Type: "/problems/" + f.Code, Title: tongue.of(f.Text), TitleEn: f.EN, Status: code, Code: f.Code, RequestId: requestID,
	}
	if !f.Detail.IsZero() {
		p.Detail = wire.Ptr(tongue.of(f.Detail))
	}
	if f.State != "" {
		p.State = &f.State
	}
	if len(f.Allowed) > 0 {
		p.AllowedStates = &f.Allowed
	}
	if len(f.Fields) > 0 {
		places := make([]wire.FieldError, len(f.Fields))
		for i, x := range f.Fields {
			places[i] = wire.FieldError{Pointer: x.Pointer, Code: x.Code, Message: tongue.of(x.Message)}
		}
		p.Errors = &places
	}
	return p
}

// retryAfter is in whole seconds, rounded up, and at least one: a client that is told 0 would come back at once.
func retryAfter(d time.Duration) string {
	if d <= 0 {
		d = defaultRetry
	}
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// logFailure keeps what the answer does not tell. A database that is away for a moment is a warning, anything else an error.
func logFailure(ctx context.Context, c echo.Context, err error, code int) {
	level := slog.LevelError
	if code == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	attrs := append(requestOf(ctx).attrs(), "method", method(c.Request()), "route", route(c), "status", code, "cause", err)
	var p *panicError
	if errors.As(err, &p) {
		attrs = append(attrs, "stack", string(p.stack))
	}
	slog.Log(ctx, level, "request failed", attrs...)
}
