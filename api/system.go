package api

import (
	"embed"
	"net/http"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/internal/app"
)

// system holds what openapi.yaml does not describe: how the process is, the description itself, and the pages behind links.
type system struct {
	app      *app.App
	document []byte
}

func (s system) register(e *echo.Echo) {
	// HEAD too: that is how many probes ask.
	e.Match([]string{http.MethodGet, http.MethodHead}, "/healthz", s.healthz)
	e.Match([]string{http.MethodGet, http.MethodHead}, "/readyz", s.readyz)
	edge.Page(e, "/openapi.yaml", s.openapi)
	for _, page := range []string{"email", "password", "invitation"} {
		edge.Page(e, "/links/"+page, link("links.html", "text/html; charset=utf-8"))
	}
	edge.Page(e, "/links/links.js", link("links.js", "text/javascript; charset=utf-8"))
	edge.Page(e, "/links/links.css", link("links.css", "text/css; charset=utf-8"))
	edge.Page(e, "/", func(c echo.Context) error { return c.Redirect(http.StatusFound, "/docs/") })
}

//go:embed links
var links embed.FS

// link serves the page behind the links of mails. The code stands behind the # of its address, so it is in no log; the page hands it
// to the operation that it is for.
func link(name, kind string) echo.HandlerFunc {
	return func(c echo.Context) error {
		text, err := links.ReadFile("links/" + name)
		if err != nil {
			return err
		}
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set(echo.HeaderCacheControl, "no-cache")
		return c.Blob(http.StatusOK, kind, text)
	}
}

// healthz tells that the process runs.
func (s system) healthz(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// readyz tells whether requests should come here: not without a database, but well with a search that is being rebuilt,
// with jobs that wait for an operator, and while changes are refused, since reading goes on.
func (s system) readyz(c echo.Context) error {
	h := s.app.Health(c.Request().Context())
	status := http.StatusOK
	if !h.Database {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, map[string]any{
		"database": h.Database, "search": h.Search, "search_behind": map[string]int64{"changes": h.BehindChanges, "seconds": h.BehindSeconds},
		"changes": h.Changes, "jobs": h.Jobs, "disk": h.Disk, "disk_free_mib": h.FreeMiB, "writes": h.Writes,
	})
}

func (s system) openapi(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", s.document)
}
