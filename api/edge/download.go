package edge

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// The headers of a download.
const (
	headerDisposition = "Content-Disposition"
	headerRange       = "Range"
	headerIfRange     = "If-Range"
	headerRanges      = "Accept-Ranges"
	headerRangeSent   = "Content-Range"
)

// Content is what Send answers with: a part of it, or all, is written once, and it is closed.
type Content struct {
	// Section chooses what is written, from one byte until before another. What it refuses is answered as an error: nothing was sent by then.
	Section func(from, to int64) error
	io.WriterTo
	io.Closer
	Size      int64
	MediaType string
	Name      string // by which the reader keeps it
	ETag      string // without quotes; it tells no more of the content than the reader may know of it
}

// Send hangs up an operation whose answer is a file's content. It is answered as something to be kept and not shown, whatever is in it: no
// browser takes it for a page of ours. A reader who has a part of it asks for the rest by a range (RFC 9110 section 14).
func Send(e *Edge, id string, run func(ctx context.Context, reader policy.Actor, id uuid.UUID) (Content, error)) {
	s := shape{verb: "Send", status: http.StatusOK, id: true, gives: true, headers: []string{headerRanges, headerDisposition, headerETag}}
	e.route(id, s, func(c echo.Context, r *request) error {
		content, err := run(r.patient, r.actor, idOf(c))
		if err != nil {
			return err
		}
		defer func() { _ = content.Close() }()
		return content.send(c, r)
	})
}

func (content Content) send(c echo.Context, r *request) error {
	q, h, etag := c.Request(), c.Response().Header(), `"`+content.ETag+`"`
	h.Set(headerETag, etag)
	h.Set(headerRanges, "bytes")
	h.Set(headerDisposition, disposition(content.Name))
	h.Set(echo.HeaderContentSecurityPolicy, "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if known(q, etag) {
		h.Del(headerRanges)
		h.Del(headerDisposition)
		return c.NoContent(http.StatusNotModified)
	}
	from, to, status := int64(0), content.Size, http.StatusOK
	if q.Method == http.MethodGet && fresh(q, etag) {
		var outside bool
		if from, to, outside = rangeOf(q.Header.Values(headerRange), content.Size); outside {
			forget(h)
			h.Set(headerRangeSent, fmt.Sprintf("bytes */%d", content.Size))
			return fault.RangeOutside.Because("文件共 %[1]d 字节。", "The file has %[1]d bytes.", content.Size)
		}
		if to-from < content.Size {
			h.Set(headerRangeSent, fmt.Sprintf("bytes %d-%d/%d", from, to-1, content.Size))
			status = http.StatusPartialContent
		}
	}
	if err := content.Section(from, to); err != nil {
		forget(h)
		return err
	}
	h.Set(echo.HeaderContentType, content.MediaType)
	h.Set(echo.HeaderContentLength, strconv.FormatInt(to-from, 10))
	c.Response().WriteHeader(status)
	if q.Method == http.MethodHead {
		return nil
	}
	if _, err := content.WriteTo(&sending{newMoving(c), c.Response()}); err != nil {
		if r.patient.Err() == nil {
			slog.WarnContext(r.patient, "a content was not sent whole", "request_id", r.id, "cause", err)
		}
		panic(http.ErrAbortHandler) // half of it must not look like all of it
	}
	return nil
}

// forget takes back what tells of a content, since a problem is answered instead.
func forget(h http.Header) {
	for _, name := range []string{headerETag, headerRanges, headerRangeSent, headerDisposition} {
		h.Del(name)
	}
}

// fresh tells whether a range may be answered: the part that the reader has is of this content. A weak tag, and a date, never say so.
func fresh(q *http.Request, etag string) bool {
	given := q.Header.Get(headerIfRange)
	return given == "" || given == etag
}

// rangeOf is the one range of bytes that is asked for: from one until before another. Several, other units and what cannot be read are
// answered by the whole, as the protocol allows; outside tells that there is no byte of it.
func rangeOf(given []string, size int64) (from, to int64, outside bool) {
	if len(given) != 1 {
		return 0, size, false
	}
	unit, set, _ := strings.Cut(given[0], "=")
	first, last, two := strings.Cut(strings.TrimSpace(set), "-")
	a, aRead := position(first)
	b, bRead := position(last)
	switch {
	case !strings.EqualFold(strings.TrimSpace(unit), "bytes"), !two, first != "" && !aRead, last != "" && !bRead, first == "" && last == "", aRead && bRead && b < a:
		return 0, size, false
	case !aRead: // the last so many bytes
		return max(0, size-b), size, b == 0
	case a >= size:
		return 0, size, true
	case !bRead || b >= size:
		return a, size, false
	}
	return a, b + 1, false
}

// position reads a number of digits alone.
func position(digits string) (int64, bool) {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

// disposition names an attachment by RFC 6266: as it is in UTF-8 (RFC 8187), and in ASCII for those who cannot read that.
func disposition(name string) string {
	var ascii, extended strings.Builder // Go's own writer has one form or the other
	for _, r := range name {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			ascii.WriteByte('_')
		} else {
			ascii.WriteRune(r)
		}
	}
	for i := range len(name) {
		if c := name[i]; 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			extended.WriteByte(c)
		} else {
			fmt.Fprintf(&extended, "%%%02X", c)
		}
	}
	out := `attachment; filename="` + ascii.String() + `"`
	if ascii.String() != name {
		out += "; filename*=UTF-8''" + extended.String()
	}
	return out
}
