package search

import (
	"context"
	"slices"
)

// searcher carries out one query on one view: newSearcher reads the query and looks
// its terms up, run collects the hits, and Search makes a page of what they left.
type searcher struct {
	// What is asked.
	v           *view
	parsed      parsed
	asked       uint64
	filter      filter
	order       Order
	limit       int
	corrections []Correction

	// What lookUp finds.
	terms    []queryTerm // distinct, in an order that depends on the text alone
	scored   int         // terms before this one are those that were typed
	required []int       // terms that every hit has, in the reading ReadAll
	strict   []int       // terms of phrases, which every hit has in any reading
	scan     []int       // clauses that documents are read for
	units    []unitTerms // the units of parsed

	// How documents are weighed, and from where on they are shown.
	weights weights
	reading Reading // run begins with the strongest
	pinned  bool    // a later page: weights and reading come from the cursor
	last    candidate

	// What collect leaves behind.
	facets *facetCounter
	bands  *bandCounter
	top    topList
	total  int
	sums   *sums // of the weaker readings, made once for both
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
}

// unitTerms is a unit with the terms of its parts, as numbers of searcher.terms.
type unitTerms struct {
	unit     *unit
	required []int // terms that documents have that satisfy it as typed
	exact    bool  // and no others have
	pieces   []pieceTerms
}

type pieceTerms struct {
	typed    []int // all its terms, for its weight
	required []int
	variants [][]int // the terms of each, all of which it requires
	// named are the documents with one of the names, in every segment.
	named [][]uint32
}

// newSearcher looks a query up. Without synonyms only what was typed is found.
func (v *view) newSearcher(q Query, synonyms *Synonyms) (*searcher, error) {
	s := &searcher{
		v: v, parsed: parseQuery(q.Text), asked: asked(q), filter: v.facets.filter(q.Kinds, q.Filters, nil),
		order: q.Order, limit: q.Limit, reading: ReadAll,
	}
	if s.limit <= 0 {
		s.limit = 20
	}
	s.limit = min(s.limit, MaxPage)
	s.filter.floors = q.Floors
	s.facets, s.bands = newFacetCounter(v.facets, &s.filter, q.Facets), newBandCounter(q.Bands)
	if err := s.parsed.expand(synonyms, v.names, v.hasWord); err != nil {
		return nil, err
	}
	var err error
	if s.corrections, err = v.correct(&s.parsed); err != nil {
		return nil, err
	}
	if len(s.corrections) > 0 {
		s.parsed.units = nil
		if err := s.parsed.expand(synonyms, v.names, v.hasWord); err != nil {
			return nil, err
		}
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

func (v *view) hasWord(word string) (bool, error) {
	n, err := v.documentsWith([]byte(word))
	return n > 0, err
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
		inUnit := s.parsed.inUnit(i)
		if (!c.exact() || c.exclude) && !inUnit {
			s.scan = append(s.scan, i)
		}
		if c.exclude {
			continue
		}
		c.requires(func(term string) {
			n := add(term)
			if !inUnit {
				s.required = append(s.required, n)
			}
			if c.phrase {
				s.strict = append(s.strict, n)
			}
		})
		// The pairs inside a stretch add to the score where they are found.
		c.eachPair(func(term string) { add(term) })
	}
	s.scored = len(s.terms)
	for i := range s.parsed.units {
		s.units = append(s.units, s.unitTerms(&s.parsed.units[i], add))
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
	for i := range s.units {
		for j := range s.units[i].pieces {
			if err := s.lookUpNames(s.parsed.units[i].pieces[j].names, &s.units[i].pieces[j]); err != nil {
				return err
			}
		}
	}
	s.required, s.strict = distinct(s.required), distinct(s.strict)
	return nil
}

func distinct(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}

func (s *searcher) unitTerms(u *unit, add func(string) int) unitTerms {
	t := unitTerms{unit: u, exact: true}
	collect := func(list *[]int) func(string) {
		return func(term string) { *list = append(*list, add(term)) }
	}
	for _, i := range u.clauses {
		c := &s.parsed.clauses[i]
		c.requires(collect(&t.required))
		t.exact = t.exact && c.exact()
	}
	for i := range u.pieces {
		p := &u.pieces[i]
		var pt pieceTerms
		for j := range p.typed {
			c := &p.typed[j]
			c.requires(collect(&pt.required))
			c.requires(collect(&pt.typed))
			c.eachPair(collect(&pt.typed))
		}
		pt.typed = distinct(pt.typed)
		for j := range p.variants {
			var list []int
			p.variants[j].requires(collect(&list))
			pt.variants = append(pt.variants, distinct(list))
		}
		t.pieces = append(t.pieces, pt)
	}
	return t
}

func (s *searcher) lookUpNames(names []*name, p *pieceTerms) error {
	if len(names) == 0 {
		return nil
	}
	for _, seg := range s.v.segments {
		var docs []uint32
		for _, n := range names {
			list, err := s.v.postings(seg, n.term)
			if err != nil {
				return err
			}
			docs = union(docs, list.documents())
		}
		p.named = append(p.named, docs)
	}
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
	return w
}

// run collects in the strongest reading that has any hits.
func (s *searcher) run(ctx context.Context) error {
	for !s.parsed.empty {
		if err := s.collect(ctx); err != nil {
			return err
		}
		if s.total > 0 || s.pinned || !s.relax() {
			return nil
		}
	}
	return nil
}

// release gives back what the searcher borrowed; it is not used after it.
func (s *searcher) release() {
	if s.sums != nil {
		s.sums.release()
		s.sums = nil
	}
}

// relax goes over to the next weaker reading, if there is one.
func (s *searcher) relax() bool {
	if s.scored == len(s.strict) && len(s.units) == 0 {
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
