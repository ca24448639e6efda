package search

import (
	"math"

	"jiebang/search/han"
)

// forward is a document as stage two reads it: its symbols in order, with what
// filters and length normalisation need. About 0.5 KB for an abstract; one of
// each live document is held in memory.
type forward struct {
	id string
	// units holds the symbols in UTF-16 (words lie in the supplementary planes
	// and take two units), 0 for a gap. The title comes first.
	units []uint16
	// pairs and chars are the lengths that BM25 normalises by: the number of
	// index terms, and of symbols.
	pairs, chars uint16
	set          uint32    // of its facet values
	facets       []uint32  // that set: numbers of values, ascending, shared with others
	terms        *Terms    // nil when the document has none
	keys         *sortKeys // nil when it has none
}

// maxLength caps a document's length in BM25, where it only ever divides: a
// text of 65,535 terms and one of a million are equally far from any average.
const maxLength = math.MaxUint16

// newForward packs tokens that come from one document.
func newForward(id string, tokens []han.Token) *forward {
	n, chars := 0, 0
	for _, t := range tokens {
		if t.Sym > math.MaxUint16 {
			n++
		}
		n++
		if t.Sym != han.Gap {
			chars++
		}
	}
	units := make([]uint16, 0, n)
	for _, t := range tokens {
		if s := t.Sym; s <= math.MaxUint16 {
			units = append(units, uint16(s))
		} else {
			s -= 0x10000
			units = append(units, 0xD800|uint16(s>>10), 0xDC00|uint16(s&0x3FF))
		}
	}
	pairs := 0
	han.EachTerm(len(tokens), func(i int) han.Symbol { return tokens[i].Sym }, func(int, int, han.TermKey) { pairs++ })
	return &forward{id: id, units: units, pairs: uint16(min(pairs, maxLength)), chars: uint16(min(chars, maxLength))}
}

// symbolAt decodes the symbol at units[i] and says where the next one starts.
func symbolAt(units []uint16, i int) (han.Symbol, int) {
	u := units[i]
	if u&0xF800 != 0xD800 || i+1 == len(units) {
		return han.Symbol(u), i + 1
	}
	return 0x10000 + (han.Symbol(u&0x3FF)<<10 | han.Symbol(units[i+1]&0x3FF)), i + 2
}

// symbols appends the document's symbols, gaps included.
func (f *forward) symbols(dst []han.Symbol) []han.Symbol {
	for i := 0; i < len(f.units); {
		var s han.Symbol
		s, i = symbolAt(f.units, i)
		dst = append(dst, s)
	}
	return dst
}
