package api

import (
	"context"
	"embed"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/internal/app"
	"jiebang/internal/when"
)

// system holds what openapi.yaml does not describe: how the process is, the description itself, and the pages behind links.
type system struct {
	app      *app.App
	document []byte
	health   *lately
}

// lately is how the parts were a moment ago, if they were well: whoever asks often, or many at once, cost one look. What ails is looked at
// anew, so that nobody is told of it once it is mended.
type lately struct {
	mu   sync.Mutex
	was  app.Health
	when time.Time
}

const moment = 250 * time.Millisecond

func (l *lately) of(ctx context.Context, a *app.App) app.Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	// How long ago that was is the machine's to say, and no rule of the trade.
	if now := when.System(); now.Sub(l.when) > moment || !l.was.Good() {
		l.was = a.Health(context.WithoutCancel(ctx)) // it has its own bound of time, and stands for others, too
		l.when = when.System()
	}
	return l.was
}

func (s system) register(e *echo.Echo) {
	// HEAD too: that is how many probes ask.
	e.Match([]string{http.MethodGet, http.MethodHead}, "/healthz", s.healthz)
	e.Match([]string{http.MethodGet, http.MethodHead}, "/readyz", s.readyz)
	edge.Page(e, "/openapi.yaml", edge.NewDocument("application/yaml; charset=utf-8", s.document).Send)
	for _, page := range []string{"email", "password", "invitation", "unsubscribe"} {
		edge.Page(e, "/links/"+page, link("links.html", "text/html; charset=utf-8"))
	}
	edge.Page(e, "/links/links.js", link("links.js", "text/javascript; charset=utf-8"))
	edge.Page(e, "/links/links.css", link("links.css", "text/css; charset=utf-8"))
}

//go:embed links
var links embed.FS

// link serves the page behind the links of mails. The code stands behind the # of its address, so it is in no log; the page hands it
// to the operation that it is for.
func link(name, kind string) echo.HandlerFunc {
	text, err := links.ReadFile("links/" + name)
	page := edge.NewDocument(kind, text)
	return func(c echo.Context) error {
		if err != nil {
			return err
		}
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
		return page.Send(c)
	}
}

// healthz tells that the process runs.
func (s system) healthz(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// readyz tells whether requests should come here: not without a database, but well with a search that is being rebuilt,
// with jobs that wait for an operator, and while changes are refused, since reading goes on.
func (s system) readyz(c echo.Context) error {
	h := s.health.of(c.Request().Context(), s.app)
	status := http.StatusOK
	if !h.Database {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, map[string]any{
		"database": h.Database, "search": h.Search, "search_behind": map[string]int64{"changes": h.BehindChanges, "seconds": h.BehindSeconds},
		"changes": h.Changes, "jobs": h.Jobs, "disk": h.Disk, "disk_free_mib": h.FreeMiB, "writes": h.Writes,
	})
}
