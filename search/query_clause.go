package search

import (
	"slices"
	"strings"

	"jiebang/search/han"
)

// requires calls f with the index terms that every document satisfying the
// clause has: all pairs and words of a phrase; a word; and of a stretch of Han
// characters its first pair and its last one, since the first and last
// character have one neighbour each. One Han character alone requires itself (see
// charTerm).
func (c *clause) requires(f func(term string)) {
	n := len(c.symbols)
	if n == 1 && han.IsHan(c.symbols[0]) {
		f(charTerm(c.symbols[0]))
		return
	}
	for i, s := range c.symbols {
		switch {
		case s >= han.WordBase:
			f(c.words[i])
		case s == han.Gap || i+1 == n || !han.IsHan(c.symbols[i+1]):
		case c.phrase || i == 0 || i == n-2:
			f(string([]rune{rune(s), rune(c.symbols[i+1])}))
		}
	}
}

// eachPair calls f with all pairs of adjacent Han characters of the clause.
func (c *clause) eachPair(f func(term string)) {
	for i := 0; i+1 < len(c.symbols); i++ {
		if han.IsHan(c.symbols[i]) && han.IsHan(c.symbols[i+1]) {
			f(string([]rune{rune(c.symbols[i]), rune(c.symbols[i+1])}))
		}
	}
}

// text spells the clause's symbols, folded.
func (c *clause) text() string {
	var b strings.Builder
	for i, s := range c.symbols {
		switch {
		case s == han.Gap:
			b.WriteByte(' ')
		case han.IsHan(s):
			b.WriteRune(rune(s))
		default:
			b.WriteString(c.words[i])
		}
	}
	return b.String()
}

// exact reports whether the required terms are all there is to the clause.
func (c *clause) exact() bool {
	if c.phrase || c.linked {
		return len(c.symbols) == 1 || len(c.symbols) == 2 && han.IsHan(c.symbols[0]) && han.IsHan(c.symbols[1])
	}
	return len(c.symbols) <= 3
}

// matches reports whether a document's symbols satisfy the clause, exclusion
// aside. A phrase has to be there as it is. Of a stretch of Han characters every
// one has to stand beside one of its neighbours: 锂电池回收 finds a text with
// 回收 here and 锂电池 there, although 池回 is nowhere in it, and does so without
// a dictionary; it does not find one with 电池 but no 锂电.
func (c *clause) matches(doc []han.Symbol) bool {
	n := len(c.symbols)
	if c.phrase || c.linked {
		return indexOf(doc, c.symbols) >= 0
	}
	if n == 1 {
		return slices.Contains(doc, c.symbols[0])
	}
	if n > longClause {
		return c.matchesLong(doc)
	}
	found := make([]bool, n-1)
	for i := 0; i+1 < len(doc); i++ {
		if !han.IsHan(doc[i]) || !han.IsHan(doc[i+1]) {
			continue
		}
		for j := range found {
			if doc[i] == c.symbols[j] && doc[i+1] == c.symbols[j+1] {
				found[j] = true
			}
		}
	}
	for i := range n {
		if !(i > 0 && found[i-1] || i < n-1 && found[i]) {
			return false
		}
	}
	return true
}

// longClause is the length from which pairs are looked up in a table: to try each
// against each would cost the product of both lengths.
const longClause = 16

func (c *clause) matchesLong(doc []han.Symbol) bool {
	found := make(map[han.TermKey]bool, len(c.symbols))
	for i := 0; i+1 < len(c.symbols); i++ {
		found[han.PairKey(c.symbols[i], c.symbols[i+1])] = false
	}
	for i := 0; i+1 < len(doc); i++ {
		k := han.PairKey(doc[i], doc[i+1])
		if _, ok := found[k]; ok {
			found[k] = true
		}
	}
	for i := range c.symbols {
		before := i > 0 && found[han.PairKey(c.symbols[i-1], c.symbols[i])]
		if !before && !(i+1 < len(c.symbols) && found[han.PairKey(c.symbols[i], c.symbols[i+1])]) {
			return false
		}
	}
	return true
}

func indexOf(doc, seq []han.Symbol) int {
	for i := 0; i+len(seq) <= len(doc); i++ {
		if doc[i] == seq[0] && slices.Equal(doc[i:i+len(seq)], seq) {
			return i
		}
	}
	return -1
}

// mark sets the tokens of a text that the clause speaks of.
func (c *clause) mark(tokens []han.Token, marks []bool) {
	n := len(c.symbols)
	if !c.phrase && !c.linked && n > 1 {
		pairs := make(map[han.TermKey]bool, n)
		for i := 0; i+1 < n; i++ {
			pairs[han.PairKey(c.symbols[i], c.symbols[i+1])] = true
		}
		for i := 0; i+1 < len(tokens); i++ {
			if pairs[han.PairKey(tokens[i].Sym, tokens[i+1].Sym)] {
				marks[i], marks[i+1] = true, true
			}
		}
		return
	}
	for i := range tokens {
		switch {
		case c.phrase || c.linked:
			if matchesAt(tokens, i, c.symbols) {
				for j := range n {
					marks[i+j] = true
				}
			}
		case tokens[i].Sym == c.symbols[0]:
			marks[i] = true
		}
	}
}

func matchesAt(tokens []han.Token, i int, seq []han.Symbol) bool {
	if i+len(seq) > len(tokens) {
		return false
	}
	for j, s := range seq {
		if tokens[i+j].Sym != s {
			return false
		}
	}
	return true
}
