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

	// What the relevance of an ordinary document would be, and its variance, if it had each term and character by chance, as often as documents have
	// them.
	usual, variance float64
}

// probeTerm is a distinct index term of the probe.
type probeTerm struct {
	key    han.TermKey
	text   string
	count  int     // occurrences in the probe
	weight float64 // what the count counts for × idf
	lists  []*postings
}

// probeChar is a distinct symbol of the probe.
type probeChar struct {
	sym    han.Symbol
	count  int
	weight float64
}

// text is a tokenised text with what its tokens were read from.
type text struct {
	sources []source
	tokens  []han.Token
	owner   []int // the source of each token
}

// endSource parts the tokens of a source, which begin at from, from those of the next: by two gaps, since a phrase may have one in it and reaches over no
// end of a source.
func endSource(tokens []han.Token, from int) []han.Token {
	if len(tokens) == from {
		return tokens
	}
	if tokens[len(tokens)-1].Sym != han.Gap {
		tokens = append(tokens, han.Token{})
	}
	return append(tokens, han.Token{})
}

func newText(sources []source) text {
	t := text{sources: sources}
	for i, s := range sources {
		from := len(t.tokens)
		t.tokens = endSource(han.Tokenize(t.tokens, s.text), from)
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
		share := priorTermShare(t.key)
		t.weight = saidOften(t.count) * v.stats.weight(n, share)
		p.byChance(pairWeight*t.weight, v.stats.share(n, share))
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
		share := priorShare(c.sym)
		c.weight = saidOften(c.count) * v.stats.weight(n, share) * layWeight(c.sym)
		p.byChance(charWeight*c.weight, v.stats.share(n, share))
	}
	return p, nil
}

// byChance adds to what an ordinary document has by chance what a share of documents has.
func (p *probe) byChance(weight, share float64) {
	x := typicalSaturation * weight
	p.usual += x * share
	p.variance += x * x * share * (1 - share)
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
