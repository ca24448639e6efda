// Package web is the portal: what people see. Its pages are rendered here, over the same use cases that programs call, and work without a
// script. Package site is their mechanism, contract reads the description as forms and tables, ui has the components, words the texts; open
// has the pages for everybody, and desk those of who has signed in.
package web

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/internal/app"
	"jiebang/web/desk"
	"jiebang/web/open"
	"jiebang/web/site"
	"jiebang/web/ui"
)

//go:generate go -C ../tools/templ tool templ generate -path ../../web -log-level error

// Register hangs the portal on a server that answers the API.
func Register(e *echo.Echo, a *app.App, spec *edge.Spec) *site.Site {
	s := site.New(a, spec, e)
	s.Layout = func(p *site.Page, content templ.Component) templ.Component { return ui.Layout(p, content) }
	s.Failed = func(p *site.Page, f *site.Failure) error { return p.ShowFailure(f, ui.Failed(p, f)) }
	s.Assets.Register(e)
	open.Register(e, s)
	desk.Register(e, s)
	problem := e.HTTPErrorHandler
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if forPeople(c) {
			s.Fail(err, c)
			return
		}
		problem(err, c)
	}
	return s
}

// forPeople tells a browser that asked for a page, and not a program.
func forPeople(c echo.Context) bool {
	r := c.Request()
	return !strings.HasPrefix(r.URL.Path, "/v1/") && strings.Contains(r.Header.Get(echo.HeaderAccept), "text/html")
}
