package open

import (
	"errors"
	"net/http"
	"net/url"

	"jiebang/api/wire"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
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

// counted reads a list with its facets, narrowed as the page's address asks, by places as people name them. What the list takes nothing of comes
// back as a refusal, which the filters tell. Without search there is the list alone.
func counted[L any](p *site.Page, operation, state string, names []string) (list L, refused *site.Problem, err error) {
	query := url.Values{"state": {state}, "limit": {"50"}, "facets": {"true"}}
	refused, err = ui.Questions(p, filters(p, operation, append(names, "cursor")...), query)
	if err != nil || refused != nil {
		return list, refused, err
	}
	if p.Query().Get("q") != "" {
		query.Set("q", p.Query().Get("q"))
		query.Del("facets")
	}
	list, err = site.Get[L](p, operation, "", query)
	if errors.As(err, &refused) && refused.Code == "search_unavailable" {
		query.Del("facets")
		refused = nil
		list, err = site.Get[L](p, operation, "", query)
	}
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest && refused.Code == "invalid_input" {
		return list, refused, nil
	}
	return list, nil, err
}

func results(p *site.Page) error {
	names := []string{"field", "chain", "region", "owner_id", "trl_min", "trl_max", "availability", "price_min", "price_max", "negotiable", "published_from", "published_to", "solves_bottleneck", "bottleneck_level", "sort"}
	list, refused, err := counted[wire.ResultList](p, "listResults", "published", names)
	if err != nil {
		return err
	}
	p.Canonical, p.Description = "/results", p.T("home.lead")
	return p.Show(p.T("nav.results"), resultsPage(p, list, filters(p, "listResults", names...), refused))
}

func needs(p *site.Page) error {
	names := []string{"field", "chain", "region", "owner_id", "urgent", "budget_min", "budget_max", "negotiable", "published_from", "published_to", "sort"}
	list, refused, err := counted[wire.NeedList](p, "listNeeds", "open", names)
	if err != nil {
		return err
	}
	p.Canonical, p.Description = "/needs", p.T("home.lead")
	return p.Show(p.T("nav.needs"), needsPage(p, list, filters(p, "listNeeds", names...), refused))
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
