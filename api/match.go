package api

import (
	"context"
	"math"
	"unicode/utf8"

	"jiebang/api/gen/match"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	domain "jiebang/internal/match"
	"jiebang/search"
)

type matchHandlers struct{ *app.App }

func (h matchHandlers) Search(ctx context.Context, r match.SearchRequestObject) (match.SearchResponseObject, error) {
	p := r.Params
	found, err := h.Match.Search(ctx, domain.Query{
		Text: p.Q, Kind: text(p.Kind), Field: text(p.Field), Limit: valueOr(p.Limit, defaultLimit), After: value(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := match.Search200JSONResponse{Items: make([]wire.SearchHit, len(found.Hits)), AllWords: found.AllWords, NextCursor: some(found.Next)}
	for i, hit := range found.Hits {
		out.Items[i] = wire.SearchHit{
			Kind: wire.ListingKind(hit.Kind), Id: hit.ID, Title: hit.Title, Owner: wire.Ref{Id: hit.OwnerID, Name: hit.OwnerName},
			Field: wire.Field(hit.Field), Fragments: wireFragments(hit.Fragments),
		}
	}
	return out, nil
}

func (h matchHandlers) MatchNeed(ctx context.Context, r match.MatchNeedRequestObject) (match.MatchNeedResponseObject, error) {
	found, err := h.Match.ForNeed(ctx, actorOf(ctx), r.Id, text(r.Params.Field), valueOr(r.Params.Limit, defaultLimit))
	return match.MatchNeed200JSONResponse{Items: wireMatches(found)}, err
}

func (h matchHandlers) MatchResult(ctx context.Context, r match.MatchResultRequestObject) (match.MatchResultResponseObject, error) {
	found, err := h.Match.ForResult(ctx, actorOf(ctx), r.Id, text(r.Params.Field), valueOr(r.Params.Limit, defaultLimit))
	return match.MatchResult200JSONResponse{Items: wireMatches(found)}, err
}

func wireMatches(found []domain.Match) []wire.Match {
	out := make([]wire.Match, len(found))
	for i, m := range found {
		w := wire.Match{
			Kind: wire.ListingKind(m.Kind), Id: m.ID, Title: m.Title, Owner: wire.Ref{Id: m.OwnerID, Name: m.OwnerName}, Field: wire.Field(m.Field),
			Score: round(m.Score), Phrases: make([]string, len(m.Phrases)), Parts: make([]wire.ScorePart, len(m.Parts)),
		}
		for j, p := range m.Phrases {
			w.Phrases[j] = p.Text
		}
		for j, p := range m.Parts {
			w.Parts[j] = wire.ScorePart{Name: p.Factor, Points: round(p.Points)}
		}
		out[i] = w
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
