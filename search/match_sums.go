package search

import (
	"slices"
	"sync"
)

// strip is how many documents of a segment stage one adds up at a time. Their
// scores and lengths, 160 KB, stay near the processor while list after list is added
// to them; those of a segment of a million do not.
const strip = 1 << 14

// adding is stage one at work on a segment, strip by strip.
type adding struct {
	scores []float64 // of the strip; all zero between strips
	lists  []addedList
}

var addings = sync.Pool{New: func() any { return &adding{scores: make([]float64, strip)} }}

// addedList is a term's list, added up to some document.
type addedList struct {
	list   *postings
	weight float64
	block  int      // the next to unpack
	docs   []uint32 // unpacked and not yet added, with
	freqs  []uint8
	room   blockDocs  // for docs
	spread blockFreqs // for freqs
}

// begin goes over to a segment.
func (a *adding) begin(p *probe, segment int) {
	a.lists = slices.Grow(a.lists[:0], len(p.terms))[:0]
	for _, t := range p.terms {
		if list := t.lists[segment]; list.count > 0 {
			a.lists = a.lists[:len(a.lists)+1]
			l := &a.lists[len(a.lists)-1]
			l.list, l.weight, l.block, l.docs = list, t.weight*(bm25K1+1), 0, nil
		}
	}
}

// end lets go of the lists.
func (a *adding) end() {
	for i := range a.lists[:cap(a.lists)] {
		a.lists[:cap(a.lists)][i].list = nil
	}
	addings.Put(a)
}

// add gives the scores of the documents from first to below end. Each is the sum of
// what its terms give in the order of the probe's terms, whatever the strips.
func (a *adding) add(first, end uint32, lengths []uint16, parts []float64) []float64 {
	scores := a.scores[:end-first]
	for i := range a.lists {
		a.lists[i].addTo(scores, first, lengths, parts)
	}
	return scores
}

func (l *addedList) addTo(scores []float64, first uint32, lengths []uint16, parts []float64) {
	end := first + uint32(len(scores))
	lengths = lengths[first:][:len(scores)]
	w, blocks := l.weight, l.list.blocks()
	for {
		docs, freqs := l.docs, l.freqs
		if len(docs) == 0 {
			if l.block == blocks || l.list.first(l.block) >= end {
				return
			}
			var odd []byte
			docs, odd = l.list.unpack(l.block, &l.room)
			l.block++
			if odd == nil && docs[len(docs)-1] < end {
				for _, d := range docs {
					d -= first
					scores[d] += w / (1 + parts[lengths[d]])
				}
				continue
			}
			l.spread.fill(odd)
			freqs = l.spread[:len(docs)]
		}
		n := len(docs)
		if docs[n-1] >= end {
			n, _ = slices.BinarySearch(docs, end)
		}
		l.docs, l.freqs = docs[n:], freqs[n:]
		freqs = freqs[:n]
		for j, d := range docs[:n] {
			d -= first
			f := float64(freqs[j] & maxFrequency)
			scores[d] += w * f / (f + parts[lengths[d]])
		}
		if len(l.docs) > 0 {
			return
		}
	}
}
