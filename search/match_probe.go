package search

import (
	"cmp"
	"slices"

	"jiebang/search/han"
)

// probe is a text that documents are compared with, analysed and weighed by
// the statistics of one view.
type probe struct {
	text
	terms []probeTerm
	chars []probeChar
}

// probeTerm is a distinct index term of the probe.
type probeTerm struct {
	key    han.TermKey
	text   string
	count  int     // occurrences in the probe
	weight float64 // count × idf
	lists  []*postings
}

// probeChar is a distinct symbol of the probe.
type probeChar struct {
	sym    han.Symbol
	count  int
	weight float64
}

// text is a tokenised text with what its tokens were read from. A gap ends each
// source.
type text struct {
	sources []source
	tokens  []han.Token
	owner   []int // the source of each token
}

func newText(sources []source) text {
	t := text{sources: sources}
	for i, s := range sources {
		t.tokens = han.Tokenize(t.tokens, s.text)
		if n := len(t.tokens); n > 0 && t.tokens[n-1].Sym != han.Gap {
			t.tokens = append(t.tokens, han.Token{})
		}
		for len(t.owner) < len(t.tokens) {
			t.owner = append(t.owner, i)
		}
	}
	return t
}

// span is where tokens first up to end stand, and how they are written there.
// They come from one source.
func (t *text) span(first, end int) (Span, string) {
	src := t.sources[t.owner[first]]
	a, b := t.tokens[first].Start, t.tokens[end-1].End
	return Span{Field: src.field, Item: src.item, Start: a, End: b}, src.text[a:b]
}

// newProbe analyses sources and looks their terms up in the view.
func (v *view) newProbe(sources []source) (*probe, error) {
	p := &probe{text: newText(sources)}
	p.tokens = p.tokens[:min(len(p.tokens), maxProbeSymbols)]
	p.collect()
	wordCount := map[han.Symbol]int{} // documents that have a word
	for i := range p.terms {
		t := &p.terms[i]
		n := 0
		t.lists = make([]*postings, len(v.segments))
		for j, s := range v.segments {
			list, err := v.postings(s, t.text)
			if err != nil {
				return nil, err
			}
			t.lists[j] = list
			n += list.liveCount(s)
		}
		t.weight = float64(t.count) * v.stats.weight(n, priorTermShare(t.key))
		if s, _ := t.key.Symbols(); s >= han.WordBase {
			wordCount[s] = n
		}
	}
	for i := range p.chars {
		c := &p.chars[i]
		n, word := wordCount[c.sym]
		if !word {
			n = v.stats.documentsWith(c.sym)
		}
		c.weight = float64(c.count) * v.stats.weight(n, priorShare(c.sym))
	}
	return p, nil
}

// collect lists the distinct terms and symbols, each in an order that depends
// on the text alone: sums of floating point numbers are then the same however
// the index came about.
func (p *probe) collect() {
	at := func(i int) han.Symbol { return p.tokens[i].Sym }
	byKey := map[han.TermKey]int{}
	var text []byte
	han.EachTerm(len(p.tokens), at, func(first, span int, key han.TermKey) {
		i, ok := byKey[key]
		if !ok {
			i = len(p.terms)
			byKey[key] = i
			text = han.AppendTermText(text[:0], p.tokens, first, span)
			p.terms = append(p.terms, probeTerm{key: key, text: string(text)})
		}
		p.terms[i].count++
	})
	slices.SortFunc(p.terms, func(a, b probeTerm) int { return cmp.Compare(a.key, b.key) })
	bySym := map[han.Symbol]int{}
	for _, t := range p.tokens {
		if t.Sym == han.Gap {
			continue
		}
		i, ok := bySym[t.Sym]
		if !ok {
			i = len(p.chars)
			bySym[t.Sym] = i
			p.chars = append(p.chars, probeChar{sym: t.Sym})
		}
		p.chars[i].count++
	}
	slices.SortFunc(p.chars, func(a, b probeChar) int { return cmp.Compare(a.sym, b.sym) })
}
