package search

import (
	"slices"
	"strings"

	"jiebang/search/han"
)

// unit is one clause, or several beside each other, that a document can also
// satisfy in other words: by synonyms, or by the names of those behind it.
type unit struct {
	clauses []int // of parsed.clauses
	pieces  []piece
}

// piece is a stretch of a unit, with what may stand in its place. A document
// satisfies the unit as it was typed, or piece by piece.
type piece struct {
	typed    []clause // all of them
	variants []clause // phrases, any of which will do
	names    []*name  // of a document, any of which will do
}

// inUnit reports whether a clause can be satisfied in other words.
func (p *parsed) inUnit(clause int) bool {
	return slices.ContainsFunc(p.units, func(u unit) bool { return slices.Contains(u.clauses, clause) })
}

// occurrence is a stretch of a query, symbols from up to end, that can be said in
// other words.
type occurrence struct {
	from, end int
	variants  []clause
	names     []*name
}

// stretch is the symbols of clauses that stand beside each other, without gaps.
type stretch struct {
	symbols []han.Symbol
	clause  []int // of parsed.clauses, for each symbol
	at      []int // of the clause's symbols
}

// expand finds the units of a query. Phrases and exclusions mean what they say.
// hasWord reports whether a text has a word: one that texts have is not pinyin.
func (p *parsed) expand(synonyms *Synonyms, names *nameTable, hasWord func(string) (bool, error)) error {
	var s stretch
	flush := func() error {
		defer func() { s = stretch{} }()
		return p.expandStretch(s, synonyms, names, hasWord)
	}
	for i := range p.clauses {
		c := &p.clauses[i]
		if c.phrase || c.exclude {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		for j, y := range c.symbols {
			if y != han.Gap { // between linked words
				s.symbols, s.clause, s.at = append(s.symbols, y), append(s.clause, i), append(s.at, j)
			}
		}
	}
	return flush()
}

func (p *parsed) expandStretch(s stretch, synonyms *Synonyms, names *nameTable, hasWord func(string) (bool, error)) error {
	var found []occurrence
	for i := 0; i < len(s.symbols); {
		rest := s.symbols[i:]
		o := occurrence{from: i, end: i + 1}
		if y := synonyms.begins(rest); y != nil {
			o.end, o.variants = i+len(y.symbols), y.others
		}
		if n := names.begins(rest); n != nil && i+len(n.symbols) > o.end {
			o = occurrence{from: i, end: i + len(n.symbols), names: []*name{n}}
		}
		if o.variants != nil || o.names != nil {
			found = append(found, o)
		}
		i = o.end
	}
	// A whole clause may be part of names, or spell them.
	for i := 0; i < len(s.symbols); {
		c := s.clause[i]
		end := i
		for end < len(s.symbols) && s.clause[end] == c {
			end++
		}
		has := false
		if word := p.clauses[c].words[0]; word != "" {
			var err error
			if has, err = hasWord(word); err != nil {
				return err
			}
		}
		if list := names.meant(&p.clauses[c], !has); list != nil {
			found = addNames(found, i, end, list)
		}
		i = end
	}
	var err error
	if found, err = p.addSpellings(s, found, hasWord); err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b occurrence) int { return a.from - b.from })
	for len(found) > 0 {
		n := 1 // occurrences that share clauses with each other
		for n < len(found) && s.clause[found[n].from] <= s.clause[found[n-1].end-1] {
			n++
		}
		p.units = append(p.units, p.unit(s, found[:n]))
		found = found[n:]
	}
	return nil
}

// addNames adds the names that a whole clause means, unless a part of it has
// been recognised as something else.
func addNames(found []occurrence, from, end int, names []*name) []occurrence {
	for i := range found {
		o := &found[i]
		if o.from == from && o.end == end {
			for _, n := range names {
				if !slices.Contains(o.names, n) {
					o.names = append(o.names, n)
				}
			}
			return found
		}
		if o.from < end && from < o.end {
			return found
		}
	}
	return append(found, occurrence{from: from, end: end, names: names})
}

// unit makes the unit of some occurrences: the clauses that they lie in, cut at
// their ends.
func (p *parsed) unit(s stretch, found []occurrence) unit {
	first, last := s.clause[found[0].from], s.clause[found[len(found)-1].end-1]
	var u unit
	for c := first; c <= last; c++ {
		u.clauses = append(u.clauses, c)
	}
	at := slices.Index(s.clause, first)
	end := len(s.clause)
	for i := at; i < len(s.clause); i++ {
		if s.clause[i] > last {
			end = i
			break
		}
	}
	plain := func(to int) {
		for _, c := range p.cut(s, at, to) {
			u.pieces = append(u.pieces, piece{typed: []clause{c}})
		}
	}
	for _, o := range found {
		plain(o.from)
		u.pieces = append(u.pieces, piece{typed: p.cut(s, o.from, o.end), variants: o.variants, names: o.names})
		at = o.end
	}
	plain(end)
	return u
}

// expansions lists the synonyms that are looked for.
func (p *parsed) expansions() []Expansion {
	var out []Expansion
	for _, u := range p.units {
		for _, piece := range u.pieces {
			if len(piece.variants) == 0 {
				continue
			}
			var typed []string
			for i := range piece.typed {
				typed = append(typed, piece.typed[i].text())
			}
			e := Expansion{Word: strings.Join(typed, " ")}
			for i := range piece.variants {
				if !piece.variants[i].spelled {
					e.Also = append(e.Also, piece.variants[i].written)
				}
			}
			if e.Also != nil {
				out = append(out, e)
			}
		}
	}
	return out
}

// cut gives symbols of a stretch as clauses of their own.
func (p *parsed) cut(s stretch, from, to int) []clause {
	var out []clause
	for from < to {
		c := &p.clauses[s.clause[from]]
		end := from
		for end < to && s.clause[end] == s.clause[from] {
			end++
		}
		a, b := s.at[from], s.at[end-1]+1
		out = append(out, clause{symbols: c.symbols[a:b], words: c.words[a:b], linked: c.linked && b-a > 1})
		from = end
	}
	return out
}
