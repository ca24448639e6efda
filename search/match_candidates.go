package search

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// candidate is a document that stage one chose, with its score there.
type candidate struct {
	segment int
	doc     uint32
	forward *forward
	score   float64
	key     int64 // what hits are sorted by, if not the score
}

// better orders by score, and documents of equal score by ID.
func better(a, b candidate) int {
	if c := cmp.Compare(b.score, a.score); c != 0 {
		return c
	}
	return cmp.Compare(a.forward.id, b.forward.id)
}

// candidates is stage one: the k documents that f accepts with the highest BM25
// over the probe's index terms, best first.
//
// Every posting of every term is added to an array by document number, a strip of
// documents at a time. That is a handful of instructions each, hardly more than it
// would take to find out which can be skipped. Then the array is read once, each
// score against the lowest of the best k so far: nearly all of them fail there,
// and only the others are put to f.
func (v *view) candidates(ctx context.Context, p *probe, k int, f *filter) ([]candidate, error) {
	select {
	case v.slots <- struct{}{}:
		defer func() { <-v.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	sum := addings.Get().(*adding)
	defer sum.end()
	best := ranking{segments: v.segments, limit: k}
	bySet := len(f.floors) == 0 && len(f.exclude) == 0
	for i, s := range v.segments {
		sum.begin(p, i)
		for first := 0; first < len(s.docs); first += strip {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			scores := sum.add(uint32(first), uint32(min(first+strip, len(s.docs))), s.lengths, v.matchParts)
			least := max(best.least, math.SmallestNonzeroFloat64)
			for j, score := range scores {
				if score < least {
					continue
				}
				// Most are kept out by their set, which is at hand; documents lie all over memory.
				if d := uint32(first + j); !s.deleted.has(d) && f.judge(s.sets[d]) == passes && (bySet || f.accepts(s.docs[d])) {
					best.add(ranked{score, uint32(i), d})
					least = max(best.least, math.SmallestNonzeroFloat64)
				}
			}
			clear(scores)
		}
	}
	out := make([]candidate, len(best.list))
	for i, r := range best.list {
		out[i] = candidate{segment: int(r.segment), doc: r.doc, forward: v.segments[r.segment].docs[r.doc], score: r.score}
	}
	slices.SortFunc(out, better)
	return out, nil
}

// ranked is a document by number with its score: small, because it is moved about.
type ranked struct {
	score        float64
	segment, doc uint32
}

// ranking keeps the best documents that it is given, as a heap with the last of
// them at the top.
type ranking struct {
	segments []*segmentView
	limit    int
	least    float64 // what a newcomer has to reach
	list     []ranked
}

// before reports whether a comes before b, as better says.
func (r *ranking) before(a, b ranked) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	return r.segments[a.segment].docs[a.doc].id < r.segments[b.segment].docs[b.doc].id
}

func (r *ranking) add(x ranked) {
	switch {
	case len(r.list) < r.limit:
		r.list = append(r.list, x)
		i := len(r.list) - 1
		for i > 0 && r.before(r.list[(i-1)/2], x) {
			r.list[i] = r.list[(i-1)/2]
			i = (i - 1) / 2
		}
		r.list[i] = x
	case r.limit > 0 && r.before(x, r.list[0]):
		i := 0
		for {
			down := 2*i + 1
			if down >= len(r.list) {
				break
			}
			if down+1 < len(r.list) && r.before(r.list[down], r.list[down+1]) {
				down++
			}
			if r.before(r.list[down], x) {
				break
			}
			r.list[i] = r.list[down]
			i = down
		}
		r.list[i] = x
	default:
		return
	}
	if len(r.list) == r.limit {
		r.least = r.list[0].score
	}
}
