package open

import (
	"net/url"

	"jiebang/api/wire"
	"jiebang/web/contract"
	"jiebang/web/site"
)

// asked are those questions of a list that the page's address asks, beside what the list is about.
func asked(p *site.Page, base url.Values, names ...string) url.Values {
	for _, name := range names {
		if v := p.Query().Get(name); v != "" {
			base.Set(name, v)
		}
	}
	return base
}

// filters are the fields of an operation's question by their names, in this order.
func filters(p *site.Page, operation string, names ...string) (out []*contract.Field) {
	for _, name := range names {
		for _, f := range p.Book.Operation(operation).Query {
			if f.Name == name {
				out = append(out, f)
			}
		}
	}
	return out
}

func results(p *site.Page) error {
	names := []string{"field", "solves_bottleneck", "bottleneck_level", "sort"}
	list, err := site.Get[wire.ResultList](p, "listResults", "", asked(p, url.Values{"state": {"published"}, "limit": {"50"}}, append(names, "cursor", "owner_id", "q")...))
	if err != nil {
		return err
	}
	p.Canonical, p.Description = "/results", p.T("home.lead")
	return p.Show(p.T("nav.results"), resultsPage(p, list, filters(p, "listResults", names...)))
}

func needs(p *site.Page) error {
	names := []string{"field", "sort"}
	list, err := site.Get[wire.NeedList](p, "listNeeds", "", asked(p, url.Values{"state": {"open"}, "limit": {"50"}}, append(names, "cursor", "owner_id", "q")...))
	if err != nil {
		return err
	}
	p.Canonical, p.Description = "/needs", p.T("home.lead")
	return p.Show(p.T("nav.needs"), needsPage(p, list, filters(p, "listNeeds", names...)))
}

func hall(p *site.Page) error {
	names := []string{"q", "chain", "field", "reward", "time_left", "bottleneck", "wanted_level", "sort"}
	list, err := site.Get[wire.HallPage](p, "searchHall", "", asked(p, url.Values{"limit": {"30"}}, append(names, "cursor", "region", "owner_id")...))
	if err != nil {
		return err
	}
	p.Canonical, p.Description, p.Wide = "/challenges", p.T("hall.lead"), true
	return p.Show(p.T("hall.title"), hallPage(p, list, filters(p, "searchHall", names...)))
}
