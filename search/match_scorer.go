package search

import (
	"math"
	"sync"
	"time"

	"jiebang/search/han"
)

// scorer is stage two for one probe: exact BM25 over pairs and over characters,
// read from the forward form. It is used by one goroutine.
type scorer struct {
	p                    *probe
	meanPairs, meanChars float64
	// charAt finds a symbol of the basic plane in p.chars, plus 1; the others
	// are in charOf.
	charAt *charTable
	charOf map[han.Symbol]int
	termOf map[han.TermKey]int

	chars, terms []int // frequencies in the document at hand
	// loneOf is the term that a character or word is by itself, -1 for none;
	// pairs the term of two characters, row by row, empty if that were too large.
	loneOf   []int32
	pairs    []int32
	placesOf [][]int // see places

	prefer []facetPreference
	want   Terms
	now    time.Time
	near   *near // nil without vectors
}

// charTable has a place for every symbol of the basic plane; all zero between
// uses.
type charTable [math.MaxUint16 + 1]uint16

var charTables = sync.Pool{New: func() any { return new(charTable) }}

// release gives the scorer's table back; the scorer is not used after it.
func (s *scorer) release() {
	for _, c := range s.p.chars {
		if c.sym <= math.MaxUint16 {
			s.charAt[c.sym] = 0
		}
	}
	charTables.Put(s.charAt)
	s.charAt = nil
}

func newScorer(v *view, p *probe) *scorer {
	s := &scorer{
		p: p, charAt: charTables.Get().(*charTable), meanPairs: v.stats.meanPairs(), meanChars: v.stats.meanChars(),
		charOf: map[han.Symbol]int{}, termOf: make(map[han.TermKey]int, len(p.terms)),
		chars: make([]int, len(p.chars)), terms: make([]int, len(p.terms)),
	}
	for i, c := range p.chars {
		if c.sym <= math.MaxUint16 {
			s.charAt[c.sym] = uint16(i + 1)
		} else {
			s.charOf[c.sym] = i
		}
	}
	s.loneOf = filled(len(p.chars))
	if n := len(p.chars); n <= maxPairTable {
		s.pairs = filled(n * n)
	}
	for i, t := range p.terms {
		s.termOf[t.key] = i
		a, b := t.key.Symbols()
		switch {
		case b == han.Gap:
			s.loneOf[s.char(a)] = int32(i)
		case s.pairs != nil:
			s.pairs[s.char(a)*len(p.chars)+s.char(b)] = int32(i)
		}
	}
	return s
}

// maxPairTable is up to how many distinct characters a probe gets a table of
// pairs; 256 KB then. A need has about 80.
const maxPairTable = 256

func filled(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = -1
	}
	return list
}

// pair is the index of a pair in the probe's terms, -1 if it is not there.
func (s *scorer) pair(a, b int) int {
	if s.pairs != nil {
		return int(s.pairs[a*len(s.p.chars)+b])
	}
	if t, ok := s.termOf[han.PairKey(s.p.chars[a].sym, s.p.chars[b].sym)]; ok {
		return t
	}
	return -1
}

// logit makes a relevance comparable between probes: the logarithm of the odds
// that a person would say of such a pair that it answers.
func (s *scorer) logit(raw float64) float64 {
	switch {
	case raw <= 0 && s.near != nil:
		return unlikeText
	case raw <= 0:
		return math.Inf(-1)
	}
	usual, spread := max(s.p.usual, leastUsual), max(math.Sqrt(s.p.variance), leastUsual)
	excess, below := (raw-usual)/spread, 0.0
	if excess < leastExcess {
		below, excess, raw = excess-leastExcess, leastExcess, usual+leastExcess*spread
	}
	return calibrationBase + calibrationExcess*math.Log(excess) + calibrationRaw*math.Log(raw) + calibrationSpread*math.Log(spread) + calibrationUsual*math.Log(usual) + below
}

// percent turns a logit into a score.
func percent(logit float64) float64 { return 100 / (1 + math.Exp(-logit)) }

// char is the index of a symbol in the probe's chars, -1 if it is not there.
func (s *scorer) char(c han.Symbol) int {
	if c <= math.MaxUint16 {
		return int(s.charAt[c]) - 1
	}
	if i, ok := s.charOf[c]; ok {
		return i
	}
	return -1
}

// read counts the probe's symbols and terms in a document. It is the inner loop
// of stage two, so it follows the rule of han.EachTerm in its own way: with indexes
// into the probe's characters instead of symbols, -1 for all that the probe does
// not have.
func (s *scorer) read(f *forward) {
	clear(s.chars)
	clear(s.terms)
	const none, notHan = -1, -2
	prev, paired := notHan, false // the character before, and whether it ended a pair
	lone := func(c int) {
		if t := s.loneOf[c]; t >= 0 {
			s.terms[t]++
		}
	}
	for i := 0; i < len(f.units); {
		u := han.Symbol(f.units[i])
		i++
		if u&0xF800 == 0xD800 {
			u, i = symbolAt(f.units, i-1)
		}
		c := none
		if u != han.Gap {
			if c = s.char(u); c >= 0 {
				s.chars[c]++
			}
		}
		if !han.IsHan(u) {
			if prev >= 0 && !paired {
				lone(prev)
			}
			if c >= 0 {
				lone(c)
			}
			prev, paired = notHan, false
			continue
		}
		paired = prev != notHan
		if prev >= 0 && c >= 0 {
			if t := s.pair(prev, c); t >= 0 {
				s.terms[t]++
			}
		}
		prev = c
	}
	if prev >= 0 && !paired {
		lone(prev)
	}
}

// relevance is the text score of a document. each, when not nil, is told what
// every term and character adds; the sum of that is the score.
func (s *scorer) relevance(f *forward, each func(term, char int, points float64)) float64 {
	s.read(f)
	total := 0.0
	part := lengthPart(f.pairs, s.meanPairs)
	for i, n := range s.terms {
		if n > 0 {
			x := pairWeight * s.p.terms[i].weight * saturation(min(n, maxFrequency), part)
			total += x
			if each != nil {
				each(i, -1, x)
			}
		}
	}
	part = lengthPart(f.chars, s.meanChars)
	for i, n := range s.chars {
		if n > 0 {
			x := charWeight * s.p.chars[i].weight * saturation(min(n, maxFrequency), part)
			total += x
			if each != nil {
				each(-1, i, x)
			}
		}
	}
	return total
}
