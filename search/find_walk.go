package search

import (
	"slices"
	"sort"
)

// docList is an ascending list of documents: plain, or of a term as it is kept.
type docList struct {
	plain  []uint32
	packed *postings
}

func (l docList) len() int {
	if l.packed != nil {
		return int(l.packed.count)
	}
	return len(l.plain)
}

// all is the plain list; it is not to be changed.
func (l docList) all() []uint32 {
	if l.packed != nil {
		return l.packed.documents()
	}
	return l.plain
}

func byLength(a, b docList) int { return a.len() - b.len() }

// cursorDocs is a docList that is asked for ascending documents. It gallops, because
// lists differ in length a thousandfold, and of a packed one it unpacks the blocks
// that it comes to.
type cursorDocs struct {
	docs []uint32 // the whole of a plain list, or the block at hand
	at   int

	packed *postings
	block  int        // the one at hand, if docs is not empty
	room   *blockDocs // for docs
}

// begin goes over to another list, before its first document.
func (l *cursorDocs) begin(list docList) {
	l.docs, l.at, l.packed, l.block = list.plain, 0, list.packed, 0
}

// has reports whether the document is in the list; at is its place then, in its
// block if there are blocks.
func (l *cursorDocs) has(d uint32) bool {
	if l.packed != nil && !l.reach(d) {
		return false
	}
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

// reach unpacks the block that has the document if any has.
func (l *cursorDocs) reach(d uint32) bool {
	if n := len(l.docs); n > 0 && d <= l.docs[n-1] {
		return true
	}
	list, n, b := l.packed, l.packed.blocks(), l.block
	if b+1 < n && list.first(b+1) <= d {
		step := 1
		for b+step < n && list.first(b+step) <= d {
			b += step
			step *= 2
		}
		end := min(b+step, n)
		b += sort.Search(end-b, func(i int) bool { return list.first(b+i) > d }) - 1
	}
	if n == 0 || list.first(b) > d || b == l.block && len(l.docs) > 0 {
		return false
	}
	if l.room == nil {
		l.room = new(blockDocs)
	}
	l.docs, _ = list.unpack(b, l.room)
	l.block, l.at = b, 0
	return true
}

// frequency is the frequency byte of a document of a packed list, 0 if it is not in it.
func (l *cursorDocs) frequency(d uint32) uint8 {
	if l.has(d) {
		return l.packed.frequency(l.block, l.at)
	}
	return 0
}

// intersection of ascending lists, at least one; cheapest with the shortest
// first.
func intersection(lists []docList) []uint32 {
	if len(lists) == 1 {
		return lists[0].all()
	}
	cursors := make([]cursorDocs, len(lists)-1)
	for i := range cursors {
		cursors[i].begin(lists[i+1])
	}
	var out []uint32
next:
	for _, d := range lists[0].all() {
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
	lists := make([]docList, len(numbers))
	for i, n := range numbers {
		lists[i].packed = terms[n].lists[segment]
	}
	slices.SortFunc(lists, byLength)
	return intersection(lists), false
}

// documents are those of a segment that can satisfy the unit; all is set when its
// terms keep none out.
func (u *unitTerms) documents(terms []queryTerm, segment int) (docs []uint32, all bool) {
	typed, all := withAll(terms, u.required, segment)
	if all {
		return nil, true
	}
	var conditions []docList
	for i := range u.pieces {
		p := &u.pieces[i]
		if as, all := withAll(terms, p.required, segment); !all {
			conditions = append(conditions, docList{plain: union(as, p.otherDocuments(terms, segment))})
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
