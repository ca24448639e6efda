package search

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sort"
)

// Query is what a person asks for.
type Query struct {
	// Text is what they typed: words in any order, "phrases" in quotes, -exclusion.
	// Empty means everything that the filters let through.
	Text string
	// Kinds of document wanted; none means all.
	Kinds []string
	// Filters are names of facets and the values allowed: every name has to hold,
	// with any one of its values.
	Filters map[string][]string
	// Facets names the facets to count over all hits.
	Facets []string
	// Limit is how many hits a page has, at most MaxPage; 0 means 20.
	Limit int
	// After is Page.After of the page before; empty for the first.
	After string
}

// MaxPage bounds Query.Limit.
const MaxPage = 200

// Reading says how much of a query the hits have.
type Reading string

const (
	// ReadAll: every hit satisfies the whole query.
	ReadAll Reading = "all"
	// ReadMost: no document does; these have at least half of it, where a rare
	// word counts for more than a common one.
	ReadMost Reading = "most"
	// ReadAny: no document has half of it; these have something of it.
	ReadAny Reading = "any"
)

// Page is one page of hits, the best first.
type Page struct {
	Hits  []Hit
	Total int // documents that match, over all pages
	// Reading applies to all hits alike. Phrases in quotes and exclusions hold in
	// every reading.
	Reading Reading
	Notes   []Note
	// Facets counts values over all hits, the most frequent first.
	Facets map[string][]FacetCount
	// After asks for the next page; empty on the last one. Pages that follow it
	// keep the weights of the first, so that a document neither moves to another
	// page nor is left out while others are added or removed.
	After string
}

// Hit is a document that matches a query.
type Hit struct {
	ID        string
	Score     float64 // orders the hits of one query; means nothing beside another's
	Fragments []Fragment
}

// FacetCount is how many hits have a value.
type FacetCount struct {
	Value string
	Count int
}

// Search finds the documents that satisfy a query.
func (x *Index) Search(ctx context.Context, q Query) (Page, error) {
	v, err := x.acquire()
	if err != nil {
		return Page{}, err
	}
	defer v.release()
	s, err := v.newSearcher(q)
	if err != nil {
		return Page{}, err
	}
	page := Page{Notes: s.parsed.notes, Facets: map[string][]FacetCount{}}
	for !s.parsed.empty {
		if err := s.collect(ctx); err != nil {
			return Page{}, err
		}
		if s.total > 0 || s.pinned || !s.relax() {
			break
		}
	}
	page.Reading, page.Total = s.reading, s.total
	for _, name := range q.Facets {
		page.Facets[name] = s.facetCounts(name)
	}
	hits := s.top.sorted()
	if len(hits) > s.limit {
		hits = hits[:s.limit]
		page.After = s.cursor(hits[s.limit-1])
	}
	page.Hits = make([]Hit, 0, len(hits))
	for _, c := range hits {
		h, err := v.hit(&s.parsed, c)
		if err != nil {
			return Page{}, err
		}
		page.Hits = append(page.Hits, h)
	}
	return page, nil
}

// searcher carries out one query on one view.
type searcher struct {
	v      *view
	parsed parsed
	filter filter
	limit  int
	facets []string

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
	counts map[uint32]int // by facet ordinal
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
		limit: q.Limit, facets: q.Facets, reading: ReadAll, counts: map[uint32]int{},
	}
	if s.limit <= 0 {
		s.limit = 20
	}
	s.limit = min(s.limit, MaxPage)
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
		idfs[i] = idf(s.weights.Terms[i], s.weights.Documents)
		mass += idfs[i]
	}
	required, atLeast := s.required, 0.0
	switch s.reading {
	case ReadMost:
		required, atLeast = s.strict, mass/2
	case ReadAny:
		required = s.strict
	}
	lists := make([]cursorList, len(s.terms))
	var symbols []symbol
	for i, seg := range s.v.segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j := range lists {
			lists[j] = cursorList{list: s.terms[j].lists[i]}
		}
		docs := s.driver(lists, required, len(seg.docs))
	next:
		for d, ok := docs(); ok; d, ok = docs() {
			doc := seg.live(d)
			if doc == nil || !s.filter.accepts(doc) {
				continue
			}
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
						score += idf(s.weights.Singles[n], s.weights.Documents) * saturation(min(f, maxFrequency), parts[seg.lengths[d]])
					}
				}
			}
			s.take(candidate{i, d, doc, score})
		}
	}
	return nil
}

func (s *searcher) take(c candidate) {
	s.total++
	if len(s.facets) > 0 {
		for _, n := range c.forward.facets {
			s.counts[n]++
		}
	}
	if c.score < s.top.least || s.pinned && better(c, s.last) <= 0 {
		return
	}
	s.top.add(c)
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

// driver walks the documents that can be hits: those of the shortest required
// list; without one, those of any list in the weaker readings, and all
// otherwise.
func (s *searcher) driver(lists []cursorList, required []int, size int) func() (uint32, bool) {
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
		for _, l := range lists {
			for _, d := range l.list.docs {
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

func (s *searcher) facetCounts(name string) []FacetCount {
	var out []FacetCount
	for _, n := range slices.Sorted(maps.Keys(s.counts)) {
		if f := s.v.facets.value(n); f.name == name {
			out = append(out, FacetCount{f.value, s.counts[n]})
		}
	}
	slices.SortFunc(out, func(a, b FacetCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}
