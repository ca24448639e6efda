// Package desk is the pages of who has signed in: what waits for them, lists and records of every collection of the API, and a form for each of
// its operations. Fields, columns and words come from the description, so an operation that is added has its page.
package desk

import (
	"github.com/labstack/echo/v4"

	"jiebang/web/site"
	"jiebang/web/ui"
)

// Register hangs the pages on a server.
func Register(e *echo.Echo, s *site.Site) {
	for _, collection := range []string{"teams", "organizations", "notices"} {
		s.Get(e, "/"+collection, in(collection, list))
		s.Get(e, "/"+collection+"/:id", in(collection, record))
	}
	s.Get(e, "/desk", home)
	s.Get(e, "/desk/queue", queue)
	s.Post(e, "/desk/queue", decideQueue)
	s.Get(e, "/desk/applications/:id", review)
	s.Get(e, "/desk/applications/:id/:part", in("applications", part)) // the route above would take all that follows for the id
	s.Get(e, "/desk/import", newImport)
	s.Get(e, "/desk/imports/:id", importing)
	s.Get(e, "/desk/imports/:id/:part", in("imports", part))
	s.Get(e, "/files/:id/:name", file)
	s.Get(e, "/download/:operation", download)
	s.Get(e, "/upload/:kind/:id", uploadForm)
	s.Post(e, "/upload/:kind/:id", upload)
	s.Get(e, "/write/:kind", write)
	s.Post(e, "/write/:kind", wrote)
	s.Get(e, "/write/:kind/:id/:step", write)
	s.Post(e, "/write/:kind/:id/:step", wrote)
	s.Get(e, "/desk/bids/:id", bid)
	s.Get(e, "/desk/bids/:id/:part", in("bids", part))
	s.Get(e, "/desk/deals", deals)
	s.Get(e, "/desk/deals/:id", in("deals", record))
	s.Get(e, "/desk/deals/:id/:part", in("deals", part))
	s.Get(e, "/desk/mandates", mandates)
	s.Get(e, "/desk/mandates/:id", in("mandates", record))
	s.Get(e, "/desk/mandates/:id/:part", in("mandates", part))
	s.Get(e, "/desk/:collection", list)
	s.Get(e, "/desk/:collection/:id", record)
	s.Get(e, "/desk/:collection/:id/:part", part)
	s.Get(e, "/do/:operation", ask)
	s.Post(e, "/do/:operation", do)
	s.Get(e, "/look/:operation", look)
	s.Get(e, "/suggest/places", ui.SuggestPlaces)
	s.Get(e, "/signin", signIn)
	s.Post(e, "/signin", enter)
	s.Post(e, "/signout", leave)
	s.Get(e, "/join", join)
	s.Get(e, "/account", account)
}

// in is a page of one collection, which its address does not name.
func in(collection string, h site.Handler) site.Handler {
	return func(p *site.Page) error {
		p.Collection = collection
		return h(p)
	}
}
