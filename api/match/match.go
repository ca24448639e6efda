// Package match is the HTTP edge of search and match: their routes, and the translation between the API's types and theirs.
package match

import (
	"context"
	"math"
	"unicode/utf8"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/match"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/work"
	"jiebang/search"
)

// Routes hangs search and match on the edge.
func Routes(e *edge.Edge, s *match.Service) {
	edge.Plain(e, "search", func(ctx context.Context, call work.Call, q match.Query) (wire.SearchPage, error) {
		found, err := s.Search(ctx, call.Actor, q)
		return searched(found), err
	})
	edge.Plain(e, "suggest", func(ctx context.Context, call work.Call, q struct {
		Text string `query:"q"`
		Kind string `query:"kind"`
	}) (wire.Suggestions, error) {
		found, err := s.Suggest(ctx, call.Actor, q.Text, q.Kind)
		return wire.Suggestions{Items: wire.List(&found)}, err
	})
	edge.Plain(e, "matchText", func(ctx context.Context, call work.Call, q struct {
		Body *wire.TextToMatch `body:"yes"`
	}) (wire.MatchList, error) {
		found, err := s.ForText(ctx, call.Actor, match.Text{
			Kind: string(q.Body.Kind), Title: wire.Value(q.Body.Title), Text: q.Body.Text,
			Options: match.Options{Field: wire.Text(q.Body.Field), Limit: wire.ValueOr(q.Body.Limit, 20), Weak: wire.Value(q.Body.Weak)},
		})
		return matches(found), err
	})
	counterparts(e, "matchNeed", s, "need")
	counterparts(e, "matchResult", s, "result")
	counterparts(e, "matchChallenge", s, "challenge")
	counterparts(e, "matchTeam", s, "team")
	doubles(e, "similarNeeds", s, "need")
	doubles(e, "similarResults", s, "result")
	doubles(e, "similarTeams", s, "team")
	doubles(e, "similarChallenges", s, "challenge")
	edge.Plain(e, "searchHall", func(ctx context.Context, call work.Call, q match.HallQuery) (wire.HallPage, error) {
		board, err := s.Hall(ctx, call.Actor, q)
		return hall(board), err
	})
}

// CounterOf gives what counts a list of one kind by facets, for the edge of that kind.
func CounterOf(s *match.Service) func(context.Context, policy.Actor, match.Query) ([]wire.Facet, error) {
	return func(ctx context.Context, reader policy.Actor, q match.Query) ([]wire.Facet, error) {
		found, err := s.Count(ctx, reader, q)
		return facets(found, match.Counted[q.Kind]...), err
	}
}

func counterparts(e *edge.Edge, id string, s *match.Service, noun string) {
	edge.Plain(e, id, func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
		match.Options
	}) (wire.MatchList, error) {
		found, err := s.For(ctx, call.Actor, noun, q.ID, q.Options)
		return matches(found), err
	})
}

func doubles(e *edge.Edge, id string, s *match.Service, noun string) {
	edge.Plain(e, id, func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (wire.SimilarList, error) {
		found, err := s.Doubles(ctx, call.Actor, noun, q.ID)
		return wire.SimilarList{Items: similar(found)}, err
	})
}

func searched(found match.Found) wire.SearchPage {
	r := read(found.Page)
	out := wire.SearchPage{
		Items: make([]wire.SearchHit, len(found.Hits)), Total: found.Total, Reading: wire.SearchReading(found.Reading), NextCursor: wire.Some(found.After),
		Notes: r.notes, Corrections: r.corrections, Synonyms: r.synonyms, Facets: facets(found, match.FacetKind, match.FacetField, match.FacetChain, match.FacetOwner, match.FacetRegion, match.FacetTRL, match.FacetAvailability, match.FacetUrgent),
	}
	for i, hit := range found.Hits {
		out.Items[i] = wire.SearchHit{
			Kind: wire.ListingKind(hit.Kind), Id: hit.ID, Title: hit.Title, Owner: wire.RefOf(hit.Owner), Field: wire.Field(hit.Field), FieldName: wire.FieldName(hit.Field), Terms: terms(&hit.Listing),
			Fragments: fragments(hit.Fragments),
		}
	}
	return out
}

// reading is how the words of a person were read.
type reading struct {
	notes       []wire.SearchNote
	corrections []wire.Correction
	synonyms    []wire.Expansion
}

func read(page search.Page) reading {
	out := reading{[]wire.SearchNote{}, []wire.Correction{}, []wire.Expansion{}}
	for _, n := range page.Notes {
		out.notes = append(out.notes, wire.SearchNote(n))
	}
	for _, c := range page.Corrections {
		out.corrections = append(out.corrections, wire.Correction{From: c.From, To: c.To})
	}
	for _, e := range page.Synonyms {
		out.synonyms = append(out.synonyms, wire.Expansion{Word: e.Word, Also: e.Also})
	}
	return out
}

func matches(found match.Matches) wire.MatchList {
	out := wire.MatchList{Items: make([]wire.Match, len(found.Items)), Degraded: wire.Some(found.Degraded), NothingFits: wire.Some(found.NothingFits)}
	for i, m := range found.Items {
		zh, en := m.Explain()
		w := wire.Match{
			Kind: wire.ListingKind(m.Kind), Id: m.ID, Title: m.Title, Owner: wire.RefOf(m.Owner), Field: wire.Field(m.Field), FieldName: wire.FieldName(m.Field), Terms: terms(&m.Listing),
			Score: round(m.Score), Phrases: make([]wire.Phrase, len(m.Phrases)), Parts: make([]wire.ScorePart, len(m.Parts)),
			Explanation: wire.Explanation{Zh: zh, En: en},
		}
		for j, p := range m.Phrases {
			w.Phrases[j] = wire.Phrase{Text: p.Text, Found: p.Found, Points: round(p.Points), Here: places(p.Here), There: places(p.There)}
		}
		for j, p := range m.Parts {
			label, labelEN := search.FactorLabel(p.Factor)
			w.Parts[j] = wire.ScorePart{Name: p.Factor, Label: label, LabelEn: labelEN, Points: round(p.Points)}
		}
		out.Items[i] = w
	}
	return out
}

func places(in []match.Place) []wire.Place {
	out := make([]wire.Place, len(in))
	for i, p := range in {
		out[i] = wire.Place{Field: p.Field, From: p.From, To: p.To}
	}
	return out
}

func similar(found []match.Similar) []wire.Similar {
	out := make([]wire.Similar, len(found))
	for i, s := range found {
		out[i] = wire.Similar{
			Kind: wire.ListingKind(s.Kind), Id: s.ID, Title: s.Title, Owner: wire.RefOf(s.Owner), Field: wire.Field(s.Field), FieldName: wire.FieldName(s.Field), Terms: terms(&s.Listing), Overlap: round(s.Overlap),
			SameNumbers: wire.SomeList(s.Numbers),
		}
	}
	return out
}

// facets names each value: kinds and fields by their terms, owners by their names.
func facets(found match.Found, names ...string) []wire.Facet {
	label := map[string]func(string) string{
		match.FacetKind:   func(v string) string { return found.Kinds[v] },
		match.FacetField:  func(v string) string { term, _ := codes.Fields.Get(codes.Field(v)); return term.Chinese },
		match.FacetChain:  func(v string) string { return found.Chains[v].Name },
		match.FacetOwner:  func(v string) string { return found.Owners[v] },
		match.FacetRegion: func(v string) string { name, _ := ref.FullName(v); return name },
		match.FacetLevel:  func(v string) string { return levels[wire.SolutionLevel(v)] },
		match.FacetBottleneck: func(v string) string {
			if v == "true" {
				return "卡脖子技术"
			}
			return "其他"
		},
		match.FacetTRL:          func(v string) string { return "TRL " + v },
		match.FacetAvailability: func(v string) string { return availabilities[wire.Availability(v)] },
		match.FacetUrgent: func(v string) string {
			if v == "true" {
				return "急需"
			}
			return "不急"
		},
	}
	out := []wire.Facet{}
	for _, facet := range names {
		f := wire.Facet{Name: wire.FacetName(facet), Values: []wire.FacetValue{}}
		if facet == match.FacetOwner {
			f.Name = wire.FacetNameOwnerId
		}
		for _, c := range found.Facets[facet] {
			f.Values = append(f.Values, wire.FacetValue{Value: c.Value, Label: wire.Some(label[facet](c.Value)), Count: c.Count})
		}
		out = append(out, f)
	}
	return out
}

// availabilities are what people call whether a result is to be had.
var availabilities = map[wire.Availability]string{
	wire.AvailabilityAvailable: "可转化", wire.AvailabilityInNegotiation: "洽谈中", wire.AvailabilityExclusivelyLicensed: "已独占许可", wire.AvailabilityAssigned: "已转让",
}

// round cuts a score to two decimals: more would claim what is not known.
func round(points float64) float64 { return math.Round(points*100)/100 + 0 } // no -0, which JSON has

// fragments counts in characters, as people and most programs do, where the engine counts in bytes.
func fragments(in []search.Fragment) []wire.Fragment {
	out := make([]wire.Fragment, len(in))
	for i, f := range in {
		w := wire.Fragment{Text: f.Text, Marks: make([]wire.Mark, len(f.Marks))}
		for j, m := range f.Marks {
			w.Marks[j] = wire.Mark{From: utf8.RuneCountInString(f.Text[:m.Start]), To: utf8.RuneCountInString(f.Text[:m.End])}
		}
		out[i] = w
	}
	return out
}

// terms are what one asks first of a hit.
func terms(l *match.Listing) *wire.HitTerms {
	w := &wire.HitTerms{Trl: l.TRL, Deadline: wire.OptionalDate(l.Deadline), Urgent: l.Urgent, Region: wire.Some(l.Region)}
	if l.PriceKind != "" {
		w.Price = &wire.Price{Kind: wire.PriceKind(l.PriceKind), Min: optionalMoney(l.PriceMin), Max: optionalMoney(l.PriceMax)}
	}
	if l.BudgetMin != nil || l.BudgetMax != nil {
		w.Budget = &wire.Budget{Min: optionalMoney(l.BudgetMin), Max: optionalMoney(l.BudgetMax)}
	}
	if l.Reward != nil {
		w.Challenge = &wire.ChallengeTerms{
			Number: l.Number, State: wire.ChallengeState(l.State), StateName: l.StateName.ZH, Reward: wire.MoneyOf(*l.Reward), Bottleneck: wire.Value(l.Bottleneck),
			WantedLevel: wire.Some(wire.SolutionLevel(l.Level)), Deadline: l.Closes, TakesBids: l.Takes,
		}
	}
	if name, known := ref.FullName(l.Region); known {
		w.RegionName = &name
	}
	return w
}

func optionalMoney(f *money.Fen) *wire.Money {
	if f == nil {
		return nil
	}
	return wire.Ptr(wire.MoneyOf(*f))
}
