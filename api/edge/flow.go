package edge

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/labstack/echo/v4"

	"jiebang/internal/work"
)

// Flowing is what Flow answers with: a file that is made while it is sent, so that nobody knows its size before.
type Flowing struct {
	Write     func(w io.Writer) error
	MediaType string
	Name      string // by which the reader keeps it
}

// Flow hangs up an operation whose answer is a file made for it. Q is what it asks: a struct whose fields name their parameters (see bind). What
// run refuses, and what goes wrong before the first byte, is answered as an error; after that the connection is cut, since half a file must not
// look like all of it.
func Flow[Q any](e *Edge, id string, run func(ctx context.Context, call work.Call, q Q) (Flowing, error)) {
	query := newBinding(typeOf[Q]())
	e.route(id, shape{verb: "Flow", status: http.StatusOK, query: query, flows: true, headers: []string{headerDisposition}}, func(c echo.Context, r *request) error {
		var q Q
		query.fill(reflect.ValueOf(&q).Elem(), c, r.operation, c.QueryParams())
		out, err := run(r.patient, r.call(), q)
		if err != nil {
			return err
		}
		w := &flow{c: c, out: out}
		if c.Request().Method == http.MethodHead {
			w.begin()
			return nil
		}
		if err := out.Write(w); err != nil {
			if w.to == nil {
				return err
			}
			if r.patient.Err() == nil {
				slog.WarnContext(r.patient, "a file was not sent whole", "request_id", r.id, "cause", err)
			}
			panic(http.ErrAbortHandler)
		}
		w.begin()
		return nil
	})
}

// flow begins the answer with its first byte.
type flow struct {
	c   echo.Context
	out Flowing
	to  *sending
}

func (f *flow) begin() {
	if f.to != nil {
		return
	}
	h := f.c.Response().Header()
	h.Set(headerDisposition, disposition(f.out.Name))
	h.Set(echo.HeaderContentSecurityPolicy, "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set(echo.HeaderContentType, f.out.MediaType)
	f.c.Response().WriteHeader(http.StatusOK)
	f.to = &sending{newMoving(f.c), f.c.Response()}
}

func (f *flow) Write(p []byte) (int, error) {
	f.begin()
	return f.to.Write(p)
}
