package search

import (
	"cmp"
	"slices"
	"sort"
)

// decisiveTerms are those of which a document must have one to come to a sum of
// weights: the lightest terms, which are the most frequent, are left out as long
// as all of them together fall short.
func decisiveTerms(weights []float64, sum float64) []int {
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(weights[a], weights[b]) })
	without := 0.0
	for i, n := range order {
		// A little less than the sum, since sums depend on their order.
		if without += weights[n]; without >= sum*(1-1e-9) {
			return order[i:]
		}
	}
	return nil
}

// driver walks the documents that can be hits: those of the shortest required
// list; without one, those of any decisive list in the weaker readings, and all
// otherwise.
func (s *searcher) driver(lists []cursorList, required, decisive []int, size int) func() (uint32, bool) {
	if len(required) > 0 {
		shortest := slices.MinFunc(required, func(a, b int) int {
			return cmp.Compare(len(lists[a].list.docs), len(lists[b].list.docs))
		})
		docs := lists[shortest].list.docs
		i := 0
		return func() (uint32, bool) {
			if i == len(docs) {
				return 0, false
			}
			i++
			return docs[i-1], true
		}
	}
	if s.reading != ReadAll {
		any := newBitset(size)
		for _, n := range decisive {
			for _, d := range lists[n].list.docs {
				any.set(d)
			}
		}
		i := -1
		return func() (uint32, bool) {
			for i++; i < size; i++ {
				if any.has(uint32(i)) {
					return uint32(i), true
				}
			}
			return 0, false
		}
	}
	i := -1
	return func() (uint32, bool) {
		i++
		return uint32(i), i < size
	}
}

// cursorList is a posting list that is asked for ascending documents.
type cursorList struct {
	list *postings
	at   int
}

// frequency is the frequency byte of a document, 0 if it is not in the list. It
// gallops, because lists differ in length a thousandfold.
func (l *cursorList) frequency(d uint32) uint8 {
	docs := l.list.docs
	step := 1
	for l.at+step < len(docs) && docs[l.at+step] < d {
		l.at += step
		step *= 2
	}
	end := min(l.at+step+1, len(docs))
	l.at += sort.Search(end-l.at, func(i int) bool { return docs[l.at+i] >= d })
	if l.at < len(docs) && docs[l.at] == d {
		return l.list.freqs[l.at]
	}
	return 0
}
