package han

import "unicode/utf8"

// TermKey identifies an index term: a pair of adjacent Han characters, or one
// symbol that stands alone with the second half empty.
type TermKey uint64

// PairKey is the key of two symbols side by side.
func PairKey(a, b Symbol) TermKey { return TermKey(a)<<32 | TermKey(b) }

// Symbols are the two halves of a key.
func (k TermKey) Symbols() (a, b Symbol) { return Symbol(k >> 32), Symbol(k & 0xFFFFFFFF) }

// EachTerm calls f for the index terms of a run of symbols in order: a word is
// a term, two Han characters beside each other are one, and a Han character
// without a Han neighbour is one too. at is the index of the first symbol, n
// how many the term spans. Gap ends a run, as does a word.
func EachTerm(n int, at func(int) Symbol, f func(first, span int, key TermKey)) {
	prev := Gap // the Han character just before, if any
	paired := false
	for i := range n {
		s := at(i)
		if !IsHan(s) {
			if prev != Gap && !paired {
				f(i-1, 1, PairKey(prev, Gap))
			}
			if s != Gap {
				f(i, 1, PairKey(s, Gap))
			}
			prev, paired = Gap, false
			continue
		}
		if prev != Gap {
			f(i-1, 2, PairKey(prev, s))
			paired = true
		} else {
			paired = false
		}
		prev = s
	}
	if prev != Gap && !paired {
		f(n-1, 1, PairKey(prev, Gap))
	}
}

// AppendTermText writes a term as its index spells it.
func AppendTermText(dst []byte, tokens []Token, first, span int) []byte {
	for _, t := range tokens[first : first+span] {
		if t.IsHan() {
			dst = utf8.AppendRune(dst, rune(t.Sym))
		} else {
			dst = append(dst, t.Word...)
		}
	}
	return dst
}
