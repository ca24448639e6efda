package match

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/work"
	"jiebang/search"
)

// Service answers searches and finds counterparts.
type Service struct {
	unit  *work.Unit
	index *Index
}

// New makes a Service over one index.
func New(unit *work.Unit, index *Index) *Service { return &Service{unit, index} }

// Listing is a result or need as a hit shows it.
type Listing struct {
	Kind      string
	ID        uuid.UUID
	Title     string
	OwnerID   uuid.UUID
	OwnerName string
	Field     string
}

// Hit is a listing that a search found, with the places of the words.
type Hit struct {
	Listing
	Fragments []search.Fragment
}

// Found is one page of hits; AllWords is false when no document has all words and these have some.
type Found struct {
	Hits     []Hit
	AllWords bool
	Next     string
}

// Query is what a person searches for; empty fields do not narrow.
type Query struct {
	Text, Kind, Field string
	Limit             int
	After             string
}

// Search finds published results and open needs.
func (s *Service) Search(ctx context.Context, q Query) (Found, error) {
	ask := search.Query{Text: q.Text, Filters: filters(q.Field), Limit: q.Limit, After: q.After}
	if q.Kind != "" {
		ask.Kinds = []string{q.Kind}
	}
	page, err := s.index.engine.Search(ctx, ask)
	if err != nil {
		return Found{}, searchFault(err)
	}
	ids := make([]string, len(page.Hits))
	for i, h := range page.Hits {
		ids[i] = h.ID
	}
	listings, err := s.listings(ctx, ids)
	if err != nil {
		return Found{}, err
	}
	out := Found{AllWords: page.Reading == search.ReadAll, Next: page.After}
	for _, h := range page.Hits {
		if l, there := listings[h.ID]; there {
			out.Hits = append(out.Hits, Hit{l, h.Fragments})
		}
	}
	return out, nil
}

// Match is a listing that fits, how well on a scale of 0 to 100, and why.
type Match struct {
	Listing
	Score   float64
	Parts   []search.Part
	Phrases []search.Phrase
}

// ForNeed finds published results for a need that the actor may read, a draft of their own included.
func (s *Service) ForNeed(ctx context.Context, actor policy.Actor, id uuid.UUID, field string, limit int) ([]Match, error) {
	n, err := needs.Load(s.unit.Query(ctx), actor, id)
	if err != nil {
		return nil, work.Fault(err)
	}
	d := needDocument(n)
	return s.match(ctx, search.Probe{Title: d.Title, Text: d.Abstract, Keywords: d.Keywords, Kind: KindResult, Filters: filters(field), Limit: limit})
}

// ForResult finds open needs for a result that the actor may read.
func (s *Service) ForResult(ctx context.Context, actor policy.Actor, id uuid.UUID, field string, limit int) ([]Match, error) {
	r, err := results.Load(s.unit.Query(ctx), actor, id)
	if err != nil {
		return nil, work.Fault(err)
	}
	d := resultDocument(r)
	return s.match(ctx, search.Probe{Title: d.Title, Text: d.Abstract, Keywords: d.Keywords, Kind: KindNeed, Filters: filters(field), Limit: limit})
}

func (s *Service) match(ctx context.Context, p search.Probe) ([]Match, error) {
	found, err := s.index.engine.Match(ctx, p)
	if err != nil {
		return nil, searchFault(err)
	}
	ids := make([]string, len(found))
	for i, m := range found {
		ids[i] = m.ID
	}
	listings, err := s.listings(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Match, 0, len(found))
	for _, m := range found {
		if l, there := listings[m.ID]; there {
			out = append(out, Match{l, m.Score, m.Parts, m.Phrases})
		}
	}
	return out, nil
}

// listings loads what hits speak of, in at most three queries. What has left publication since it was indexed is left out.
func (s *Service) listings(ctx context.Context, documents []string) (map[string]Listing, error) {
	byKind := map[string][]uuid.UUID{}
	for _, d := range documents {
		kind, id, _ := strings.Cut(d, ":")
		parsed, err := uuid.Parse(id)
		if err != nil {
			return nil, err
		}
		byKind[kind] = append(byKind[kind], parsed)
	}
	out := make(map[string]Listing, len(documents))
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		rs, err := results.ByIDs(q, byKind[KindResult])
		if err != nil {
			return err
		}
		ns, err := needs.ByIDs(q, byKind[KindNeed])
		if err != nil {
			return err
		}
		var owners []uuid.UUID
		for _, r := range rs {
			if r.Facts().Public {
				out[documentID(KindResult, r.ID)] = Listing{Kind: KindResult, ID: r.ID, Title: r.Title, OwnerID: r.OwnerID, Field: r.Field}
				owners = append(owners, r.OwnerID)
			}
		}
		for _, n := range ns {
			if n.Facts().Public {
				out[documentID(KindNeed, n.ID)] = Listing{Kind: KindNeed, ID: n.ID, Title: n.Title, OwnerID: n.OwnerID, Field: n.Field}
				owners = append(owners, n.OwnerID)
			}
		}
		names, err := orgs.Names(q, owners)
		if err != nil {
			return err
		}
		for d, l := range out {
			l.OwnerName = names[l.OwnerID]
			out[d] = l
		}
		return nil
	})
	return out, err
}

func filters(field string) map[string][]string {
	if field == "" {
		return nil
	}
	return map[string][]string{facetField: {field}}
}

func searchFault(err error) error {
	switch {
	case errors.Is(err, search.ErrCursor):
		return fault.InvalidCursor.From(err)
	case errors.Is(err, search.ErrClosed):
		f := fault.SearchUnavailable.From(err)
		f.RetryAfter = searchPause
		return f
	}
	return err
}
