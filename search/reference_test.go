package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"jiebang/search/han"
)

// reference is the ranking written down a second time, as slowly and plainly as
// it can be: documents as token lists, every figure counted anew.
type reference struct {
	docs  []Document
	texts [][]han.Token // of each document
}

func newReference(docs []Document) *reference {
	r := &reference{}
	at := map[string]int{}
	for _, d := range docs {
		var tokens []han.Token
		for _, s := range d.sources() {
			tokens = append(tokens, han.Tokenize(nil, s.text)...)
			tokens = append(tokens, han.Token{})
		}
		if i, ok := at[d.ID]; ok {
			r.docs[i], r.texts[i] = d, tokens
			continue
		}
		at[d.ID] = len(r.docs)
		r.docs, r.texts = append(r.docs, d), append(r.texts, tokens)
	}
	return r
}

// pairs spells out the index terms of tokens by looking at each neighbourhood.
func pairs(tokens []han.Token) []string {
	var out []string
	hanAt := func(i int) bool { return i >= 0 && i < len(tokens) && tokens[i].IsHan() }
	for i, t := range tokens {
		switch {
		case t.Sym == han.Gap:
		case !t.IsHan():
			out = append(out, t.Word)
		case hanAt(i + 1):
			out = append(out, string([]rune{rune(t.Sym), rune(tokens[i+1].Sym)}))
		case !hanAt(i - 1):
			out = append(out, string(rune(t.Sym)))
		}
	}
	return out
}

func singles(tokens []han.Token) []string {
	var out []string
	for _, t := range tokens {
		if t.Sym != han.Gap {
			if t.IsHan() {
				out = append(out, string(rune(t.Sym)))
			} else {
				out = append(out, t.Word)
			}
		}
	}
	return out
}

// bm25 is the score of document i for a query, both as lists of terms, among documents of which those that are missing have the usual length.
func bm25(query []string, docs [][]string, i int, usual float64) float64 {
	n, total := float64(len(docs)), 0.0
	for _, d := range docs {
		total += float64(len(d))
	}
	avg := (total + usual*(11877-n)) / 11877
	distinct := slices.Compact(slices.Sorted(slices.Values(query)))
	score := 0.0
	for _, q := range distinct {
		df := 0.0
		for _, d := range docs {
			if slices.Contains(d, q) {
				df++
			}
		}
		missing := 11877 - n
		df += missing * share(q)
		tf, qtf := 0.0, 0.0
		for _, t := range docs[i] {
			if t == q {
				tf++
			}
		}
		for _, t := range query {
			if t == q {
				qtf++
			}
		}
		tf = min(tf, 127)
		score += qtf * math.Log(1+(11877-df+0.5)/(df+0.5)) * tf * 2.2 / (tf + 1.2*(0.25+0.75*float64(len(docs[i]))/avg))
	}
	return score
}

// share is the part of ordinary documents that have a term.
func share(term string) float64 {
	out := 1.0
	for _, t := range han.Tokenize(nil, term) {
		s := 0.0005
		if !t.IsHan() {
			s = 0.0002
		}
		for _, class := range commonHan {
			if t.IsHan() && strings.ContainsRune(class.chars, rune(t.Sym)) {
				s = class.share
			}
		}
		out *= s
	}
	return out
}

type placed struct {
	id    string
	score float64
}

// match ranks all documents of a kind; those that share nothing are left out.
func (r *reference) match(p Probe) []placed {
	var tokens []han.Token
	for _, s := range p.sources() {
		tokens = append(append(tokens, han.Tokenize(nil, s.text)...), han.Token{})
	}
	var byPair, byChar [][]string
	for _, t := range r.texts {
		byPair, byChar = append(byPair, pairs(t)), append(byChar, singles(t))
	}
	var out []placed
	for i, d := range r.docs {
		if p.Kind != "" && d.Kind != p.Kind || slices.Contains(p.Exclude, d.ID) || !holds(d, p.Filters) {
			continue
		}
		first := bm25(pairs(tokens), byPair, i, 174.9)
		if first > 0 { // stage one: at least one index term in common
			out = append(out, placed{d.ID, 0.4*first + 0.8*bm25(singles(tokens), byChar, i, 191.9)})
		}
	}
	slices.SortFunc(out, func(a, b placed) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.id, b.id))
	})
	return out
}

func holds(d Document, filters map[string][]string) bool {
	for name, values := range filters {
		any := false
		for _, v := range d.Facets[name] {
			any = any || slices.Contains(values, v)
		}
		if !any {
			return false
		}
	}
	return true
}

// satisfies is the meaning of the reading "all" for a document.
func satisfies(q parsed, tokens []han.Token) bool {
	for _, c := range q.clauses {
		ok := false
		if c.phrase || len(c.symbols) == 1 {
			for i := range tokens {
				ok = ok || matchesAt(tokens, i, c.symbols)
			}
		} else {
			covered := make([]bool, len(c.symbols))
			for j := 0; j+1 < len(c.symbols); j++ {
				for i := range tokens {
					if matchesAt(tokens, i, c.symbols[j:j+2]) {
						covered[j], covered[j+1] = true, true
					}
				}
			}
			ok = !slices.Contains(covered, false)
		}
		if ok == c.exclude {
			return false
		}
	}
	return !q.empty
}
