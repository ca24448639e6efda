// Package site is the mechanism of the pages: who reads, in which language, what is called on their behalf, and how a page is sent. It holds
// no text and no rule: a page that changes something calls the operation of the API, in this process and with the reader's own session, so
// that validation, permission, versions and idempotency are the same for a person as for a program.
package site

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/internal/app"
	"jiebang/web/assets"
	"jiebang/web/contract"
)

// Site is what every page stands on.
type Site struct {
	App    *app.App
	Book   *contract.Book
	Assets *assets.Assets
	// Layout puts a page's content into its frame, and Failed is the page of what went wrong; package ui gives both.
	Layout Frame
	Failed func(p *Page, f *Failure) error

	api http.Handler
}

// New makes a site over a running system; api answers its operations.
func New(a *app.App, spec *edge.Spec, api http.Handler) *Site {
	return &Site{App: a, Book: contract.Read(spec), Assets: assets.New(), api: api}
}

// Handler answers one request for a page.
type Handler func(p *Page) error

// foreign refuses forms that were sent from other sites: the session is a cookie, which a browser sends along. Go's own: by Sec-Fetch-Site, or
// by Origin where a browser does not send that.
var foreign = http.NewCrossOriginProtection()

// Get hangs up a page that is read.
func (s *Site) Get(e *echo.Echo, path string, h Handler) {
	edge.Page(e, path, s.page(h))
}

// Post hangs up what a form is sent to.
func (s *Site) Post(e *echo.Echo, path string, h Handler) {
	e.POST(path, s.page(func(p *Page) error {
		if err := foreign.Check(p.Context.Request()); err != nil {
			return errForeign
		}
		return h(p)
	}))
}

func (s *Site) page(h Handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		p := s.open(c)
		if err := h(p); err != nil {
			return p.fail(err)
		}
		return nil
	}
}

// Fail answers with a page for what no page's handler answered: an address that does not exist, asked for by a browser.
func (s *Site) Fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if err := s.open(c).fail(err); err != nil {
		edge.Problem(err, c)
	}
}
