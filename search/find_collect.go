package search

import (
	"context"
	"slices"
)

const (
	// synonymFactor is what a synonym counts for beside the word that was typed, so
	// that of equal documents the one with the word itself goes first. Not measured.
	synonymFactor = 0.9
	// nameFactor is the same for a name that the word means.
	nameFactor = 1.0
)

// scoring is what the scores of one collection are made from.
type scoring struct {
	idfs  []float64 // of every term
	mass  float64   // of the terms that were typed
	parts []float64 // of the document's length
}

func (s *searcher) scoring() *scoring {
	w := &scoring{parts: s.v.pairParts, idfs: make([]float64, len(s.terms))}
	if s.pinned {
		w.parts = make([]float64, len(s.v.pairParts))
		for n := range w.parts {
			w.parts[n] = lengthPart(uint16(n), mean(s.weights.Pairs, s.weights.Documents))
		}
	}
	for i := range s.terms {
		w.idfs[i] = idf(float64(s.weights.Terms[i]), float64(s.weights.Documents))
		if i < s.scored {
			w.mass += w.idfs[i]
		}
	}
	return w
}

// term is what a term adds to the score of a document that has it.
func (w *scoring) term(i int, f uint8, part float64) float64 {
	x := w.idfs[i] * saturation(int(f&maxFrequency), part)
	if f&inTitle != 0 {
		x *= titleFactor
	}
	return x
}

func (w *scoring) sum(terms []int) float64 {
	sum := 0.0
	for _, t := range terms {
		sum += w.idfs[t]
	}
	return sum
}

// collect counts the documents that satisfy the query in the present reading
// and keeps the best of those that come after the cursor.
func (s *searcher) collect(ctx context.Context) error {
	s.top, s.total = topList{limit: s.limit + 1, order: s.order}, 0
	s.facets.reset()
	s.bands.reset()
	w := s.scoring()
	if s.reading != ReadAll && len(s.strict) == 0 {
		return s.collectSums(ctx, w)
	}
	h := s.newHits(w)
	for i, seg := range s.v.segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		h.enter(i)
		required := s.strict
		if s.reading == ReadAll {
			required = s.required
		}
		var conditions []docList
		for _, r := range required {
			conditions = append(conditions, docList{packed: s.terms[r].lists[i]})
		}
		if s.reading == ReadAll {
			for j := range s.units {
				if docs, all := s.units[j].documents(s.terms, i); !all {
					conditions = append(conditions, docList{plain: docs})
				}
			}
		}
		if len(conditions) == 0 {
			for d := range uint32(len(seg.docs)) {
				h.consider(d)
			}
			continue
		}
		slices.SortStableFunc(conditions, byLength)
		for _, d := range intersection(conditions) {
			h.consider(d)
		}
	}
	return nil
}
