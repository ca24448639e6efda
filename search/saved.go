package search

import (
	"slices"

	"jiebang/search/han"
)

// SavedQueries are queries that are kept, to be held against documents one by one as they come: which of them would find this one? It is the other
// way round than Index.Search, and reads words, phrases, exclusions, synonyms and names as that does in its strongest reading, ReadAll: weaker
// readings and typing slips depend on what else there is, and are left out.
//
// Queries are taken apart once, when they are put in. A document is held only against those of which it has a term that none of its hits can do
// without. SavedQueries are used by one goroutine at a time.
type SavedQueries struct {
	synonyms *Synonyms
	byID     map[string]*savedQuery
	byTerm   map[string][]*savedQuery // by one term, or one of several, that each hit's text has
	byPair   map[string][]*savedQuery // by all pairs, for names, which may stand in the place of words
	always   []*savedQuery            // words of letters, which are parted and spelled in many ways, and none at all
}

type savedQuery struct {
	id      string
	parsed  parsed // without units: they depend on the document's names and words, too
	kinds   []string
	filters map[string][]string
	terms   []string // of byTerm
	pairs   []string // of byPair
}

// NewSavedQueries makes an empty set; without synonyms it takes those of the package, as Open does.
func NewSavedQueries(synonyms *Synonyms) *SavedQueries {
	if synonyms == nil {
		synonyms = DefaultSynonyms()
	}
	return &SavedQueries{synonyms: synonyms, byID: map[string]*savedQuery{}, byTerm: map[string][]*savedQuery{}, byPair: map[string][]*savedQuery{}}
}

// Count is how many there are.
func (s *SavedQueries) Count() int { return len(s.byID) }

// Put keeps a query by a name; one of that name is replaced. Text, kinds and filters count, and nothing else of it.
func (s *SavedQueries) Put(id string, q Query) {
	s.Remove(id)
	k := &savedQuery{id: id, parsed: parseQuery(q.Text), kinds: q.Kinds, filters: q.Filters}
	s.byID[id] = k
	key := -1 // the clause by which it is looked up: the longest of Han characters, which says most
	for i := range k.parsed.clauses {
		c := &k.parsed.clauses[i]
		if c.exclude {
			continue
		}
		c.eachPair(func(pair string) { k.pairs = append(k.pairs, pair) })
		if han.IsHan(c.symbols[0]) && (key < 0 || len(c.symbols) > len(k.parsed.clauses[key].symbols)) {
			key = i
		}
	}
	if key < 0 {
		s.always = append(s.always, k)
		return
	}
	k.terms, k.pairs = s.keysOf(k.parsed, key), distinctTexts(k.pairs)
	for _, t := range k.terms {
		s.byTerm[t] = append(s.byTerm[t], k)
	}
	for _, t := range k.pairs {
		s.byPair[t] = append(s.byPair[t], k)
	}
}

// keysOf are terms of which every text has one that satisfies a clause of Han characters: of what is required the one that fewest queries are looked
// up by, or, where there are synonyms, any of the clause's and of theirs.
func (s *SavedQueries) keysOf(p parsed, key int) []string {
	c := &p.clauses[key]
	noWord := func(string) (bool, error) { return false, nil }
	if err := p.expand(s.synonyms, newNameTable(), noWord); err != nil {
		panic(err) // noWord has none
	}
	at := slices.IndexFunc(p.units, func(u unit) bool { return slices.Contains(u.clauses, key) })
	if at < 0 {
		best := ""
		c.requires(func(term string) {
			if best == "" || len(s.byTerm[term]) < len(s.byTerm[best]) {
				best = term
			}
		})
		return []string{best}
	}
	var terms []string
	add := func(term string) { terms = append(terms, term) }
	for _, i := range p.units[at].clauses {
		p.clauses[i].requires(add)
		p.clauses[i].eachPair(add)
	}
	for _, piece := range p.units[at].pieces {
		for i := range piece.variants {
			piece.variants[i].requires(add)
		}
	}
	return distinctTexts(terms)
}

func distinctTexts(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// Remove forgets a query, if it is there.
func (s *SavedQueries) Remove(id string) {
	k := s.byID[id]
	if k == nil {
		return
	}
	delete(s.byID, id)
	is := func(o *savedQuery) bool { return o == k }
	s.always = slices.DeleteFunc(s.always, is)
	for _, t := range k.terms {
		without(s.byTerm, t, is)
	}
	for _, t := range k.pairs {
		without(s.byPair, t, is)
	}
}

func without(m map[string][]*savedQuery, key string, is func(*savedQuery) bool) {
	if m[key] = slices.DeleteFunc(m[key], is); len(m[key]) == 0 {
		delete(m, key)
	}
}

// Finding are the queries that a document answers, in the order of their names.
func (s *SavedQueries) Finding(d Document) []string {
	held := newHeld(&d)
	tried := map[*savedQuery]bool{}
	var out []string
	try := func(list []*savedQuery) {
		for _, k := range list {
			if tried[k] {
				continue
			}
			tried[k] = true
			if k.narrows(&d) && s.fits(k, held) {
				out = append(out, k.id)
			}
		}
	}
	try(s.always)
	for term := range held.terms {
		try(s.byTerm[term])
	}
	for pair := range held.namePairs {
		try(s.byPair[pair])
	}
	slices.Sort(out)
	return out
}

// narrows reports whether a document is of the kinds and has the values that are wanted.
func (k *savedQuery) narrows(d *Document) bool {
	if len(k.kinds) > 0 && !slices.Contains(k.kinds, d.Kind) {
		return false
	}
	for name, values := range k.filters {
		has := d.Facets[name]
		if name == FacetKind {
			has = []string{d.Kind}
		}
		if !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(has, v) }) {
			return false
		}
	}
	return true
}

// heldDocument is a document as queries are held against it.
type heldDocument struct {
	symbols   []han.Symbol
	words     map[string]bool
	terms     map[string]bool // of its texts; single characters of its names, too
	namePairs map[string]bool
	names     *nameTable
}

func newHeld(d *Document) *heldDocument {
	h := &heldDocument{words: map[string]bool{}, terms: map[string]bool{}, namePairs: map[string]bool{}, names: newNameTable()}
	for _, src := range d.sources() {
		tokens := han.Tokenize(nil, src.text)
		for i, t := range tokens {
			h.symbols = append(h.symbols, t.Sym)
			switch {
			case t.Word != "":
				h.words[t.Word], h.terms[t.Word] = true, true
			case t.IsHan():
				h.terms[charTerm(t.Sym)] = true
				if i+1 < len(tokens) && tokens[i+1].IsHan() {
					h.terms[string([]rune{rune(t.Sym), rune(tokens[i+1].Sym)})] = true
				}
			}
		}
		h.symbols = append(h.symbols, han.Gap)
	}
	h.names.add(d.Names)
	for _, n := range h.names.names {
		for i, y := range n.symbols {
			if !han.IsHan(y) {
				continue
			}
			h.terms[charTerm(y)] = true
			if i+1 < len(n.symbols) && han.IsHan(n.symbols[i+1]) {
				h.namePairs[string([]rune{rune(y), rune(n.symbols[i+1])})] = true
			}
		}
	}
	return h
}

// fits reports whether a document has all that a query demands.
func (s *SavedQueries) fits(k *savedQuery, d *heldDocument) bool {
	p := k.parsed // its clauses are read, and units are its own
	if p.empty {
		return false
	}
	if err := p.expand(s.synonyms, d.names, func(word string) (bool, error) { return d.words[word], nil }); err != nil {
		return false
	}
	for i := range p.clauses {
		c := &p.clauses[i]
		if c.exclude && c.matches(d.symbols) || !c.exclude && !p.inUnit(i) && !c.matches(d.symbols) {
			return false
		}
	}
	all := func(list []clause) bool {
		return !slices.ContainsFunc(list, func(c clause) bool { return !c.matches(d.symbols) })
	}
	for _, u := range p.units {
		typed := !slices.ContainsFunc(u.clauses, func(i int) bool { return !p.clauses[i].matches(d.symbols) })
		if typed {
			continue
		}
		for _, piece := range u.pieces {
			if !all(piece.typed) && len(piece.names) == 0 && !slices.ContainsFunc(piece.variants, func(c clause) bool { return c.matches(d.symbols) }) {
				return false
			}
		}
	}
	return true
}
