package search

import (
	"math"
	"time"
)

// scorer is stage two for one probe: exact BM25 over pairs and over characters,
// read from the forward form. It is used by one goroutine.
type scorer struct {
	p                    *probe
	meanPairs, meanChars float64
	// charAt finds a symbol of the basic plane in p.chars, plus 1; the others
	// are in charOf.
	charAt [math.MaxUint16 + 1]uint16
	charOf map[symbol]int
	termOf map[termKey]int

	chars, terms []int // frequencies in the document at hand
	symbols      []symbol
	placesOf     [][]int // see places
	// ceiling is what the relevance of a document stays below, small the
	// correction for a small collection; see logit.
	ceiling, small float64

	prefer []facetPreference
	want   Terms
	now    time.Time
}

func newScorer(v *view, p *probe) *scorer {
	s := &scorer{
		p: p, meanPairs: v.stats.meanPairs(), meanChars: v.stats.meanChars(),
		charOf: map[symbol]int{}, termOf: make(map[termKey]int, len(p.terms)),
		chars: make([]int, len(p.chars)), terms: make([]int, len(p.terms)),
	}
	for i, c := range p.chars {
		if c.sym <= math.MaxUint16 {
			s.charAt[c.sym] = uint16(i + 1)
		} else {
			s.charOf[c.sym] = i
		}
	}
	for i, t := range p.terms {
		s.termOf[t.key] = i
	}
	for _, t := range p.terms {
		s.ceiling += pairWeight * t.weight * (bm25K1 + 1)
	}
	for _, c := range p.chars {
		s.ceiling += charWeight * c.weight * (bm25K1 + 1)
	}
	s.small = max(1, math.Log1p(calibrationDocuments)/math.Log1p(float64(max(v.stats.documents, 1))))
	return s
}

// logit makes a relevance comparable between probes: the logarithm of the odds
// that a person would say of such a pair that it answers.
func (s *scorer) logit(raw float64) float64 {
	if raw <= 0 {
		return math.Inf(-1)
	}
	return calibrationRaw*math.Log(s.small*raw) + calibrationCeiling*math.Log(s.small*s.ceiling) + calibrationBase
}

// percent turns a logit into a score.
func percent(logit float64) float64 { return 100 / (1 + math.Exp(-logit)) }

// char is the index of a symbol in the probe's chars, -1 if it is not there.
func (s *scorer) char(c symbol) int {
	if c <= math.MaxUint16 {
		return int(s.charAt[c]) - 1
	}
	if i, ok := s.charOf[c]; ok {
		return i
	}
	return -1
}

// read counts the probe's symbols and terms in a document. A pair is looked up
// only when both of its characters are in the probe.
func (s *scorer) read(f *forward) {
	clear(s.chars)
	clear(s.terms)
	s.symbols = f.symbols(s.symbols[:0])
	for _, c := range s.symbols {
		if i := s.char(c); i >= 0 && c != gap {
			s.chars[i]++
		}
	}
	eachTerm(len(s.symbols), func(i int) symbol { return s.symbols[i] }, func(first, span int, key termKey) {
		if s.char(s.symbols[first]) >= 0 && s.char(s.symbols[first+span-1]) >= 0 {
			if i, ok := s.termOf[key]; ok {
				s.terms[i]++
			}
		}
	})
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
