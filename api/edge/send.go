package edge

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

const (
	headerAcceptEncoding = "Accept-Encoding"
	// compressFrom is the size below which an answer is sent as it is: one packet takes it either way.
	compressFrom = 1400
	// compressLevel halves the time of the usual level for some percent of size.
	compressLevel = 3
)

// reply is an answer of JSON, ready to be sent.
type reply struct {
	body   []byte
	etag   string // empty where the answer bears none
	packed *packed
}

// packed is the compressed form of a body that is sent more than once; it is made when somebody first asks for it.
type packed struct {
	once sync.Once
	body []byte
}

// send sends a reply, compressed where the client takes that, and without its body where the client asked for the head only or has it
// already. A tag is weakened along with a compressed body, whose bytes are others than the plain ones.
func (r reply) send(c echo.Context, status int) error { return r.sendAs(c, status, jsonType) }

func (r reply) sendAs(c echo.Context, status int, kind string) error {
	q, h := c.Request(), c.Response().Header()
	reads := q.Method == http.MethodGet || q.Method == http.MethodHead
	body := r.body
	if len(body) >= compressFrom && takesGzip(q.Header.Values(headerAcceptEncoding)) {
		body = r.compressed()
		h.Set(echo.HeaderContentEncoding, "gzip")
		if r.etag != "" {
			h.Set(headerETag, "W/"+r.etag)
		}
	} else if r.etag != "" {
		h.Set(headerETag, r.etag)
	}
	if reads && known(q, r.etag) {
		h.Del(echo.HeaderContentEncoding)
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	if q.Method == http.MethodHead {
		h.Set(echo.HeaderContentType, kind)
		return c.NoContent(status)
	}
	return c.Blob(status, kind, body)
}

// compressed is the body packed, once where the reply is kept.
func (r reply) compressed() []byte {
	if r.packed == nil {
		return pack(r.body)
	}
	r.packed.once.Do(func() { r.packed.body = pack(r.body) })
	return r.packed.body
}

var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(io.Discard, compressLevel) // fails for a level that does not exist only
	return w
}}

func pack(body []byte) []byte {
	var b bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// takesGzip tells whether a client said that it takes gzip: by name, or as any encoding that it does not name (RFC 9110 section 12.5.3).
func takesGzip(values []string) bool {
	any := false
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			name, weight, _ := strings.Cut(part, ";")
			takes := !refused(weight)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "gzip", "x-gzip":
				return takes
			case "*":
				any = takes
			}
		}
	}
	return any
}

// refused tells that a weight is nought: q=0, q=0.000.
func refused(weight string) bool {
	name, value, _ := strings.Cut(weight, "=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return strings.EqualFold(strings.TrimSpace(name), "q") && err == nil && q == 0
}
