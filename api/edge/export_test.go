package edge

import (
	"context"

	"github.com/labstack/echo/v4"
)

// Stub hangs a handler on an operation without a shape.
func (e *Edge) Stub(op *Operation, h echo.HandlerFunc) {
	e.hang(op, func(c echo.Context, _ *request) error { return h(c) })
}

// What travels with a request.
func KeyOf(ctx context.Context) string         { return requestOf(ctx).key }
func FingerprintOf(ctx context.Context) string { return requestOf(ctx).fingerprint }
func OperationOf(ctx context.Context) string   { return requestOf(ctx).operation.ID }
func BodyOf(ctx context.Context) []byte        { return requestOf(ctx).body }
