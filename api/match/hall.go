package match

import (
	"time"

	"github.com/google/uuid"

	"jiebang/api/wire"
	"jiebang/internal/challenges"
	"jiebang/internal/match"
	"jiebang/internal/ref"
)

// levels are what people call the level that a solution should reach.
var levels = map[wire.SolutionLevel]string{
	wire.SolutionLevelDomesticLead: "国内领先", wire.SolutionLevelInternationalAdvanced: "国际先进", wire.SolutionLevelInternationalLead: "国际领先",
}

func hall(b match.Board) wire.HallPage {
	r := read(b.Page)
	out := wire.HallPage{
		Items: make([]wire.HallItem, len(b.Posted)), Total: b.Total, Reading: wire.SearchReading(b.Reading), NextCursor: wire.Some(b.After),
		Notes: r.notes, Corrections: r.corrections, Synonyms: r.synonyms,
		Facets: facets(b.Found, match.FacetChain, match.FacetField, match.FacetRegion, match.FacetLevel, match.FacetBottleneck),
	}
	out.Facets = append(out.Facets, bands(match.BandReward, match.RewardBands, b), bands(match.BandLeft, match.LeftBands, b))
	for i, p := range b.Posted {
		w := wire.HallItem{
			Id: p.ID, Number: p.Number, Title: p.Title, OwnerRegion: wire.Some(p.Region), Field: wire.Field(p.Field), FieldName: wire.FieldName(p.Field), Chains: wire.ChainsOf(p.Chains), Reward: wire.MoneyOf(*p.Reward),
			Bottleneck: wire.Value(p.Bottleneck), WantedLevel: wire.Some(wire.SolutionLevel(p.Level)), PublishedAt: p.Published, Deadline: p.Closes,
			DeadlineShanghai: challenges.Reading(p.Closes), SecondsLeft: int64(p.Left / time.Second), Fragments: fragments(p.Fragments),
		}
		if p.Owner.ID != uuid.Nil {
			w.Owner = wire.Ptr(wire.RefOf(p.Owner))
		}
		if name, known := ref.FullName(p.Region); known {
			w.OwnerRegionName = &name
		}
		out.Items[i] = w
	}
	return out
}

// bands are a facet of stretches, in their order; those that nothing is in are left out.
func bands(name string, of []match.Band, b match.Board) wire.Facet {
	f := wire.Facet{Name: wire.FacetName(name), Values: []wire.FacetValue{}}
	for i, n := range b.Bands[name] {
		if n > 0 {
			f.Values = append(f.Values, wire.FacetValue{Value: of[i].Value, Label: wire.Some(of[i].Label.ZH), Count: n})
		}
	}
	return f
}
