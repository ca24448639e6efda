package search

import (
	"cmp"
	"context"
	"slices"

	"jiebang/search/han"
)

// NearDuplicate is the overlap from which two texts are taken to say the same.
// Measured on 1,000 abstracts: the nearest other one has 0.15 in the median, and
// 99 of 100 stay below 0.35; above 0.55 were only two papers of one group on one
// thing. Copies with every third clause gone, with every tenth character
// replaced, or with the clauses in another order were above it without
// exception, with every fifth character replaced 94 of 100.
const NearDuplicate = 0.55

// Similar is a document that says much of what a text says.
type Similar struct {
	ID string
	// Overlap is the share of index terms in common: twice the number that both
	// have over the sum of the numbers that each has (Dice), from 0 to 1. It does
	// not depend on order or on the rest of the collection.
	Overlap float64
}

// Similar returns the documents whose text overlaps with a probe's by at least a
// threshold (NearDuplicate, if that is 0), the most alike first. Of the probe
// its texts, Kind, Filters, Exclude and Limit count.
func (x *Index) Similar(ctx context.Context, q Probe, threshold float64) ([]Similar, error) {
	v, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer v.release()
	p, err := v.newProbe(q.sources())
	if err != nil {
		return nil, err
	}
	f := q.filter(v)
	list, err := v.candidates(ctx, p, similarCandidates, &f)
	if err != nil {
		return nil, err
	}
	if threshold <= 0 {
		threshold = NearDuplicate
	}
	s := newScorer(v, p)
	defer s.release()
	var out []Similar
	for _, c := range list {
		if o := s.overlap(c.forward); o >= threshold {
			out = append(out, Similar{c.forward.id, o})
		}
	}
	slices.SortFunc(out, func(a, b Similar) int {
		return cmp.Or(cmp.Compare(b.Overlap, a.Overlap), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), q.limit())], nil
}

// Overlap is how much of what two texts say they have in common, by the measure of Similar: for texts that are in no index, as drafts are.
func Overlap(a, b string) float64 {
	one, other := termsOf(a), termsOf(b)
	if len(one) == 0 || len(other) == 0 {
		return 0
	}
	common := 0
	for k := range one {
		if _, both := other[k]; both {
			common++
		}
	}
	return 2 * float64(common) / float64(len(one)+len(other))
}

// termsOf are the distinct terms of a text, as far as a probe is read.
func termsOf(text string) map[han.TermKey]struct{} {
	tokens := han.Tokenize(nil, text)
	tokens = tokens[:min(len(tokens), maxProbeSymbols)]
	out := make(map[han.TermKey]struct{}, len(tokens))
	han.EachTerm(len(tokens), func(i int) han.Symbol { return tokens[i].Sym }, func(_, _ int, k han.TermKey) { out[k] = struct{}{} })
	return out
}

// similarCandidates is how many documents are compared. One that overlaps by
// half shares so many terms that it is among the first few.
const similarCandidates = 50

// overlap is the Dice coefficient of the distinct terms of probe and document.
func (s *scorer) overlap(f *forward) float64 {
	s.read(f)
	common := 0
	for _, n := range s.terms {
		if n > 0 {
			common++
		}
	}
	symbols := f.symbols(nil)
	distinct := make(map[han.TermKey]struct{}, f.pairs)
	han.EachTerm(len(symbols), func(i int) han.Symbol { return symbols[i] }, func(_, _ int, k han.TermKey) { distinct[k] = struct{}{} })
	if len(distinct) == 0 {
		return 0
	}
	return 2 * float64(common) / float64(len(s.terms)+len(distinct))
}
