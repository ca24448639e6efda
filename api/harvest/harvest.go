// Package harvest gives open data away: whole files, and to harvesters by OAI-PMH. The address of those is no operation of the description: that
// protocol has its own way to ask, to refuse and to go on, and every answer is XML with status 200.
package harvest

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/harvest"
	"jiebang/internal/work"
)

const (
	kind     = "text/xml; charset=utf-8"
	formMost = 16 << 10 // bytes of a form
)

// SiteOf is what harvesters are told of a system: where it is reached, and who answers for it.
func SiteOf(public, admin string) harvest.Site {
	return harvest.Site{Public: public, Admin: admin, Field: func(code string) string { return wire.Value(wire.FieldName(code)) }}
}

// Routes hangs the files on the edge.
func Routes(e *edge.Edge, s *harvest.Service, site harvest.Site) {
	edge.Flow(e, "downloadOpenData", func(ctx context.Context, call work.Call, q harvest.Wanted) (edge.Flowing, error) {
		d, err := s.Dump(ctx, call.Actor, site, q)
		return edge.Flowing{Write: d.Write, MediaType: d.MediaType, Name: d.Name}, err
	})
}

// Protocol hangs the address of OAI-PMH on the server.
func Protocol(e *echo.Echo, s *harvest.Service, site harvest.Site) {
	e.Match([]string{http.MethodGet, http.MethodHead, http.MethodPost}, harvest.Path, func(c echo.Context) error {
		args := arguments(c)
		if err := edge.Charge(c, harvest.Price(args)); err != nil {
			return err
		}
		answer, err := s.Answer(c.Request().Context(), site, args)
		if err != nil {
			return err
		}
		c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
		c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
		return edge.SendText(c, kind, answer)
	})
}

// arguments are those of the address, or of the form that is sent. Where they cannot be read there are none, which the protocol refuses by its own
// rule.
func arguments(c echo.Context) url.Values {
	q := c.Request()
	text := q.URL.RawQuery
	if q.Method == http.MethodPost {
		form, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, q.Body, formMost))
		if err != nil {
			return nil
		}
		text = strings.Trim(text+"&"+strings.TrimSpace(string(form)), "&")
	}
	args, err := url.ParseQuery(text)
	if err != nil {
		return nil
	}
	return args
}
