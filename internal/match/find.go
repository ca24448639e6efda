package match

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/search"
)

// facetValues is how many values of a facet are told: the most frequent ones.
const facetValues = 20

// Query is what a person searches for; empty fields do not narrow.
type Query struct {
	Text  string    `query:"q"`
	Kind  string    `query:"kind"`
	Field string    `query:"field"`
	Chain string    `query:"chain"`
	Owner uuid.UUID `query:"owner_id"`
	Sort  string    `query:"sort"` // Newest or another of orders, or the most relevant first
	Limit int       `query:"limit"`
	After string    `query:"cursor"`
	Wanted
}

// Newest is the Sort that shows the newest first.
const Newest = "newest"

// orders are those of a search that is not by relevance. What does not have the key comes last.
var orders = map[string]search.Order{
	Newest: {Key: search.KeyConfirmed}, "price": {Key: keyPriceLow, Ascending: true}, "price_desc": {Key: keyPriceHigh}, "budget": {Key: keyBudget},
	ByDeadline: {Key: keyDeadline, Ascending: true},
}

// engine is the query as the engine takes it. bad is what is wrong with it.
func (q Query) engine(bad *fault.Fields) search.Query {
	out := search.Query{Text: q.Text, Filters: filters(q.Field, q.Chain, q.Owner), Order: orders[q.Sort], Limit: q.Limit, After: q.After, Brief: q.Text == ""}
	if q.Kind != "" {
		out.Kinds = []string{q.Kind}
	}
	q.narrow(&out, bad)
	return out
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
	Owners map[string]string    // names of the organizations among the facets
	Kinds  map[string]string    // names of the kinds among the facets, in Chinese
	Chains map[string]ref.Chain // the industry chains among them
}

// Search finds published results and teams, and open needs. Without words it finds all that the rest of the query lets through.
func (s *Service) Search(ctx context.Context, reader policy.Actor, q Query) (Found, error) {
	if err := policy.Check(reader, policy.Search, policy.Facts{}); err != nil {
		return Found{}, err
	}
	var bad fault.Fields
	query := q.engine(&bad)
	if err := s.check(ctx, reader, bad, q.Chain, q.Owner); err != nil {
		return Found{}, err
	}
	query.Facets = []string{FacetKind, FacetField, FacetChain, FacetOwner, FacetRegion, FacetTRL, FacetAvailability, FacetUrgent}
	page, err := s.byNumber(ctx, query)
	if err == nil && page.Total == 0 {
		page, err = s.index.Search(ctx, query)
	}
	if err != nil {
		return Found{}, searchFault(err)
	}
	out := Found{Page: page, Kinds: map[string]string{}}
	for _, c := range page.Facets[FacetKind] {
		kind, _ := s.kinds.Of(c.Value)
		out.Kinds[c.Value] = kind.ZH
	}
	papers, err := s.told(ctx, reader, page)
	if err != nil {
		return Found{}, err
	}
	for _, h := range page.Hits {
		if p, there := papers[h.ID]; there {
			out.Hits = append(out.Hits, Hit{p.listing, h.Fragments})
		}
	}
	if out.Chains, err = s.chainsOf(ctx, page.Facets[FacetChain]); err != nil {
		return Found{}, err
	}
	out.Owners, err = s.ownersOf(ctx, reader, page.Facets[FacetOwner])
	return out, err
}

// byNumber answers whoever asks for a patent by its number, however it is written: a text search would find it as it was typed alone. Nothing where the
// text is no such number, or nobody has it.
func (s *Service) byNumber(ctx context.Context, query search.Query) (search.Page, error) {
	asked, is := codes.AskedPatent(query.Text)
	if !is {
		return search.Page{}, nil
	}
	query.Text, query.Brief = "", true
	query.Filters = maps.Clone(query.Filters)
	query.Filters[kinds.FacetNumber] = []string{asked.Form}
	page, err := s.index.Search(ctx, query)
	if errors.Is(err, search.ErrCursor) { // of the search by the text
		return search.Page{}, nil
	}
	return page, err
}

// Counted are the facets of the lists of results, needs and teams.
var Counted = map[string][]string{
	"result": {FacetField, FacetChain, FacetRegion, FacetOwner, FacetTRL, FacetAvailability},
	"need":   {FacetField, FacetChain, FacetRegion, FacetOwner, FacetUrgent},
	"team":   {FacetField, FacetChain, FacetRegion, FacetOwner},
}

// Count counts what a list of one kind holds by facets: of what search finds, which is public and names nobody who is masked.
func (s *Service) Count(ctx context.Context, reader policy.Actor, q Query) (Found, error) {
	if err := policy.Check(reader, policy.Search, policy.Facts{}); err != nil {
		return Found{}, err
	}
	var bad fault.Fields
	query := q.engine(&bad)
	if err := bad.Err(); err != nil {
		return Found{}, err
	}
	query.Facets, query.Limit = Counted[q.Kind], 1
	page, err := s.index.Search(ctx, query)
	if err != nil {
		return Found{}, searchFault(err)
	}
	page.Hits = nil
	out := Found{Page: page}
	if _, err := s.told(ctx, reader, page); err != nil {
		return Found{}, err
	}
	if out.Chains, err = s.chainsOf(ctx, page.Facets[FacetChain]); err != nil {
		return Found{}, err
	}
	out.Owners, err = s.ownersOf(ctx, reader, page.Facets[FacetOwner])
	return out, err
}

// told cuts the facets of a page to what is told of them, and reads what its hits speak of.
func (s *Service) told(ctx context.Context, reader policy.Actor, page search.Page) (map[string]paper, error) {
	// Regions are told by cities: a masked owner's place is told no closer, and who is somewhere is in the province, too.
	page.Facets[FacetRegion] = slices.DeleteFunc(page.Facets[FacetRegion], func(c search.FacetCount) bool { return ref.City(c.Value) != c.Value })
	for name, counts := range page.Facets {
		page.Facets[name] = counts[:min(len(counts), facetValues)]
	}
	ids := make([]string, len(page.Hits))
	for i, h := range page.Hits {
		ids[i] = h.ID
	}
	return s.papers(ctx, reader, ids)
}

// chainsOf names the industry chains among the values of a facet, and others beside them.
func (s *Service) chainsOf(ctx context.Context, counts []search.FacetCount, others ...string) (map[string]ref.Chain, error) {
	codes := others
	for _, c := range counts {
		codes = append(codes, c.Value)
	}
	return s.chains.Some(codes, func(missing []string) (map[string]ref.Chain, error) {
		return ref.ChainsNamed(s.unit.Query(ctx), missing)
	})
}

// check holds the codes and identifiers that a query narrows by against what there is: nothing found would say that there is nothing. bad is
// what is wrong with it besides.
func (s *Service) check(ctx context.Context, reader policy.Actor, bad fault.Fields, chain string, owner uuid.UUID) error {
	if err := ref.CheckChain(s.unit.Query(ctx), &bad, chain, "query:chain"); err != nil || len(bad) > 0 {
		return cmp.Or(err, bad.Err())
	}
	return orgs.CheckKnown(s.unit.Query(ctx), reader, owner, "query:owner_id")
}

// Suggest completes what has been typed, from keywords and titles of what is public.
func (s *Service) Suggest(ctx context.Context, reader policy.Actor, text, kind string) ([]string, error) {
	if err := policy.Check(reader, policy.Search, policy.Facts{}); err != nil {
		return nil, err
	}
	found, err := s.index.Suggest(ctx, Query{Text: text, Kind: kind}.engine(new(fault.Fields)))
	return found, searchFault(err)
}
