package match

import (
	"context"

	"jiebang/search"
)

// Search, Suggest, Match and Similar ask the index that serves at the moment, from which what ended before today is out.

// Search finds documents for people.
func (x *Index) Search(ctx context.Context, q search.Query) (search.Page, error) {
	if err := x.passDay(ctx); err != nil {
		return search.Page{}, err
	}
	return x.engine.Search(ctx, q)
}

// Suggest completes what has been typed.
func (x *Index) Suggest(ctx context.Context, q search.Query) ([]string, error) {
	if err := x.passDay(ctx); err != nil {
		return nil, err
	}
	return x.engine.Suggest(ctx, q)
}

// Match finds counterparts of a text, and says when that was less than it might be.
func (x *Index) Match(ctx context.Context, p search.Probe) (search.Outcome, error) {
	if err := x.passDay(ctx); err != nil {
		return search.Outcome{}, err
	}
	return x.engine.MatchOutcome(ctx, p)
}

// TrySynonyms tells what another table of synonyms would change about some searches, without taking it over.
func (x *Index) TrySynonyms(ctx context.Context, table *search.Synonyms, texts []string) ([]search.SynonymEffect, error) {
	serving, done, err := x.engine.Use()
	if err != nil {
		return nil, err
	}
	defer done()
	queries := make([]search.Query, len(texts))
	for i, t := range texts {
		queries[i] = search.Query{Text: t}
	}
	return serving.TrySynonyms(ctx, table, queries)
}

// Similar finds texts that say the same.
func (x *Index) Similar(ctx context.Context, p search.Probe, threshold float64) ([]search.Similar, error) {
	if err := x.passDay(ctx); err != nil {
		return nil, err
	}
	return x.engine.Similar(ctx, p, threshold)
}
