package search

import "context"

// SynonymEffect is what a table of synonyms would change for one query.
type SynonymEffect struct {
	Text     string
	Synonyms []Expansion // that the table finds in the query
	// Before and After are the hits with the table of the index and with the other
	// one, BeforeReading and AfterReading how much of the query they have.
	Before, After               int
	BeforeReading, AfterReading Reading
	// Moves are the documents on the first page of either that come, go or move, in
	// the new order and those that go last.
	Moves []Move
}

// Move is a document's rank before and after, from 1; 0 for one that is not on
// the page.
type Move struct {
	ID            string
	Before, After int
}

// TrySynonyms says for every query what its first page would be with another
// table of synonyms. Nothing changes: the index goes on with its own.
func (x *Index) TrySynonyms(ctx context.Context, table *Synonyms, queries []Query) ([]SynonymEffect, error) {
	v, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer v.release()
	out := make([]SynonymEffect, 0, len(queries))
	for _, q := range queries {
		q.After = ""
		before, err := v.firstPage(ctx, q, x.options.Synonyms)
		if err != nil {
			return nil, err
		}
		after, err := v.firstPage(ctx, q, table)
		if err != nil {
			return nil, err
		}
		out = append(out, SynonymEffect{
			Text: q.Text, Synonyms: after.synonyms, Before: before.total, After: after.total,
			BeforeReading: before.reading, AfterReading: after.reading, Moves: moves(before.ids, after.ids),
		})
	}
	return out, nil
}

type firstPage struct {
	synonyms []Expansion
	total    int
	reading  Reading
	ids      []string
}

func (v *view) firstPage(ctx context.Context, q Query, synonyms *Synonyms) (firstPage, error) {
	s, err := v.newSearcher(q, synonyms)
	if err != nil {
		return firstPage{}, err
	}
	defer s.release()
	if err := s.run(ctx); err != nil {
		return firstPage{}, err
	}
	p := firstPage{synonyms: s.parsed.expansions(), total: s.total, reading: s.reading}
	hits := s.top.sorted()
	for _, c := range hits[:min(len(hits), s.limit)] {
		p.ids = append(p.ids, c.forward.id)
	}
	return p, nil
}

// moves compares two orders.
func moves(before, after []string) []Move {
	rank := make(map[string]int, len(before))
	for i, id := range before {
		rank[id] = i + 1
	}
	var out []Move
	for i, id := range after {
		if rank[id] != i+1 {
			out = append(out, Move{id, rank[id], i + 1})
		}
		delete(rank, id)
	}
	for i, id := range before {
		if _, gone := rank[id]; gone {
			out = append(out, Move{id, i + 1, 0})
		}
	}
	return out
}
