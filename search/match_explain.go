package search

import (
	"cmp"
	"slices"
	"strings"

	"jiebang/search/han"
)

// Span is a stretch of one field of a text: bytes Start up to End of its UTF-8
// form, always at character boundaries.
type Span struct {
	Field      string
	Item       int // which of the keywords; 0 in other fields
	Start, End int
}

// Phrase is something that a probe and a document have in common.
type Phrase struct {
	// Text is how the probe writes it, Found how the document does. They are the
	// same up to spelling (width, case, traditional forms), or two words that share a character, as
	// 发黄 and 黄变 do.
	Text, Found string
	// Points is its share of the match's score.
	Points float64
	// Probe and Doc are all its places in both, in reading order.
	Probe, Doc []Span
}

// Part is what one consideration adds to a score, or takes away.
type Part struct {
	Factor string
	Points float64
}

// Factors of the text score.
const (
	// FactorPhrases is what the listed Phrases add.
	FactorPhrases = "phrases"
	// FactorCharacters is what the remaining common characters add, each too
	// little to be worth a line.
	FactorCharacters = "characters"
)

const (
	// maxPhrases is how many phrases a match lists; the rest is in
	// FactorCharacters.
	maxPhrases = 12
	// maxRelated is for how many lone characters the words around are looked
	// for, leastRelated the points below which it is not worth it.
	maxRelated   = 6
	leastRelated = 0.5
	// wordLift is how many times more frequent than by chance a pair of characters
	// is that counts as a word. Of the pairs in needs, words or not, three in four
	// stay below 0.5.
	wordLift = 3
	// Bounds for texts that repeat themselves: places of a character in the
	// probe that are tried, length of a phrase, and how much of a document is
	// explained.
	maxPlaces        = 32
	maxPhraseSymbols = 64
	maxDocSymbols    = 16384
)

// weak characters are grammar. A phrase does not begin or end with one, and one
// alone explains nothing.
var weak = runeSet("的了和与及或在是对为等中能可要有把用被将从到由于其该这那个之以而且并就都也很不没让使得地着过们我你他她它吗呢吧啊")

func runeSet(s string) map[han.Symbol]bool {
	m := map[han.Symbol]bool{}
	for _, r := range s {
		m[han.Symbol(r)] = true
	}
	return m
}

// run is a stretch of tokens, first up to end, that both texts have.
type run struct{ first, end int }

// sharedRuns finds the stretches of doc that the probe contains too, from left
// to right, each as long as possible, without overlap. A stretch has at least
// one word or two Han characters after weak ones were taken off its ends.
func (s *scorer) sharedRuns(doc []han.Token) (runs []run, inProbe []int) {
	probe := s.p.tokens
	for i := 0; i < len(doc); {
		best, at := 0, 0
		if c := s.char(doc[i].Sym); doc[i].Sym != han.Gap && c >= 0 {
			for _, j := range s.places(c) {
				n := 1
				for n < maxPhraseSymbols && i+n < len(doc) && j+n < len(probe) && doc[i+n].Sym == probe[j+n].Sym && doc[i+n].Sym != han.Gap {
					n++
				}
				if n > best {
					best, at = n, j
				}
			}
		}
		if best == 0 {
			i++
			continue
		}
		next := i + 1
		parts := withoutMeasures(doc, run{i, i + best})
		if len(parts) != 1 || parts[0].end-parts[0].first < best {
			next = i + best
		}
		for _, r := range parts {
			first, end := r.first, r.end
			for first < end && weak[doc[first].Sym] && !(first+1 < end && begins[han.PairKey(doc[first].Sym, doc[first+1].Sym)]) {
				first++
			}
			for first < end && weak[doc[end-1].Sym] && !(end-2 >= first && ends[han.PairKey(doc[end-2].Sym, doc[end-1].Sym)]) {
				end--
			}
			if end-first >= 2 || end-first == 1 && !doc[first].IsHan() {
				runs = append(runs, run{first, end})
				inProbe = append(inProbe, at+first-i)
				next = max(next, end)
			}
		}
		i = next
	}
	return runs, inProbe
}

// places are the first positions of a symbol among the probe's tokens.
func (s *scorer) places(char int) []int {
	if s.placesOf == nil {
		s.placesOf = make([][]int, len(s.p.chars))
		for i, t := range s.p.tokens {
			if t.Sym != han.Gap {
				if c := s.char(t.Sym); len(s.placesOf[c]) < maxPlaces {
					s.placesOf[c] = append(s.placesOf[c], i)
				}
			}
		}
	}
	return s.placesOf[char]
}

// points are what every term and character of the probe adds to the score of
// one document, in the score's unit.
type points struct {
	terms, chars []float64
}

// phrases divides points among the runs that doc shares with the probe. What a
// term or character adds is divided evenly over its places in the document; the
// part of places outside all phrases is left, and returned by character.
func (s *scorer) phrases(doc *text, pts points) (list []Phrase, left []float64, covered []bool) {
	runs, inProbe := s.sharedRuns(doc.tokens)
	byText := map[string]int{}
	left = slices.Clone(pts.chars)
	runOf := make([]int, len(doc.tokens)) // phrase of a token, plus 1
	for i, r := range runs {
		key := symbolsKey(doc.tokens[r.first:r.end])
		at, ok := byText[key]
		if !ok {
			at = len(list)
			byText[key] = at
			_, found := doc.span(r.first, r.end)
			list = append(list, Phrase{Found: found})
			list[at].Probe, list[at].Text = s.occurrences(doc.tokens[r.first:r.end])
			if len(list[at].Probe) == 0 { // it stands only where no more places are kept
				span, written := s.p.span(inProbe[i], inProbe[i]+r.end-r.first)
				list[at].Probe, list[at].Text = []Span{span}, written
			}
		}
		span, _ := doc.span(r.first, r.end)
		list[at].Doc = append(list[at].Doc, span)
		for j := r.first; j < r.end; j++ {
			runOf[j] = i + 1
			c := s.char(doc.tokens[j].Sym)
			x := pts.chars[c] / float64(s.chars[c])
			list[at].Points += x
			left[c] -= x
		}
	}
	han.EachTerm(len(doc.tokens), func(i int) han.Symbol { return doc.tokens[i].Sym }, func(first, span int, key han.TermKey) {
		if r := runOf[first]; r > 0 && r == runOf[first+span-1] {
			if t, ok := s.termOf[key]; ok {
				at := byText[symbolsKey(doc.tokens[runs[r-1].first:runs[r-1].end])]
				list[at].Points += pts.terms[t] / float64(s.terms[t])
			}
		}
	})
	covered = make([]bool, len(runOf))
	for i, r := range runOf {
		covered[i] = r > 0
	}
	return list, left, covered
}

// related explains characters that the two texts share outside any common
// phrase, by the words they stand in: 发黄 in the one and 黄变 in the other.
func (v *view) related(s *scorer, doc *text, left []float64, covered []bool) ([]Phrase, error) {
	order := make([]int, 0, len(left))
	for i, x := range left {
		if x >= leastRelated && !weak[s.p.chars[i].sym] && s.p.chars[i].sym < han.WordBase {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := cmp.Compare(left[b], left[a]); c != 0 {
			return c
		}
		return cmp.Compare(s.p.chars[a].sym, s.p.chars[b].sym)
	})
	var out []Phrase
	for _, c := range order[:min(len(order), maxRelated)] {
		var inDoc []int
		for i, t := range doc.tokens {
			if t.Sym == s.p.chars[c].sym && !covered[i] {
				inDoc = append(inDoc, i)
			}
		}
		pFirst, pEnd, err := v.wordAround(&s.p.text, s.places(c))
		if err != nil {
			return nil, err
		}
		dFirst, dEnd, err := v.wordAround(doc, inDoc)
		if err != nil {
			return nil, err
		}
		if pEnd == 0 || dEnd == 0 {
			continue
		}
		p, written := s.p.span(pFirst, pEnd)
		d, found := doc.span(dFirst, dEnd)
		out = append(out, Phrase{Text: written, Found: found, Points: left[c], Probe: []Span{p}, Doc: []Span{d}})
		left[c] = 0
	}
	return out, nil
}

// wordAround chooses, among the Han pairs that a character forms with its
// neighbours at the places given, the one that is most a word: the pair whose
// documents are the largest share of those of its two characters (the
// geometric mean). A pair that is hardly more frequent than chance is no word.
// end is 0 if there is none.
func (v *view) wordAround(t *text, places []int) (first, end int, err error) {
	best := 0.0
	var key []byte
	for _, i := range places[:min(len(places), 4)] {
		for _, a := range []int{i - 1, i} {
			if a < 0 || a+1 >= len(t.tokens) || !t.tokens[a].IsHan() || !t.tokens[a+1].IsHan() {
				continue
			}
			x, y := t.tokens[a].Sym, t.tokens[a+1].Sym
			if weak[x] || weak[y] || inMeasure(t.tokens, a) || inMeasure(t.tokens, a+1) {
				continue
			}
			key = han.AppendTermText(key[:0], t.tokens, a, 2)
			n, err := v.documentsWith(key)
			if err != nil {
				return 0, 0, err
			}
			both := float64(v.stats.documentsWith(x)) * float64(v.stats.documentsWith(y))
			if float64(n)*float64(v.stats.documents) < wordLift*both || n == 0 {
				continue
			}
			if c := float64(n) * float64(n) / both; c > best {
				best, first, end = c, a, a+2
			}
		}
	}
	return first, end, nil
}

// explain makes a match of a candidate: its score, and what it is made of.
func (v *view) explain(s *scorer, c candidate) (Match, error) {
	seg := v.segments[c.segment]
	record, err := readRecord(seg.store, uint64(c.doc))
	if err != nil {
		return Match{}, err
	}
	pts := points{terms: make([]float64, len(s.terms)), chars: make([]float64, len(s.chars))}
	raw := s.relevance(c.forward, func(term, char int, x float64) {
		if term >= 0 {
			pts.terms[term] = x
		} else {
			pts.chars[char] = x
		}
	})
	logit := s.logit(raw)
	score := percent(logit)
	if raw > 0 {
		for _, list := range [][]float64{pts.terms, pts.chars} {
			for i := range list {
				list[i] *= score / raw
			}
		}
	}
	doc := newText(record.sources())
	doc.tokens = doc.tokens[:min(len(doc.tokens), maxDocSymbols)]
	list, left, covered := s.phrases(&doc, pts)
	more, err := v.related(s, &doc, left, covered)
	if err != nil {
		return Match{}, err
	}
	list = merge(append(list, more...))
	list = list[:min(len(list), maxPhrases)]
	m := Match{ID: c.forward.id, Phrases: list}
	shared := 0.0
	for _, p := range list {
		shared += p.Points
	}
	rest := score - shared
	if rest < 1e-9 { // rounding
		shared, rest = score, 0
	}
	m.Parts = []Part{{FactorPhrases, shared}, {FactorCharacters, rest}}
	// Each factor's points are what it moves the score by, after those before it.
	s.factors(c.forward, func(factor string, x float64) {
		before := score
		logit += x
		score = percent(logit)
		m.Parts = append(m.Parts, Part{factor, score - before})
	})
	m.Score = score
	return m, nil
}

// merge joins phrases of the same two spellings and orders by points.
func merge(list []Phrase) []Phrase {
	byText := map[[2]string]int{}
	out := list[:0]
	for _, p := range list {
		k := [2]string{p.Text, p.Found}
		if i, ok := byText[k]; ok {
			out[i].Points += p.Points
			out[i].Doc = addSpans(out[i].Doc, p.Doc)
			continue
		}
		byText[k] = len(out)
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Phrase) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), strings.Compare(a.Text, b.Text), strings.Compare(a.Found, b.Found))
	})
	return out
}

func addSpans(list, more []Span) []Span {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// occurrences finds a sequence of symbols in the probe, and how the first of them is written there.
func (s *scorer) occurrences(seq []han.Token) (out []Span, written string) {
	probe := s.p.tokens
	for _, j := range s.places(s.char(seq[0].Sym)) {
		n := 0
		for n < len(seq) && j+n < len(probe) && probe[j+n].Sym == seq[n].Sym {
			n++
		}
		if n == len(seq) {
			span, text := s.p.span(j, j+n)
			if out = append(out, span); len(out) == 1 {
				written = text
			}
		}
	}
	return out, written
}

func symbolsKey(tokens []han.Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteRune(rune(t.Sym))
	}
	return b.String()
}
