package edge

import (
	"context"
	"reflect"
	"time"

	"github.com/labstack/echo/v4"
)

// Stub hangs a handler on an operation without a shape.
func (e *Edge) Stub(op *Operation, h echo.HandlerFunc) {
	e.hang(op, func(c echo.Context, _ *request) error { return h(c) })
}

// Bind fills a new struct of type t from a request, as verbs do.
func Bind(t reflect.Type, c echo.Context, op *Operation) {
	newBinding(t).fill(reflect.New(t).Elem(), c, op, c.QueryParams())
}

// What travels with a request.
func KeyOf(ctx context.Context) string         { return requestOf(ctx).key }
func FingerprintOf(ctx context.Context) string { return requestOf(ctx).fingerprint }
func OperationOf(ctx context.Context) string   { return requestOf(ctx).operation.ID }
func BodyOf(ctx context.Context) []byte        { return requestOf(ctx).body }

// Bound is what may be kept for visitors, in bytes.
const Bound = keepBytes

// Kept counts what is kept for visitors: the answers, and what they take in bytes.
func (e *Edge) Kept() (answers, bytes int) { return e.kept.answers.Held() }

// Keep keeps an answer for visitors.
func (e *Edge) Keep(address string, body []byte) {
	_, _ = e.kept.answers.Get(address, func() (reply, error) { return reply{body: body}, nil })
}

// Still stops the clock by which what is kept grows old: Age alone moves it on.
func (e *Edge) Still() {
	now := e.kept.answers.Elapsed()
	e.kept.answers.Elapsed = func() time.Duration { return now }
}

// Age makes all that is kept for visitors older.
func (e *Edge) Age(by time.Duration) {
	now := e.kept.answers.Elapsed
	e.kept.answers.Elapsed = func() time.Duration { return now() + by }
}
