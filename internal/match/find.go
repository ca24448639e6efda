package match

import (
	"context"

	"jiebang/search"
)

// facetValues is how many values of a facet are told: the most frequent ones.
const facetValues = 20

// Query is what a person searches for; empty fields do not narrow.
type Query struct {
	Text, Kind, Field, Owner string
	Newest                   bool // the newest first, and not the most relevant
	Limit                    int
	After                    string
}

func (q Query) ask() search.Query {
	ask := search.Query{Text: q.Text, Filters: filters(q.Field, q.Owner), Limit: q.Limit, After: q.After}
	if q.Newest {
		ask.Order = search.Order{Key: search.KeyConfirmed}
	}
	if q.Kind != "" {
		ask.Kinds = []string{q.Kind}
	}
	return ask
}

// Hit is a listing that a search found, with the places of the words.
type Hit struct {
	Listing
	Fragments []search.Fragment
}

// Found is one page of hits with the engine's account of how it read the query.
type Found struct {
	search.Page
	Hits   []Hit
	Owners map[string]string // names of the organizations among the facets
}

// Search finds published results and open needs.
func (s *Service) Search(ctx context.Context, q Query) (Found, error) {
	ask := q.ask()
	ask.Facets = []string{FacetKind, FacetField, FacetOwner}
	page, err := s.index.Search(ctx, ask)
	if err != nil {
		return Found{}, searchFault(err)
	}
	for name, counts := range page.Facets {
		page.Facets[name] = counts[:min(len(counts), facetValues)]
	}
	ids := make([]string, len(page.Hits))
	for i, h := range page.Hits {
		ids[i] = h.ID
	}
	out := Found{Page: page}
	papers, err := s.papers(ctx, ids)
	if err != nil {
		return Found{}, err
	}
	for _, h := range page.Hits {
		if p, there := papers[h.ID]; there {
			out.Hits = append(out.Hits, Hit{p.listing, h.Fragments})
		}
	}
	out.Owners, err = s.ownersOf(ctx, page.Facets[FacetOwner])
	return out, err
}

// Suggest completes what has been typed, from keywords and titles of what is public.
func (s *Service) Suggest(ctx context.Context, text, kind string) ([]string, error) {
	found, err := s.index.Suggest(ctx, Query{Text: text, Kind: kind}.ask())
	return found, searchFault(err)
}
