package api

import (
	"context"
	"math"
	"unicode/utf8"

	"jiebang/api/gen/match"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	terms "jiebang/internal/codes"
	domain "jiebang/internal/match"
	"jiebang/search"
)

type matchHandlers struct{ *app.App }

func (h matchHandlers) Search(ctx context.Context, r match.SearchRequestObject) (match.SearchResponseObject, error) {
	p := r.Params
	q := domain.Query{Text: p.Q, Kind: text(p.Kind), Field: text(p.Field), Limit: valueOr(p.Limit, defaultLimit), After: value(p.Cursor)}
	q.Newest = text(p.Sort) == string(wire.SearchSortNewest)
	if p.OwnerId != nil {
		q.Owner = p.OwnerId.String()
	}
	found, err := h.Match.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	out := match.Search200JSONResponse{
		Items: make([]wire.SearchHit, len(found.Hits)), Total: found.Total, Reading: wire.SearchReading(found.Reading), NextCursor: some(found.After),
		Notes: []wire.SearchNote{}, Corrections: []wire.Correction{}, Synonyms: []wire.Expansion{}, Facets: wireFacets(found),
	}
	for _, n := range found.Notes {
		out.Notes = append(out.Notes, wire.SearchNote(n))
	}
	for _, c := range found.Corrections {
		out.Corrections = append(out.Corrections, wire.Correction{From: c.From, To: c.To})
	}
	for _, e := range found.Synonyms {
		out.Synonyms = append(out.Synonyms, wire.Expansion{Word: e.Word, Also: e.Also})
	}
	for i, hit := range found.Hits {
		out.Items[i] = wire.SearchHit{
			Kind: wire.ListingKind(hit.Kind), Id: hit.ID, Title: hit.Title, Owner: wire.Ref{Id: hit.OwnerID, Name: hit.OwnerName},
			Field: wire.Field(hit.Field), Fragments: wireFragments(hit.Fragments),
		}
	}
	return out, nil
}

func (h matchHandlers) Suggest(ctx context.Context, r match.SuggestRequestObject) (match.SuggestResponseObject, error) {
	found, err := h.Match.Suggest(ctx, r.Params.Q, text(r.Params.Kind))
	return match.Suggest200JSONResponse{Items: list(&found)}, err
}

func (h matchHandlers) MatchNeed(ctx context.Context, r match.MatchNeedRequestObject) (match.MatchNeedResponseObject, error) {
	found, err := h.Match.ForNeed(ctx, actorOf(ctx), r.Id, ask(r.Params.Field, r.Params.Limit))
	return match.MatchNeed200JSONResponse(wireMatches(found)), err
}

func (h matchHandlers) MatchResult(ctx context.Context, r match.MatchResultRequestObject) (match.MatchResultResponseObject, error) {
	found, err := h.Match.ForResult(ctx, actorOf(ctx), r.Id, ask(r.Params.Field, r.Params.Limit))
	return match.MatchResult200JSONResponse(wireMatches(found)), err
}

func (h matchHandlers) MatchText(ctx context.Context, r match.MatchTextRequestObject) (match.MatchTextResponseObject, error) {
	found, err := h.Match.ForText(ctx, string(r.Params.Kind), value(r.Params.Title), r.Params.Text, ask(r.Params.Field, r.Params.Limit))
	return match.MatchText200JSONResponse(wireMatches(found)), err
}

func (h matchHandlers) SimilarResults(ctx context.Context, r match.SimilarResultsRequestObject) (match.SimilarResultsResponseObject, error) {
	found, err := h.Match.SimilarResults(ctx, actorOf(ctx), r.Id)
	return match.SimilarResults200JSONResponse{Items: wireSimilar(found)}, err
}

func (h matchHandlers) SimilarNeeds(ctx context.Context, r match.SimilarNeedsRequestObject) (match.SimilarNeedsResponseObject, error) {
	found, err := h.Match.SimilarNeeds(ctx, actorOf(ctx), r.Id)
	return match.SimilarNeeds200JSONResponse{Items: wireSimilar(found)}, err
}

func ask(field *wire.Field, limit *int) domain.Ask {
	return domain.Ask{Field: text(field), Limit: valueOr(limit, defaultLimit)}
}

func wireMatches(found domain.Matches) wire.MatchList {
	out := wire.MatchList{Items: make([]wire.Match, len(found.Items)), Degraded: some(found.Degraded)}
	for i, m := range found.Items {
		zh, en := m.Explain()
		w := wire.Match{
			Kind: wire.ListingKind(m.Kind), Id: m.ID, Title: m.Title, Owner: wire.Ref{Id: m.OwnerID, Name: m.OwnerName}, Field: wire.Field(m.Field),
			Score: round(m.Score), Phrases: make([]wire.Phrase, len(m.Phrases)), Parts: make([]wire.ScorePart, len(m.Parts)),
			Explanation: wire.Explanation{Zh: zh, En: en},
		}
		for j, p := range m.Phrases {
			w.Phrases[j] = wire.Phrase{Text: p.Text, Found: p.Found, Points: round(p.Points), Here: wirePlaces(p.Here), There: wirePlaces(p.There)}
		}
		for j, p := range m.Parts {
			label, labelEN := search.FactorLabel(p.Factor)
			w.Parts[j] = wire.ScorePart{Name: p.Factor, Label: label, LabelEn: labelEN, Points: round(p.Points)}
		}
		out.Items[i] = w
	}
	return out
}

func wirePlaces(in []domain.Place) []wire.Place {
	out := make([]wire.Place, len(in))
	for i, p := range in {
		out[i] = wire.Place{Field: p.Field, From: p.From, To: p.To}
	}
	return out
}

func wireSimilar(found []domain.Similar) []wire.Similar {
	out := make([]wire.Similar, len(found))
	for i, s := range found {
		out[i] = wire.Similar{
			Kind: wire.ListingKind(s.Kind), Id: s.ID, Title: s.Title, Owner: wire.Ref{Id: s.OwnerID, Name: s.OwnerName}, Field: wire.Field(s.Field), Overlap: round(s.Overlap),
		}
	}
	return out
}

// wireFacets names each value: kinds and fields by their terms, owners by their names.
func wireFacets(found domain.Found) []wire.Facet {
	label := map[string]func(string) string{
		domain.FacetKind: func(v string) string {
			return map[string]string{domain.KindResult: "科技成果", domain.KindNeed: "技术需求"}[v]
		},
		domain.FacetField: func(v string) string { term, _ := terms.Fields.Get(terms.Field(v)); return term.Chinese },
		domain.FacetOwner: func(v string) string { return found.Owners[v] },
	}
	names := map[string]wire.FacetName{
		domain.FacetKind: wire.FacetNameKind, domain.FacetField: wire.FacetNameField, domain.FacetOwner: wire.FacetNameOwnerId,
	}
	out := []wire.Facet{}
	for _, facet := range []string{domain.FacetKind, domain.FacetField, domain.FacetOwner} {
		f := wire.Facet{Name: names[facet], Values: []wire.FacetValue{}}
		for _, c := range found.Facets[facet] {
			f.Values = append(f.Values, wire.FacetValue{Value: c.Value, Label: some(label[facet](c.Value)), Count: c.Count})
		}
		out = append(out, f)
	}
	return out
}

// round cuts a score to two decimals: more would claim what is not known.
func round(points float64) float32 { return float32(math.Round(points*100) / 100) }

// wireFragments counts in characters, as people and most programs do, where the engine counts in bytes.
func wireFragments(fragments []search.Fragment) []wire.Fragment {
	out := make([]wire.Fragment, len(fragments))
	for i, f := range fragments {
		w := wire.Fragment{Text: f.Text, Marks: make([]wire.Mark, len(f.Marks))}
		for j, m := range f.Marks {
			w.Marks[j] = wire.Mark{From: utf8.RuneCountInString(f.Text[:m.Start]), To: utf8.RuneCountInString(f.Text[:m.End])}
		}
		out[i] = w
	}
	return out
}
