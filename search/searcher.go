package search

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// searcher carries out one query on one view.
type searcher struct {
	v           *view
	parsed      parsed
	filter      filter
	limit       int
	facets      []string
	corrections []Correction

	terms    []queryTerm // distinct, in an order that depends on the text alone
	required []int       // terms that every hit has, in the reading ReadAll
	strict   []int       // terms of phrases, which every hit has in any reading
	scan     []int       // clauses that documents are read for
	weights  weights
	reading  Reading

	pinned bool // a later page: weights and reading come from the cursor
	last   candidate

	top    topList
	total  int
	counts map[uint32]int // of hits, by facet number
	// beside counts the documents that only the filter of one facet keeps out.
	beside map[string]map[uint32]int
}

// queryTerm is an index term of the query with its list in every segment.
type queryTerm struct {
	text  string
	lists []*postings
}

// weights are the statistics that scores are made from. A cursor carries them.
type weights struct {
	Documents int
	Pairs     int64
	Terms     []int // documents with each term
	Singles   []int // documents with each lone Han character, by clause
}

func (v *view) newSearcher(q Query) (*searcher, error) {
	s := &searcher{
		v: v, parsed: parseQuery(q.Text), filter: v.facets.filter(q.Kinds, q.Filters, nil),
		limit: q.Limit, facets: q.Facets, reading: ReadAll,
		counts: map[uint32]int{}, beside: map[string]map[uint32]int{},
	}
	if s.limit <= 0 {
		s.limit = 20
	}
	s.limit = min(s.limit, MaxPage)
	for _, name := range q.Facets {
		s.beside[name] = map[uint32]int{}
	}
	var err error
	if s.corrections, err = v.correct(&s.parsed); err != nil {
		return nil, err
	}
	if err := s.lookUp(); err != nil {
		return nil, err
	}
	s.weights = s.currentWeights()
	if q.After != "" {
		if err := s.resume(q.After); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// lookUp finds the posting lists of all terms, and which of them hits must have.
func (s *searcher) lookUp() error {
	number := map[string]int{}
	add := func(text string) int {
		n, ok := number[text]
		if !ok {
			n = len(s.terms)
			number[text] = n
			s.terms = append(s.terms, queryTerm{text: text})
		}
		return n
	}
	for i := range s.parsed.clauses {
		c := &s.parsed.clauses[i]
		if !c.exact() || c.exclude {
			s.scan = append(s.scan, i)
		}
		if c.exclude {
			continue
		}
		c.requires(func(term string) {
			n := add(term)
			s.required = append(s.required, n)
			if c.phrase {
				s.strict = append(s.strict, n)
			}
		})
		// The pairs inside a stretch add to the score where they are found.
		for j := 0; j+1 < len(c.symbols); j++ {
			if isHan(c.symbols[j]) && isHan(c.symbols[j+1]) {
				add(string([]rune{rune(c.symbols[j]), rune(c.symbols[j+1])}))
			}
		}
	}
	for i := range s.terms {
		t := &s.terms[i]
		for _, seg := range s.v.segments {
			list, err := s.v.postings(seg, t.text)
			if err != nil {
				return err
			}
			t.lists = append(t.lists, list)
		}
	}
	slices.Sort(s.required)
	s.required = slices.Compact(s.required)
	slices.Sort(s.strict)
	s.strict = slices.Compact(s.strict)
	return nil
}

func (s *searcher) currentWeights() weights {
	w := weights{Documents: s.v.stats.documents, Pairs: s.v.stats.pairs}
	for _, t := range s.terms {
		n := 0
		for i, seg := range s.v.segments {
			n += t.lists[i].liveCount(seg)
		}
		w.Terms = append(w.Terms, n)
	}
	for _, c := range s.parsed.clauses {
		n := 0
		if len(c.symbols) == 1 && isHan(c.symbols[0]) {
			n = s.v.stats.documentsWith(c.symbols[0])
		}
		w.Singles = append(w.Singles, n)
	}
	return w
}

// relax goes over to the next weaker reading, if there is one.
func (s *searcher) relax() bool {
	if len(s.terms) == len(s.strict) {
		return false
	}
	switch s.reading {
	case ReadAll:
		s.reading = ReadMost
	case ReadMost:
		s.reading = ReadAny
	default:
		return false
	}
	return true
}

// collect counts the documents that satisfy the query in the present reading
// and keeps the best of those that come after the cursor.
func (s *searcher) collect(ctx context.Context) error {
	s.top, s.total = topList{limit: s.limit + 1}, 0
	clear(s.counts)
	for _, m := range s.beside {
		clear(m)
	}
	parts := s.v.pairParts
	if s.pinned {
		parts = make([]float64, len(parts))
		for n := range parts {
			parts[n] = lengthPart(uint16(n), mean(s.weights.Pairs, s.weights.Documents))
		}
	}
	idfs := make([]float64, len(s.terms))
	mass := 0.0
	for i := range s.terms {
		idfs[i] = idf(float64(s.weights.Terms[i]), float64(s.weights.Documents))
		mass += idfs[i]
	}
	required, atLeast := s.required, 0.0
	switch s.reading {
	case ReadMost:
		required, atLeast = s.strict, mass/2
	case ReadAny:
		required = s.strict
	}
	decisive := decisiveTerms(idfs, atLeast)
	lists := make([]cursorList, len(s.terms))
	var symbols []symbol
	for i, seg := range s.v.segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j := range lists {
			lists[j] = cursorList{list: s.terms[j].lists[i]}
		}
		docs := s.driver(lists, required, decisive, len(seg.docs))
	next:
		for d, ok := docs(); ok; d, ok = docs() {
			for _, r := range required {
				if lists[r].frequency(d) == 0 {
					continue next
				}
			}
			score, has := 0.0, 0.0
			for j := range lists {
				f := lists[j].frequency(d)
				if f == 0 {
					continue
				}
				x := idfs[j] * saturation(int(f&maxFrequency), parts[seg.lengths[d]])
				if f&inTitle != 0 {
					x *= titleFactor
				}
				score += x
				has += idfs[j]
			}
			if s.reading != ReadAll && (has == 0 || has < atLeast) {
				continue
			}
			// Documents lie all over memory; lists have gone first for that reason.
			doc := seg.live(d)
			if doc == nil {
				continue
			}
			outside, ok := s.filter.refusedBy(doc)
			if !ok || outside != "" && s.beside[outside] == nil {
				continue
			}
			if len(s.scan) > 0 {
				symbols = doc.symbols(symbols[:0])
				for _, n := range s.scan {
					c := &s.parsed.clauses[n]
					if !c.exclude && !c.phrase && s.reading != ReadAll {
						continue
					}
					if c.matches(symbols) == c.exclude {
						continue next
					}
					if !c.exclude && len(c.symbols) == 1 && isHan(c.symbols[0]) {
						f := count(symbols, c.symbols[0])
						score += idf(float64(s.weights.Singles[n]), float64(s.weights.Documents)) * saturation(min(f, maxFrequency), parts[seg.lengths[d]])
					}
				}
			}
			if outside != "" {
				tally(s.beside[outside], doc)
				continue
			}
			s.take(candidate{i, d, doc, score})
		}
	}
	return nil
}

func (s *searcher) take(c candidate) {
	s.total++
	if len(s.facets) > 0 {
		tally(s.counts, c.forward)
	}
	if c.score < s.top.least || s.pinned && better(c, s.last) <= 0 {
		return
	}
	s.top.add(c)
}

func tally(counts map[uint32]int, d *forward) {
	for _, n := range d.facets {
		counts[n]++
	}
}

func count(doc []symbol, c symbol) int {
	n := 0
	for _, s := range doc {
		if s == c {
			n++
		}
	}
	return n
}

func (s *searcher) facetCounts(name string) []FacetCount {
	sums := maps.Clone(s.counts)
	for n, c := range s.beside[name] {
		sums[n] += c
	}
	var out []FacetCount
	for n, c := range sums {
		if f := s.v.facets.value(n); f.name == name {
			out = append(out, FacetCount{f.value, c})
		}
	}
	slices.SortFunc(out, func(a, b FacetCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}
