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

// scoreClasses is how finely stage one sorts scores before it looks at single
// documents: into classes of equal width up to the highest score possible.
const scoreClasses = 4096

// scratch is what stage one works on, kept between queries; all zero in the pool.
type scratch struct {
	scores  []float64 // of every document of the view, segment after segment
	classes [scoreClasses]int32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// candidates is stage one: the k documents that f accepts with the highest BM25
// over the probe's index terms, best first.
//
// Every posting of every term is added to an array by document number. Over
// decoded lists that is a handful of instructions each, hardly more than it
// would take to find out which can be skipped. What costs is to look at
// documents, which lie all over memory: so scores are first counted in classes,
// and only documents from the highest classes down are put to f, until k of
// them have passed.
func (v *view) candidates(ctx context.Context, p *probe, k int, f *filter) ([]candidate, error) {
	select {
	case v.slots <- struct{}{}:
		defer func() { <-v.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w := scratches.Get().(*scratch)
	defer scratches.Put(w)
	n := 0
	for _, s := range v.segments {
		n += len(s.docs)
	}
	if cap(w.scores) < n {
		w.scores = make([]float64, n)
	}
	all := w.scores[:n]
	defer clear(all)
	defer clear(w.classes[:])
	highest := 0.0
	for _, t := range p.terms {
		highest += t.weight * (bm25K1 + 1)
	}
	perScore := (scoreClasses - 1) / max(highest, 1e-9)
	for i, offset := 0, 0; i < len(v.segments); i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := v.segments[i]
		scores := all[offset : offset+len(s.docs)]
		offset += len(s.docs)
		p.addScores(i, scores, s.lengths, v.pairParts)
		for _, score := range scores {
			if score > 0 {
				w.classes[min(int(score*perScore), scoreClasses-1)]++
			}
		}
	}
	var out []candidate
	// Each round takes the next classes down that hold enough documents. When f
	// refuses most of them, the rounds grow, so that there are few.
	enough := int32(k)
	for above := scoreClasses; above > 0 && len(out) < k; enough *= 4 {
		from, held := above, int32(0)
		for from > 0 && held < enough {
			from--
			held += w.classes[from]
		}
		if held == 0 {
			break
		}
		for i, offset := 0, 0; i < len(v.segments); i++ {
			s := v.segments[i]
			for d, score := range all[offset : offset+len(s.docs)] {
				if score <= 0 {
					continue
				}
				if c := min(int(score*perScore), scoreClasses-1); c < from || c >= above {
					continue
				}
				if doc := s.live(uint32(d)); doc != nil && f.accepts(doc) {
					out = append(out, candidate{i, uint32(d), doc, score})
				}
			}
			offset += len(s.docs)
		}
		above = from
	}
	slices.SortFunc(out, better)
	return out[:min(len(out), k)], nil
}

// addScores adds what the postings of one segment give to its documents' scores.
func (p *probe) addScores(segment int, scores []float64, lengths []uint16, lengthParts []float64) {
	for _, t := range p.terms {
		w := t.weight * (bm25K1 + 1)
		list := t.lists[segment]
		freqs := list.freqs
		for j, d := range list.docs {
			f := float64(freqs[j] & maxFrequency)
			scores[d] += w * f / (f + lengthParts[lengths[d]])
		}
	}
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
