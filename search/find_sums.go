package search

import (
	"context"
	"sync"
)

// sums are what the documents of a view have of a query, segment after segment:
// the score, and the weight of the terms that they have. They are made list by
// list, which costs a few nanoseconds a posting, where asking every list for
// each document costs tens. Both weaker readings use the same.
type sums struct{ score, has []float64 }

var sumsPool = sync.Pool{New: func() any { return new(sums) }}

func newSums(n int) *sums {
	s := sumsPool.Get().(*sums)
	if cap(s.score) < n {
		s.score, s.has = make([]float64, n), make([]float64, n)
	}
	s.score, s.has = s.score[:n], s.has[:n]
	return s
}

// release gives the sums back, all zero.
func (s *sums) release() {
	clear(s.score)
	clear(s.has)
	sumsPool.Put(s)
}

// collectSums is collect for the weaker readings of a query without phrases.
func (s *searcher) collectSums(ctx context.Context, w *scoring) error {
	if s.sums == nil {
		if err := s.addSums(ctx, w); err != nil {
			return err
		}
	}
	h := s.newHits(w)
	offset := 0
	for i, seg := range s.v.segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		h.enter(i)
		scores := s.sums.score[offset : offset+len(seg.docs)]
		for d, has := range s.sums.has[offset : offset+len(seg.docs)] {
			if has > 0 && has >= h.atLeast {
				h.take(uint32(d), scores[d])
			}
		}
		offset += len(seg.docs)
	}
	return nil
}

func (s *searcher) addSums(ctx context.Context, w *scoring) error {
	n := 0
	for _, seg := range s.v.segments {
		n += len(seg.docs)
	}
	s.sums = newSums(n)
	h := s.newHits(w)
	var room blockDocs
	var freqs blockFreqs
	offset := 0
	for i, seg := range s.v.segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		scores, has := s.sums.score[offset:offset+len(seg.docs)], s.sums.has[offset:offset+len(seg.docs)]
		offset += len(seg.docs)
		for t := range s.scored {
			list, idf := s.terms[t].lists[i], w.idfs[t]
			for b := range list.blocks() {
				docs, odd := list.unpack(b, &room)
				freqs.fill(odd)
				for j, d := range docs {
					scores[d] += w.term(t, freqs[j], w.parts[seg.lengths[d]])
					has[d] += idf
				}
			}
		}
		for j := range s.units {
			var docs []uint32
			for _, p := range s.units[j].pieces {
				docs = union(docs, p.otherDocuments(s.terms, i))
			}
			if len(docs) == 0 {
				continue
			}
			h.enter(i)
			for _, d := range docs {
				for k := range s.units[j].pieces {
					x, y := h.pieceGain(&s.units[j].pieces[k], &h.named[j][k], d)
					scores[d], has[d] = scores[d]+x, has[d]+y
				}
			}
		}
	}
	return nil
}
