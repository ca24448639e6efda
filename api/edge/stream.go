package edge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Bytes that are streamed have no fixed time, as other requests have: the connection may last while they move. It ends when none moved
// for a while, and when all together are slower than somebody's phone.
const (
	stillFor  = 30 * time.Second
	leastRate = 8 << 10 // bytes a second, on the average
)

// Receive hangs up an operation whose body is bytes, which run is given as they come. Q is what it asks besides: a struct whose fields name
// their parameters (see bind). What run answers is the success; half a body is an error of reading.
func Receive[Q, W any](e *Edge, id string, run func(ctx context.Context, call work.Call, q Q, body io.Reader) (W, error)) {
	query := newBinding(typeOf[Q]())
	e.route(id, shape{verb: "Receive", answer: typeOf[W](), status: http.StatusOK, query: query, takes: true}, func(c echo.Context, r *request) error {
		var q Q
		query.fill(reflect.ValueOf(&q).Elem(), c, r.operation, c.QueryParams())
		in := newMoving(c)
		out, err := run(r.patient, r.call(), q, &receiving{in, c.Request().Body, c.Request().ContentLength})
		if in.broken != nil { // nobody is there to read it, most likely
			slog.DebugContext(r.patient, "a body broke off", "request_id", r.id, "cause", in.broken)
			return fault.MalformedBody.From(errors.New("the body broke off"))
		}
		if err != nil {
			return err
		}
		body, err := encode(out)
		if err != nil {
			return err
		}
		in.extend(0)
		return reply{body: body}.send(c, r.operation.Success.Status)
	})
}

// moving extends the limits of a connection while bytes move on it.
type moving struct {
	conn   *http.ResponseController
	began  time.Time
	at     time.Time // when the limits were set last
	bytes  int64
	broken error
}

func newMoving(c echo.Context) *moving {
	m := &moving{conn: http.NewResponseController(c.Response().Writer), began: when.System()}
	m.extend(0)
	return m
}

// extend counts bytes and gives the connection time for more, at most as much as the slowest who is borne would need.
func (m *moving) extend(n int) {
	m.bytes += int64(n)
	now := when.System() // the connection's own time, not that of the trade
	if now.Sub(m.at) < time.Second {
		return
	}
	m.at = now
	until := now.Add(stillFor)
	if slowest := m.began.Add(2*stillFor + time.Duration(m.bytes/leastRate)*time.Second); slowest.Before(until) {
		until = slowest
	}
	// A writer that knows no limits, as in some tests, has none to extend.
	_ = m.conn.SetReadDeadline(until)
	_ = m.conn.SetWriteDeadline(until.Add(stillFor)) // an answer still has to be written when reading has ended
}

// receiving is a body as it comes.
type receiving struct {
	*moving
	body io.Reader
	size int64 // as announced; negative: it was not
}

// Len is how many bytes were announced, or a negative number.
func (r *receiving) Len() int64 { return r.size }

func (r *receiving) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	r.extend(n)
	if err != nil && !errors.Is(err, io.EOF) {
		r.broken = err
		err = fmt.Errorf("edge: the body broke off: %w", err)
	}
	return n, err
}

// sending is an answer on its way, in pieces that each have their time.
type sending struct {
	*moving
	to io.Writer
}

func (s *sending) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		var k int
		k, err = s.to.Write(p[:min(len(p), 256<<10)])
		s.extend(k)
		n, p = n+k, p[k:]
	}
	return n, err
}

// Patient is the context of a request without the limit on its time, for a page that hands bytes on as they move: what it calls has limits of its own.
func Patient(ctx context.Context) context.Context {
	if r := requestOf(ctx); r.patient != nil {
		return r.patient
	}
	return ctx
}
