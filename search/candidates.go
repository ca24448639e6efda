package search

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// candidate is a document that stage one chose, with its score there.
type candidate struct {
	segment int
	doc     uint32
	forward *forward
	score   float64
}

// better orders by score, and documents of equal score by ID.
func better(a, b candidate) int {
	if c := cmp.Compare(b.score, a.score); c != 0 {
		return c
	}
	return cmp.Compare(a.forward.id, b.forward.id)
}

// sums holds a score for each document of a segment between queries; all zero
// when it lies in the pool.
var sums = sync.Pool{New: func() any { return new([]float64) }}

// candidates is stage one: the k documents that f accepts with the highest BM25
// over the probe's index terms, best first. Every posting of every term is
// added to an array by document number, segment by segment: over decoded lists
// this takes one to two nanoseconds each, which is less than deciding whether a
// posting can be skipped.
func (v *view) candidates(ctx context.Context, p *probe, k int, f *filter) ([]candidate, error) {
	top := topList{limit: k}
	byLength := v.pairParts
	for i, s := range v.segments {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		scores := sums.Get().(*[]float64)
		if cap(*scores) < len(s.docs) {
			*scores = make([]float64, len(s.docs))
		}
		acc := (*scores)[:len(s.docs)]
		lengths := s.lengths
		for _, t := range p.terms {
			w := t.weight * (bm25K1 + 1)
			list := t.lists[i]
			freqs := list.freqs
			for j, d := range list.docs {
				f := float64(freqs[j] & maxFrequency)
				acc[d] += w * f / (f + byLength[lengths[d]])
			}
		}
		for d, score := range acc {
			if score > 0 && score >= top.least {
				if doc := s.live(uint32(d)); doc != nil && f.accepts(doc) {
					top.add(candidate{i, uint32(d), doc, score})
				}
			}
		}
		clear(acc)
		sums.Put(scores)
	}
	return top.sorted(), nil
}

// topList keeps the best of what it is given.
type topList struct {
	limit int
	least float64 // what a newcomer has to reach
	list  []candidate
}

// add gathers up to twice the limit before it sorts and cuts, so that each
// candidate costs a constant number of comparisons on average.
func (t *topList) add(c candidate) {
	if t.limit <= 0 {
		return
	}
	t.list = append(t.list, c)
	if len(t.list) >= 2*t.limit {
		t.cut()
	}
}

func (t *topList) cut() {
	slices.SortFunc(t.list, better)
	if len(t.list) >= t.limit && t.limit > 0 {
		t.list = t.list[:t.limit]
		t.least = t.list[t.limit-1].score
	}
}

func (t *topList) sorted() []candidate {
	t.cut()
	return t.list
}
