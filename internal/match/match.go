package match

import (
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
	unit   *work.Unit
	index  *Index
	kinds  *kinds.Registry
	recent *work.Recent[string, remembered]
	chains *work.Recent[string, ref.Chain]
}

// New gives searches and matches by an index.
func New(unit *work.Unit, index *Index) *Service {
	return &Service{
		unit, index, index.kinds, work.NewRecent(unit.Commits, rememberedAtMost, work.One[string, remembered]), work.NewRecent(unit.Commits, rememberedAtMost, work.One[string, ref.Chain]),
	}
}

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
	Kind  string `query:"kind"`  // only this kind of counterpart
	Limit int    `query:"limit"`
	Weak  bool   `query:"weak"` // also when nothing fits
}

// For finds counterparts of a record that the actor may read, a draft of their own included: results and teams for a need, and so on.
func (s *Service) For(ctx context.Context, actor policy.Actor, noun string, id uuid.UUID, o Options) (Matches, error) {
	kind, p, err := s.paperOf(ctx, actor, noun, id)
	if err != nil {
		return Matches{}, err
	}
	wanted := kind.Counterparts
	if o.Kind != "" {
		if !slices.Contains(wanted, o.Kind) {
			return Matches{}, fault.InvalidInput.At("query:kind", fault.NotOffered, "%[1]s不与此类匹配", "A %[2]s is not matched with this kind", kind.ZH, kind.Noun)
		}
		wanted = []string{o.Kind}
	}
	return s.match(ctx, actor, p, wanted, o)
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

// remembered is what hits show of a record, but for what depends on the reader and on the moment.
type remembered struct {
	said   kinds.Document
	owner  orgs.Standing
	region string // where the owner is, masked or not
}

// rememberedAtMost is how many records are remembered for a moment.
const rememberedAtMost = 5_000

// papers gives what hits speak of: what is not remembered in one query for each kind, one for the names and one for the places. What has left
// publication since it was indexed is left out.
func (s *Service) papers(ctx context.Context, reader policy.Actor, documents []string) (map[string]paper, error) {
	known, err := s.recent.Some(documents, func(missing []string) (map[string]remembered, error) {
		var out map[string]remembered
		err := s.unit.View(ctx, func(q *gorm.DB) (err error) {
			out, err = s.read(q, missing)
			return err
		})
		return out, err
	})
	if err != nil {
		return nil, err
	}
	now := s.now()
	out := make(map[string]paper, len(known))
	ids, owners := make([]string, 0, len(known)), make([]orgs.Standing, 0, len(known))
	for id, r := range known {
		if p := paperOf(r.said, now); p.listing.public {
			ids, owners, out[id] = append(ids, id), append(owners, r.owner), p
		}
	}
	shown, err := orgs.Shown(s.unit.Query(ctx), reader, owners)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		p := out[id]
		if p.listing.Owner, p.listing.Region = shown[i], known[id].region; shown[i].ID == uuid.Nil {
			p.listing.Region = ref.City(p.listing.Region)
		}
		out[id] = p
	}
	return out, nil
}

// read reads what hits show of records.
func (s *Service) read(q *gorm.DB, documents []string) (map[string]remembered, error) {
	byKind := map[string][]uuid.UUID{}
	for _, d := range documents {
		kind, id, _ := strings.Cut(d, ":")
		parsed, err := uuid.Parse(id)
		if err != nil {
			return nil, err
		}
		byKind[kind] = append(byKind[kind], parsed)
	}
	said, err := load(q, s.kinds, byKind)
	if err != nil {
		return nil, err
	}
	owners, err := orgs.Named(q, standings(said))
	if err != nil {
		return nil, err
	}
	regions, err := regionsOf(q, said)
	if err != nil {
		return nil, err
	}
	out := make(map[string]remembered, len(said))
	for i, d := range said {
		out[documentID(d.Noun, d.ID)] = remembered{d, owners[i], regions[i]}
	}
	return out, nil
}

// load reads what search may know of the records with these ids: one query for each kind.
func load(q *gorm.DB, registry *kinds.Registry, byKind map[string][]uuid.UUID) ([]kinds.Document, error) {
	var out []kinds.Document
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
			out = append(out, kind.Document(r))
		}
	}
	return out, nil
}

// standings are the owners of records as they stand in them.
func standings(said []kinds.Document) []orgs.Standing {
	out := make([]orgs.Standing, len(said))
	for i, d := range said {
		out[i] = orgs.Standing{Organization: d.Owner, Masked: d.Masked}
	}
	return out
}

// regionsOf tells where the owners of records are, masked or not, in one query: whoever passes it on tells no more of a masked one than its city.
func regionsOf(q *gorm.DB, said []kinds.Document) ([]string, error) {
	owners := make([]uuid.UUID, len(said))
	for i, d := range said {
		owners[i] = d.Owner
	}
	regions, err := orgs.Regions(q, owners)
	out := make([]string, len(said))
	for i, id := range owners {
		out[i] = regions[id]
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
