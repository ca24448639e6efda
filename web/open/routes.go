// Package open is the pages for everybody: the first page, finding and matching, what is published, and the figures.
package open

import (
	"github.com/labstack/echo/v4"

	"jiebang/web/site"
)

// Register hangs the pages on a server.
func Register(e *echo.Echo, s *site.Site) {
	s.Get(e, "/", home)
	s.Get(e, "/find", find)
	s.Get(e, "/match", match)
	s.Post(e, "/match", matched)
	s.Get(e, "/results", results)
	s.Get(e, "/results/:id", result)
	s.Get(e, "/needs", needs)
	s.Get(e, "/needs/:id", need)
	s.Get(e, "/challenges", hall)
	s.Get(e, "/challenges/:id", challenge)
	s.Get(e, "/turnover", turnover)
	s.Get(e, "/plots/:name", plotFile)
	s.Get(e, "/brokers", brokers)
	s.Get(e, "/brokers/:id", broker)
	s.Get(e, "/funnel", funnel)
	s.Get(e, "/indicators", indicators)
	s.Get(e, "/indicators/:code", oneIndicator)
	s.Get(e, "/desk/figures", bureauFigures)
	s.Get(e, "/reports", reports)
	s.Get(e, "/reports/:id", report)
	s.Get(e, "/proof", proof)
	s.Get(e, "/check", check)
	s.Get(e, "/check/:code", check)
	s.Get(e, "/developers", developers)
	s.Get(e, "/wall", wall)
	s.Get(e, "/sitemap.xml", sitemaps)
	s.Get(e, "/sitemap/:name", sitemap)
	s.Get(e, "/robots.txt", robots)
}
