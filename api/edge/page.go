package edge

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/internal/when"
)

// Page hangs up a page that the description does not know, for GET and for HEAD.
func Page(e *echo.Echo, path string, h echo.HandlerFunc) {
	e.Match([]string{http.MethodGet, http.MethodHead}, path, h)
}

// probes are asked by machines that watch this process, often from the address at which everybody else comes in; they cost next to nothing.
var probes = []string{"/healthz", "/readyz"}

// pages takes from each client what a page costs, a plain read: operations are paid for on their own way.
func (e *Edge) pages(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.Path
		if strings.HasPrefix(path, "/v1/") || slices.Contains(probes, path) {
			return next(c)
		}
		charge := func(price int) error {
			if r := requestOf(c.Request().Context()); !r.local {
				if wait := e.limits.clients.take(r.client, price, when.System()); wait > 0 {
					return limited(wait)
				}
			}
			return nil
		}
		if err := charge(1); err != nil {
			return err
		}
		c.Set(charging, charge)
		return next(c)
	}
}

const charging = "edge.charging"

// Charge takes from the client what a page costs in all, in plain reads, where that is more than one: the first was taken before.
func Charge(c echo.Context, price int) error {
	charge, paid := c.Get(charging).(func(int) error)
	if !paid || price <= 1 {
		return nil
	}
	return charge(price - 1)
}

// Document is a page that stays as it is while the program runs: it is sent compressed to those who take it so, and not at all to those who have
// it already.
type Document struct {
	kind  string
	reply reply
}

// NewDocument makes one of a media type and a text.
func NewDocument(kind string, text []byte) *Document {
	sum := sha256.Sum256(text)
	return &Document{kind, reply{body: text, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, packed: &packed{}}}
}

// Send answers with it.
func (d *Document) Send(c echo.Context) error {
	h := c.Response().Header()
	if h.Get(echo.HeaderCacheControl) == "" {
		h.Set(echo.HeaderCacheControl, "no-cache")
	}
	if !slices.Contains(h.Values(echo.HeaderVary), headerAcceptEncoding) {
		h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	}
	return d.reply.sendAs(c, http.StatusOK, d.kind)
}

// SendPage answers with a page that was made for this reader now: compressed where they take that.
func SendPage(c echo.Context, status int, text []byte) error {
	return reply{body: text}.sendAs(c, status, "text/html; charset=utf-8")
}

// SendText answers with a text that was made for this reader now, of whatever media type: compressed where they take that.
func SendText(c echo.Context, kind string, text []byte) error {
	return reply{body: text}.sendAs(c, http.StatusOK, kind)
}

// warnOfProxy says once that a proxy stands before the program that nobody named: all who come through it are one client, with one allowance.
func (e *Edge) warnOfProxy(q *http.Request) {
	if e.alone && (q.Header.Get(echo.HeaderXForwardedFor) != "" || q.Header.Get(headerForwarded) != "") {
		e.warned.Do(func() {
			slog.WarnContext(q.Context(), "requests come with X-Forwarded-For or Forwarded, and JIEBANG_TRUSTED_PROXIES names no proxy: "+
				"all who come through one count as one client", "from", q.RemoteAddr)
		})
	}
}
