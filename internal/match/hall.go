package match

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/search"
)

// The public hall (揭榜大厅) is the search for challenges that still take bids.

// inHall is the kind of record that is in it.
const inHall = "challenge"

// Bands that the hall is divided into, beside its facets.
const (
	BandReward = "reward"
	BandLeft   = "time_left"
)

// HallQuery is what a person looks for in the hall; empty fields do not narrow.
type HallQuery struct {
	Text       string    `query:"q"`
	Chain      string    `query:"chain"`
	Field      string    `query:"field"`
	Region     string    `query:"region"`
	Level      string    `query:"wanted_level"`
	Bottleneck *bool     `query:"bottleneck"`
	Owner      uuid.UUID `query:"owner_id"`
	Reward     string    `query:"reward"`
	Left       string    `query:"time_left"`
	Sort       string    `query:"sort"` // empty: by relevance where there is a text, else what closes first
	Limit      int       `query:"limit"`
	After      string    `query:"cursor"`
}

// The orders of the hall.
const (
	ByRelevance = "relevance"
	ByDeadline  = "deadline"
	ByReward    = "reward" // the highest first
)

// Band is a stretch of what the hall is divided by.
type Band struct {
	Value  string
	Label  fault.Text
	begins int64 // fen, or microseconds from now; of time left what is not included
}

const day = int64(24 * time.Hour / time.Microsecond)

// RewardBands are stretches of the reward: each begins with its amount.
var RewardBands = []Band{
	{"below_500k", fault.Text{ZH: "50 万元以下", EN: "Below 500,000 yuan"}, 0},
	{"from_500k", fault.Text{ZH: "50 万元至 100 万元", EN: "From 500,000 yuan"}, 500_000 * int64(money.Yuan)},
	{"from_1m", fault.Text{ZH: "100 万元至 500 万元", EN: "From 1 million yuan"}, 1_000_000 * int64(money.Yuan)},
	{"from_5m", fault.Text{ZH: "500 万元至 1000 万元", EN: "From 5 million yuan"}, 5_000_000 * int64(money.Yuan)},
	{"from_10m", fault.Text{ZH: "1000 万元以上", EN: "From 10 million yuan"}, 10_000_000 * int64(money.Yuan)},
}

// LeftBands are stretches of the time that is left: each is behind the one before.
var LeftBands = []Band{
	{"within_1_day", fault.Text{ZH: "不足 1 天", EN: "Up to 1 day"}, 0},
	{"within_3_days", fault.Text{ZH: "1 至 3 天", EN: "Up to 3 days"}, day},
	{"within_7_days", fault.Text{ZH: "3 至 7 天", EN: "Up to 7 days"}, 3 * day},
	{"within_30_days", fault.Text{ZH: "7 至 30 天", EN: "Up to 30 days"}, 7 * day},
	{"over_30_days", fault.Text{ZH: "30 天以上", EN: "More than 30 days"}, 30 * day},
}

// divided are bands as the engine takes them, from a number on; chosen is the one that hits are in, if any.
func divided(name, key string, bands []Band, from int64, chosen string) search.Bands {
	out := search.Bands{Name: name, Key: key}
	for i, b := range bands {
		if i > 0 {
			out.Bounds = append(out.Bounds, b.begins+from)
		}
		if chosen == b.Value {
			out.Only = []int{i}
		}
	}
	return out
}

// engine is the query as the engine takes it at a moment.
func (q HallQuery) engine(now time.Time) search.Query {
	out := search.Query{
		Text: q.Text, Kinds: []string{inHall}, Filters: filters(q.Field, q.Chain, q.Owner), Floors: []search.Floor{stillOpen(now)}, Limit: q.Limit, After: q.After, Brief: q.Text == "",
		Facets: []string{FacetChain, FacetField, FacetRegion, FacetLevel, FacetBottleneck},
		Bands: []search.Bands{
			divided(BandReward, keyReward, RewardBands, 0, q.Reward), divided(BandLeft, keyCloses, LeftBands, closing(now)+1, q.Left),
		},
	}
	out.Filters[facetMatch] = []string{matched}
	if q.Region != "" {
		out.Filters[FacetRegion] = []string{q.Region}
	}
	if q.Level != "" {
		out.Filters[FacetLevel] = []string{q.Level}
	}
	if q.Bottleneck != nil {
		out.Filters[FacetBottleneck] = []string{strconv.FormatBool(*q.Bottleneck)}
	}
	switch {
	case q.Sort == Newest:
		out.Order = search.Order{Key: search.KeyConfirmed}
	case q.Sort == ByReward:
		out.Order = search.Order{Key: keyReward}
	case q.Sort == ByDeadline, q.Text == "":
		out.Order = search.Order{Key: keyCloses, Ascending: true}
	}
	return out
}

// Posted is a challenge that still takes bids, as the hall shows it.
type Posted struct {
	Hit
	Chains []ref.Chain
	Left   time.Duration // until it closes
}

// Board is one page of the hall.
type Board struct {
	Found
	Posted []Posted
}

// Hall lists and finds the challenges that still take bids. The rules of who may be told what are in the index: of a poster that keeps its name
// it has neither the name nor more of its place than the city.
func (s *Service) Hall(ctx context.Context, reader policy.Actor, q HallQuery) (Board, error) {
	if err := policy.Check(reader, policy.Search, policy.Facts{}); err != nil {
		return Board{}, err
	}
	var bad fault.Fields
	if q.Region != "" {
		ref.CheckRegion(&bad, q.Region, "query:region")
	}
	if err := s.check(ctx, reader, bad, q.Chain, q.Owner); err != nil {
		return Board{}, err
	}
	now := s.now()
	page, err := s.index.Search(ctx, q.engine(now))
	if err != nil {
		return Board{}, searchFault(err)
	}
	papers, err := s.told(ctx, reader, page)
	if err != nil {
		return Board{}, err
	}
	out := Board{Found: Found{Page: page}}
	var codes []string
	for _, h := range page.Hits {
		if p, there := papers[h.ID]; there && p.listing.Takes {
			out.Posted = append(out.Posted, Posted{Hit: Hit{p.listing, h.Fragments}, Left: p.listing.Closes.Sub(now)})
			codes = append(codes, p.Facets[FacetChain]...)
		}
	}
	if out.Chains, err = s.chainsOf(ctx, page.Facets[FacetChain], codes...); err != nil {
		return Board{}, err
	}
	for i := range out.Posted {
		p := &out.Posted[i]
		for _, code := range papers[documentID(p.Kind, p.ID)].Facets[FacetChain] {
			p.Chains = append(p.Chains, out.Chains[code])
		}
	}
	return out, nil
}

// within are the regions by which something is found that is at a place: its province, its city and, unless it is masked, the place itself.
func within(region string, masked bool) []string {
	city := ref.City(region)
	var out []string
	if city != "" {
		out = append(out, city[:2]+"0000", city)
	}
	if !masked && region != "" {
		out = append(out, region)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
