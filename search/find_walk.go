package search

import (
	"slices"
	"sort"
)

// cursorDocs is an ascending list of documents that is asked for ascending
// documents. It gallops, because lists differ in length a thousandfold.
type cursorDocs struct {
	docs []uint32
	at   int
}

// has reports whether the document is in the list; at is its place then.
func (l *cursorDocs) has(d uint32) bool {
	docs := l.docs
	if l.at < len(docs) && docs[l.at] < d {
		step := 1
		for l.at+step < len(docs) && docs[l.at+step] < d {
			l.at += step
			step *= 2
		}
		end := min(l.at+step+1, len(docs))
		l.at += sort.Search(end-l.at, func(i int) bool { return docs[l.at+i] >= d })
	}
	return l.at < len(docs) && docs[l.at] == d
}

// cursorList is a posting list that is asked for ascending documents.
type cursorList struct {
	docs  cursorDocs
	freqs []uint8
}

// frequency is the frequency byte of a document, 0 if it is not in the list.
func (l *cursorList) frequency(d uint32) uint8 {
	if l.docs.has(d) {
		return l.freqs[l.docs.at]
	}
	return 0
}

// intersection of ascending lists, at least one; cheapest with the shortest
// first.
func intersection(lists [][]uint32) []uint32 {
	if len(lists) == 1 {
		return lists[0]
	}
	cursors := make([]cursorDocs, len(lists)-1)
	for i := range cursors {
		cursors[i].docs = lists[i+1]
	}
	var out []uint32
next:
	for _, d := range lists[0] {
		for i := range cursors {
			if !cursors[i].has(d) {
				continue next
			}
		}
		out = append(out, d)
	}
	return out
}

// union of two ascending lists. It may be one of them.
func union(a, b []uint32) []uint32 {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// withAll are the documents of a segment that have all of some terms; all is set
// when there is no term to have.
func withAll(terms []queryTerm, numbers []int, segment int) (docs []uint32, all bool) {
	if len(numbers) == 0 {
		return nil, true
	}
	lists := make([][]uint32, len(numbers))
	for i, n := range numbers {
		lists[i] = terms[n].lists[segment].docs
	}
	slices.SortFunc(lists, func(a, b []uint32) int { return len(a) - len(b) })
	return intersection(lists), false
}

// documents are those of a segment that can satisfy the unit; all is set when its
// terms keep none out.
func (u *unitTerms) documents(terms []queryTerm, segment int) (docs []uint32, all bool) {
	typed, all := withAll(terms, u.required, segment)
	if all {
		return nil, true
	}
	var conditions [][]uint32
	for i := range u.pieces {
		p := &u.pieces[i]
		if as, all := withAll(terms, p.required, segment); !all {
			conditions = append(conditions, union(as, p.otherDocuments(terms, segment)))
		}
	}
	if len(conditions) == 0 {
		return nil, true
	}
	return union(typed, intersection(conditions)), false
}

// otherDocuments are those of a segment that can satisfy the piece by a synonym
// or name.
func (p *pieceTerms) otherDocuments(terms []queryTerm, segment int) []uint32 {
	var docs []uint32
	for _, v := range p.variants {
		if with, all := withAll(terms, v, segment); !all {
			docs = union(docs, with)
		}
	}
	if p.named != nil {
		docs = union(docs, p.named[segment])
	}
	return docs
}
