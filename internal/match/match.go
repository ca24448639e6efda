package match

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/work"
	"jiebang/search"
)

// Service answers searches and finds counterparts.
type Service struct {
	unit  *work.Unit
	index *Index
	kinds *kinds.Registry
}

func New(unit *work.Unit, index *Index) *Service { return &Service{unit, index, index.kinds} }

func (s *Service) now() time.Time { return s.unit.Now() }

// Listing is a record as a hit shows it.
type Listing struct {
	Kind   string
	ID     uuid.UUID
	Title  string
	Owner  orgs.Ref // as the reader may know it
	Field  string
	Region string // of the owner; of one that is not told, its city
	kinds.Terms
	Published time.Time
	Takes     bool // it takes part in matches now: a challenge still takes bids
	public    bool
}

// Phrase is something that both texts say, with its places in the fields of both records.
type Phrase struct {
	Text, Found string
	Points      float64
	Here, There []Place
}

// Match is a listing that fits, how well on a scale of 0 to 100, and why.
type Match struct {
	Listing
	Score   float64
	Parts   []search.Part
	Phrases []Phrase
}

// Matches are the best first. Degraded says that vectors are configured and took no full part this time.
type Matches struct {
	Items       []Match
	Degraded    bool
	NothingFits bool // there were some, and none that is worth a look; they are listed only to who asks for weak ones
}

// Options narrow a match.
type Options struct {
	Field string `query:"field"` // only this field
	Limit int    `query:"limit"`
	Weak  bool   `query:"weak"` // also when nothing fits
}

// For finds counterparts of a record that the actor may read, a draft of their own included: results for a need, and so on.
func (s *Service) For(ctx context.Context, actor policy.Actor, noun string, id uuid.UUID, o Options) (Matches, error) {
	kind, p, err := s.paperOf(ctx, actor, noun, id)
	if err != nil {
		return Matches{}, err
	}
	return s.match(ctx, actor, p, kind.Counterparts, o)
}

func (s *Service) paperOf(ctx context.Context, actor policy.Actor, noun string, id uuid.UUID) (kinds.Kind, paper, error) {
	kind, record, err := s.kinds.One(s.unit.Query(ctx), actor, noun, id)
	if err != nil {
		return kind, paper{}, err
	}
	return kind, paperOf(kind.Document(record), s.now()), nil
}

// Text is what somebody seeks counterparts for without entering it.
type Text struct {
	Kind        string // that is wanted
	Title, Text string
	Options
}

// ForText finds records for a text that nobody has entered; it is not kept.
func (s *Service) ForText(ctx context.Context, reader policy.Actor, t Text) (Matches, error) {
	if err := policy.Check(reader, policy.MatchText, policy.Facts{}); err != nil {
		return Matches{}, err
	}
	return s.match(ctx, reader, textPaper(t.Title, t.Text), []string{t.Kind}, t.Options)
}

func (s *Service) match(ctx context.Context, reader policy.Actor, p paper, wanted []string, o Options) (Matches, error) {
	probe := p.probe("")
	probe.Filters, probe.Limit, probe.Now = filters(o.Field, "", uuid.Nil), o.Limit, s.unit.Now()
	probe.Filters[facetMatch] = []string{matched}
	probe.Floors = []search.Floor{stillOpen(probe.Now)}
	among(&probe, wanted)
	outcome, err := s.index.Match(ctx, probe)
	if err != nil {
		return Matches{}, searchFault(err)
	}
	ids := make([]string, len(outcome.Matches))
	for i, m := range outcome.Matches {
		ids[i] = m.ID
	}
	papers, err := s.papers(ctx, reader, ids)
	if err != nil {
		return Matches{}, err
	}
	out := Matches{Degraded: outcome.Degraded != search.NotDegraded, NothingFits: search.NothingFits(probe, outcome.Matches)}
	if out.NothingFits && !o.Weak {
		return out, nil
	}
	for _, m := range outcome.Matches {
		other, there := papers[m.ID]
		if !there || !other.listing.Takes || m.Score < search.LeastScore {
			continue
		}
		match := Match{Listing: other.listing, Score: m.Score, Parts: m.Parts}
		for _, f := range m.Phrases {
			match.Phrases = append(match.Phrases, Phrase{f.Text, f.Found, f.Points, p.places(f.Probe), other.places(f.Doc)})
		}
		out.Items = append(out.Items, match)
	}
	return out, nil
}

// Similar is a public record that says the same as another in slightly other words.
type Similar struct {
	Listing
	Overlap float64 // share of terms in common, from 0 to 1
}

// Doubles looks for doubles of a record that the actor may read, such as a draft of theirs before submission.
func (s *Service) Doubles(ctx context.Context, actor policy.Actor, noun string, id uuid.UUID) ([]Similar, error) {
	kind, p, err := s.paperOf(ctx, actor, noun, id)
	if err != nil {
		return nil, err
	}
	out, err := s.similar(ctx, actor, p)
	if err != nil {
		return nil, err
	}
	own, err := s.ownDoubles(ctx, actor, kind, p)
	if err != nil {
		return nil, err
	}
	out = append(out, own...)
	slices.SortStableFunc(out, func(a, b Similar) int { return cmp.Compare(b.Overlap, a.Overlap) })
	return out, nil
}

// ownCompared is how many of an organization's own records a draft is compared with, those that changed last.
const ownCompared = 500

// ownDoubles are the near twins of a record among what its owner has besides and is in no index, drafts above all: the same thing entered twice
// shows before it is submitted. They are told to whoever may read what the owner keeps to itself.
func (s *Service) ownDoubles(ctx context.Context, actor policy.Actor, kind kinds.Kind, p paper) ([]Similar, error) {
	owner := p.listing.Owner.ID
	if kind.Own == nil || owner == uuid.Nil || !policy.Allowed(actor, kind.Inner, policy.Facts{Owner: owner}) {
		return nil, nil
	}
	q := s.unit.Query(ctx)
	records, err := kind.Own(q, owner, ownCompared)
	if err != nil {
		return nil, err
	}
	said := p.Title + "\n" + p.Abstract
	var out []Similar
	for _, r := range records {
		other := paperOf(kind.Document(r), s.now())
		if other.listing.public || other.listing.ID == p.listing.ID {
			continue
		}
		if o := search.Overlap(said, other.Title+"\n"+other.Abstract); o >= search.NearDuplicate {
			out = append(out, Similar{other.listing, o})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	names, err := orgs.Shown(q, actor, []orgs.Standing{{Organization: owner}})
	for i := range out {
		out[i].Owner = names[0]
	}
	return out, err
}

func (s *Service) similar(ctx context.Context, reader policy.Actor, p paper) ([]Similar, error) {
	found, err := s.index.Similar(ctx, p.probe(p.Kind), search.NearDuplicate)
	if err != nil {
		return nil, searchFault(err)
	}
	ids := make([]string, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	papers, err := s.papers(ctx, reader, ids)
	if err != nil {
		return nil, err
	}
	var out []Similar
	for _, f := range found {
		if other, there := papers[f.ID]; there {
			out = append(out, Similar{other.listing, f.Overlap})
		}
	}
	return out, nil
}

// papers loads what hits speak of, in one query for each kind and one for the names. What has left publication since it was indexed is left out.
func (s *Service) papers(ctx context.Context, reader policy.Actor, documents []string) (map[string]paper, error) {
	byKind := map[string][]uuid.UUID{}
	for _, d := range documents {
		kind, id, _ := strings.Cut(d, ":")
		parsed, err := uuid.Parse(id)
		if err != nil {
			return nil, err
		}
		byKind[kind] = append(byKind[kind], parsed)
	}
	out := make(map[string]paper, len(documents))
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		found, err := load(q, s.kinds, byKind, s.now())
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(p paper) bool { return !p.listing.public })
		owners, err := orgs.Shown(q, reader, standings(found))
		if err != nil {
			return err
		}
		regions, err := regionsOf(q, found)
		if err != nil {
			return err
		}
		for i, p := range found {
			if p.listing.Region = regions[i]; owners[i].ID == uuid.Nil {
				p.listing.Region = ref.City(regions[i])
			}
			p.listing.Owner = owners[i]
			out[p.ID] = p
		}
		return nil
	})
	return out, err
}

// load makes papers of the records with these ids: one query for each kind.
func load(q *gorm.DB, registry *kinds.Registry, byKind map[string][]uuid.UUID, now time.Time) ([]paper, error) {
	var papers []paper
	for _, kind := range registry.All() {
		ids := byKind[kind.Noun]
		if kind.Document == nil || len(ids) == 0 {
			continue
		}
		records, err := kind.Load(q, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			papers = append(papers, paperOf(kind.Document(r), now))
		}
	}
	return papers, nil
}

// standings are the owners of papers as they stand in them.
func standings(papers []paper) []orgs.Standing {
	out := make([]orgs.Standing, len(papers))
	for i, p := range papers {
		out[i] = orgs.Standing{Organization: p.listing.Owner.ID, Masked: p.masked}
	}
	return out
}

// regionsOf tells where the owners of papers are, masked or not, in one query: whoever passes it on tells no more of a masked one than its city.
func regionsOf(q *gorm.DB, papers []paper) ([]string, error) {
	owners := make([]orgs.Ref, len(papers))
	for i, p := range papers {
		owners[i].ID = p.listing.Owner.ID
	}
	regions, err := orgs.Regions(q, owners)
	out := make([]string, len(papers))
	for i, o := range owners {
		out[i] = regions[o.ID]
	}
	return out, err
}

// ownersOf names the organizations among the values of a facet.
func (s *Service) ownersOf(ctx context.Context, reader policy.Actor, counts []search.FacetCount) (map[string]string, error) {
	var in []orgs.Standing
	for _, c := range counts {
		if id, err := uuid.Parse(c.Value); err == nil {
			in = append(in, orgs.Standing{Organization: id})
		}
	}
	owners, err := orgs.Shown(s.unit.Query(ctx), reader, in)
	out := make(map[string]string, len(owners))
	for _, o := range owners {
		out[o.ID.String()] = o.Name
	}
	return out, err
}

func filters(field, chain string, owner uuid.UUID) map[string][]string {
	f := map[string][]string{}
	if field != "" {
		f[FacetField] = []string{field}
	}
	if chain != "" {
		f[FacetChain] = []string{chain}
	}
	if owner != uuid.Nil {
		f[FacetOwner] = []string{owner.String()}
	}
	return f
}

func searchFault(err error) error {
	switch {
	case errors.Is(err, search.ErrCursor):
		return fault.InvalidCursor.From(err)
	case errors.Is(err, search.ErrClosed), errors.Is(err, search.ErrDamaged): // closed, or being replaced
		f := fault.SearchUnavailable.From(err)
		f.RetryAfter = searchPause
		return f
	}
	return err
}
