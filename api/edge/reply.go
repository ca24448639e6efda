package edge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"jiebang/internal/work"
)

const (
	headerETag     = "ETag"
	headerLocation = "Location"
	headerReplayed = "Idempotency-Replayed"
)

// The headers of a change and of a creation.
var (
	change   = []string{headerETag, headerReplayed}
	creation = []string{headerETag, headerReplayed, headerLocation}
)

// encode writes an answer as JSON: texts as they are, since nothing here is read as HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	if err := w.Encode(v); err != nil {
		return nil, fmt.Errorf("edge: an answer cannot be written: %w", err)
	}
	return b.Bytes(), nil
}

// versioned is a View of a record: it embeds the record's head.
type versioned interface{ Base() *work.Head }

// versionOf is the version of the record that a View shows; shape has seen that it has one.
func versionOf(view any) int64 { return view.(versioned).Base().Version }

// answer tells the outcome of a creation or change: the record as the call left it, and where it lives if it is new and its maker is
// somebody whom it knows again.
func answer[V, W any](c echo.Context, r *request, k Kind[V, W], a work.Answer[V], err error) error {
	if err != nil {
		return err
	}
	body, err := encode(k.Wire(&a.View))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	if a.Replayed {
		h.Set(headerReplayed, "true")
	}
	if r.operation.Success.Status == http.StatusCreated && bearer(c.Request()) != "" {
		h.Set(headerLocation, k.Path+"/"+a.ID.String())
	}
	return reply{body: body, etag: ETag(versionOf(&a.View), body)}.send(c, r.operation.Success.Status)
}

// Answers to visitors are kept for a moment (work.Recent): all of them are told the same, and public records are read far more often
// than written.
const (
	keepBytes = 16 << 20 // then all are forgotten
	keepEach  = 200      // bytes that an answer takes beside its address and its body, plain and packed, roughly
)

type kept struct{ answers *work.Recent[string, reply] }

func newKept(commits func() int64) *kept {
	return &kept{work.NewRecent(commits, keepBytes, func(address string, r reply) int { return len(address) + 2*cap(r.body) + keepEach })}
}

// serve answers a reading operation: a visitor from what is kept, where that is good, everybody else by make.
func (k *kept) serve(c echo.Context, r *request, make func() (reply, error)) error {
	var out reply
	var err error
	if r.token == "" {
		out, err = k.answers.Get(c.Request().URL.RequestURI(), func() (reply, error) { // all that an answer to a visitor depends on
			out, err := make()
			out.packed = new(packed)
			return out, err
		})
	} else {
		out, err = make()
	}
	if err != nil {
		return err
	}
	return out.send(c, http.StatusOK)
}
