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
			tokens = append(tokens, han.Token{}, han.Token{}) // a phrase with a gap in it does not reach over the end of a field
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

// bm25 is the score of document i for a query, both as lists of terms, among documents of which those that are missing have the usual length. It also
// says what an ordinary document would score, and the variance of that.
func bm25(query []string, docs [][]string, i int, usual float64, lay bool) (score, ordinary, variance float64) {
	n, total := float64(len(docs)), 0.0
	for _, d := range docs {
		total += float64(len(d))
	}
	avg := (total + usual*(11877-n)) / 11877
	distinct := slices.Compact(slices.Sorted(slices.Values(query)))
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
		weight := math.Pow(qtf, 0.8) * math.Log(1+(11877-df+0.5)/(df+0.5))
		if lay {
			for _, class := range commonLay {
				if strings.Contains(class.chars, q) {
					weight *= class.value
				}
			}
		}
		score += weight * tf * 2.2 / (tf + 1.2*(0.25+0.75*float64(len(docs[i]))/avg))
		ordinary += 1.1 * weight * df / 11877
		variance += 1.21 * weight * weight * df / 11877 * (1 - df/11877)
	}
	return score, ordinary, variance
}

// share is the part of ordinary documents that have a term.
func share(term string) float64 {
	out, n := 1.0, 0
	for _, t := range han.Tokenize(nil, term) {
		s := 0.0005
		if !t.IsHan() {
			s = 0.0002
		}
		for _, class := range commonHan {
			if t.IsHan() && strings.ContainsRune(class.chars, rune(t.Sym)) {
				s = class.value
			}
		}
		out *= s
		n++
	}
	if n == 2 {
		return 0.03*out + 0.00004
	}
	return out
}

type placed struct {
	id      string
	score   float64
	percent float64
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
		first, mean, variance := bm25(pairs(tokens), byPair, i, 174.9, false)
		if first > 0 { // stage one: at least one index term in common
			second, mean2, variance2 := bm25(singles(tokens), byChar, i, 191.9, true)
			score := 0.3*first + 0.8*second
			out = append(out, placed{d.ID, score, odds(score, 0.3*mean+0.8*mean2, math.Sqrt(0.09*variance+0.64*variance2))})
		}
	}
	slices.SortFunc(out, func(a, b placed) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.id, b.id))
	})
	return out
}

// odds is the score of 0 to 100 by the formula of docs/matching.md.
func odds(score, mean, deviation float64) float64 {
	mean, deviation = max(mean, 0.01), max(deviation, 0.01)
	z, below := (score-mean)/deviation, 0.0
	if z < 0.1 {
		z, below, score = 0.1, z-0.1, mean+0.1*deviation
	}
	x := -12.4762 + 8.8689*math.Log(z) - 4.9423*math.Log(score) + 2.6484*math.Log(deviation) + 1.9475*math.Log(mean) + below
	return 100 / (1 + math.Exp(-x))
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
