package search

import (
	"slices"

	"jiebang/search/han"
)

// hits takes the documents of a query in. Each step costs more than the one
// before, so it is asked only about what the earlier ones let through:
//
//  1. Posting lists decide which documents come up. collect intersects those that
//     every hit needs and gives each document of the intersection to consider.
//     In a weaker reading without phrases nothing is needed, so collectSums adds
//     up whole lists instead, and gives those with enough to take.
//  2. enter goes over to a segment and begins its lists anew. Within a segment
//     documents come in ascending order, since the lists are read forwards only.
//  3. consider scores by the lists: what was typed, then otherWords. In a weaker
//     reading it drops a document that has too little of the query.
//  4. take drops what is deleted, and what the filter refuses: one look at the
//     number of the document's set of facet values, and at the sort keys that it
//     has floors and bands for.
//  5. read tests in the text what the lists do not say: stretches, phrases and
//     exclusions, and in the reading ReadAll each unit by satisfies, as it was
//     typed or else piece by piece in other words.
//  6. Back in take, the document is counted. That comes after read, since Total
//     and facets count only what satisfies the query; one that a single facet, or a
//     single choice of bands, keeps out is counted for that alone.
//  7. Last, the document has its place: beyond leaves out, by score or key, what
//     comes after those that are kept, and only for the others the document itself
//     is looked at, to compare it with the cursor and to keep it.
type hits struct {
	s        *searcher
	w        *scoring
	atLeast  float64
	segment  int
	seg      *segmentView
	lists    []cursorDocs // of every term
	named    [][]cursorDocs
	keys     []int64
	floors   [][]int64 // the columns of the filter's floors
	bands    [][]int64 // and of the bands
	symbols  []han.Symbol
	unscored bool // another order, and nothing to weigh
}

func (s *searcher) newHits(w *scoring) *hits {
	h := &hits{s: s, w: w, floors: make([][]int64, len(s.filter.floors)), bands: make([][]int64, len(s.bands.bands)), lists: make([]cursorDocs, len(s.terms)), unscored: s.order.Key != "" && s.reading == ReadAll}
	if s.reading == ReadMost {
		h.atLeast = w.mass / 2
	}
	for range s.units {
		h.named = append(h.named, nil)
	}
	return h
}

// enter goes over to a segment.
func (h *hits) enter(segment int) {
	h.segment, h.seg = segment, h.s.v.segments[segment]
	for j := range h.lists {
		h.lists[j].begin(docList{packed: h.s.terms[j].lists[segment]})
	}
	for j, u := range h.s.units {
		h.named[j] = make([]cursorDocs, len(u.pieces))
		for k, p := range u.pieces {
			if p.named != nil {
				h.named[j][k].docs = p.named[segment]
			}
		}
	}
	if h.s.order.Key != "" {
		h.keys = h.seg.column(h.s.order.Key)
	}
	for i, f := range h.s.filter.floors {
		h.floors[i] = h.seg.column(f.Key)
	}
	for i, b := range h.s.bands.bands {
		h.bands[i] = h.seg.column(b.Key)
	}
}

// consider takes a document in if it satisfies the query.
func (h *hits) consider(d uint32) {
	s := h.s
	score, has := 0.0, 0.0
	if !h.unscored {
		part := h.w.parts[h.seg.lengths[d]]
		for j := range s.scored {
			if f := h.lists[j].frequency(d); f != 0 {
				score += h.w.term(j, f, part)
				has += h.w.idfs[j]
			}
		}
		more, gained := h.otherWords(d)
		score, has = score+more, has+gained
		if s.reading != ReadAll && (has == 0 || has < h.atLeast) {
			return
		}
	}
	h.take(d, score)
}

// take counts a document in whose terms satisfy the query, if all else does.
func (h *hits) take(d uint32, score float64) {
	s := h.s
	if h.seg.deleted.has(d) {
		return
	}
	v := s.filter.judge(h.seg.sets[d])
	if v == refused || v >= refusedByGroup && s.facets.beside[v-refusedByGroup] == nil {
		return
	}
	for i := range h.floors {
		if !s.filter.floors[i].passes(h.floors[i][d]) {
			return
		}
	}
	refusing := s.bands.place(h.bands, d)
	if refusing == several || refusing != nowhere && v != passes {
		return
	}
	if len(s.scan) > 0 || len(s.units) > 0 && s.reading == ReadAll {
		if !h.read(d) {
			return
		}
	}
	if v != passes {
		s.facets.beside[v-refusedByGroup][h.seg.sets[d]]++
		return
	}
	s.bands.count(refusing)
	if refusing != nowhere {
		return
	}
	s.total++
	if s.facets.hits != nil {
		s.facets.hits[h.seg.sets[d]]++
	}
	c := candidate{segment: h.segment, doc: d, score: score}
	if h.keys != nil {
		c.key = h.keys[d]
	}
	if s.top.beyond(&c) {
		return
	}
	// Documents lie all over memory, so only those that may be shown are looked at.
	c.forward = h.seg.docs[d]
	if s.pinned && s.order.compare(c, s.last) <= 0 {
		return
	}
	s.top.add(c)
}

// read tests what the lists do not say.
func (h *hits) read(d uint32) bool {
	s := h.s
	h.symbols = h.symbols[:0]
	symbols := func() []han.Symbol {
		if len(h.symbols) == 0 {
			h.symbols = h.seg.docs[d].symbols(h.symbols)
		}
		return h.symbols
	}
	for _, n := range s.scan {
		c := &s.parsed.clauses[n]
		if !c.exclude && !c.phrase && s.reading != ReadAll {
			continue
		}
		if c.matches(symbols()) == c.exclude {
			return false
		}
	}
	if s.reading == ReadAll {
		for i := range s.units {
			if !h.satisfies(i, d, symbols) {
				return false
			}
		}
	}
	return true
}

// satisfies reports whether a document satisfies a unit, as typed or in other
// words.
func (h *hits) satisfies(unit int, d uint32, symbols func() []han.Symbol) bool {
	u := &h.s.units[unit]
	if u.exact && h.hasAll(u.required, d) {
		return true
	}
	asTyped := true
	for _, c := range u.unit.clauses {
		asTyped = asTyped && h.s.parsed.clauses[c].matches(symbols())
	}
	if asTyped {
		return true
	}
	for i := range u.unit.pieces {
		p := &u.unit.pieces[i]
		ok := h.named[unit][i].has(d)
		for j := 0; j < len(p.variants) && !ok; j++ {
			ok = h.hasAll(u.pieces[i].variants[j], d) && p.variants[j].matches(symbols())
		}
		if !ok && !slices.ContainsFunc(p.typed, func(c clause) bool { return !c.matches(symbols()) }) {
			ok = true
		}
		if !ok {
			return false
		}
	}
	return true
}

func (h *hits) hasAll(terms []int, d uint32) bool {
	for _, t := range terms {
		if !h.lists[t].has(d) {
			return false
		}
	}
	return true
}

// otherWords is what synonyms and names add to the score of a document, and to
// the weight that it has of the query, beyond what the typed words give: each
// piece counts as the best of its spellings. A synonym counts by the share of
// its own weight, so that a long one weighs what the short one does.
func (h *hits) otherWords(d uint32) (score, has float64) {
	for i := range h.s.units {
		for j := range h.s.units[i].pieces {
			p := &h.s.units[i].pieces[j]
			if len(p.variants) == 0 && p.named == nil {
				continue
			}
			x, y := h.pieceGain(p, &h.named[i][j], d)
			score, has = score+x, has+y
		}
	}
	return score, has
}

func (h *hits) pieceGain(p *pieceTerms, named *cursorDocs, d uint32) (score, has float64) {
	part := h.w.parts[h.seg.lengths[d]]
	best := 0.0
	mass := h.w.sum(p.typed)
	for _, v := range p.variants {
		if !h.hasAll(v, d) {
			continue
		}
		x := 0.0
		for _, t := range v {
			x += h.w.term(t, h.lists[t].frequency(d), part)
		}
		best = max(best, synonymFactor*x*mass/h.w.sum(v))
	}
	if named.has(d) {
		best = max(best, nameFactor*mass)
	}
	if best == 0 {
		return 0, 0
	}
	typed, typedMass := 0.0, 0.0
	for _, t := range p.typed {
		if f := h.lists[t].frequency(d); f != 0 {
			typed += h.w.term(t, f, part)
			typedMass += h.w.idfs[t]
		}
	}
	return max(best-typed, 0), mass - typedMass
}
