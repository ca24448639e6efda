package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// analysisVersion names what the analysis makes of a text. An index that was
// written under another version is discarded by Open, so change it with every
// change to this file, to the field layout or to the record format.
const analysisVersion = "4"

// A symbol is the unit that texts are compared in: one Han character, as its
// code point, or one whole word of another script, as a hash of its folded
// letters into the range from wordBase to unicode.MaxRune. That range has
// 851,968 places, so two different words meet in one with a chance of about
// one in a million; posting lists are kept by the word itself and do not
// suffer from it. gap stands for whatever separates runs: punctuation, space,
// the end of a field.
type symbol = uint32

const (
	gap      symbol = 0
	wordBase symbol = 0x40000
	wordSpan        = unicode.MaxRune + 1 - wordBase
	// maxWordBytes cuts a word for hashing and indexing; what follows is
	// ignored. The longest names of substances stay below it.
	maxWordBytes = 96
)

// token is one symbol and the bytes of the source text that it was read from.
// word is set for symbols that are not a single Han character.
type token struct {
	sym        symbol
	start, end int
	word       string
}

func (t token) han() bool { return t.sym != gap && t.sym < wordBase }

// class says what a character contributes to the text it stands in.
type class uint8

const (
	classGap    class = iota // ends the run
	classIgnore              // leaves no trace: marks, joiners, byte order marks
	classWord                // a letter or digit of a word
	classHan                 // a symbol of its own
)

// tokenize reads text into symbols, with one gap token between runs. Width,
// case, superscripts, ligatures, accents and traditional forms are folded away;
// invalid bytes and unknown characters separate. It is total: every input has a
// reading, and start and end always cut text at character boundaries.
func tokenize(dst []token, text string) []token {
	var word []byte // the word being read, folded
	wordStart, wordEnd := 0, 0
	open := false // the last token is not a gap
	flush := func() {
		if len(word) > 0 {
			w := string(word)
			dst = append(dst, token{sym: wordSymbol(w), start: wordStart, end: wordEnd, word: w})
			word = word[:0]
			open = true
		}
	}
	add := func(r rune, c class, start, end int) {
		switch c {
		case classWord:
			if len(word) == 0 {
				wordStart = start
			}
			wordEnd = end
			if len(word)+utf8.RuneLen(r) <= maxWordBytes {
				word = utf8.AppendRune(word, r)
			}
		case classHan:
			flush()
			dst = append(dst, token{sym: symbol(r), start: start, end: end})
			open = true
		case classGap:
			flush()
			if open {
				dst = append(dst, token{start: start, end: end})
				open = false
			}
		}
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		switch {
		case r < utf8.RuneSelf:
			r, c := foldASCII(byte(r))
			if c == classGap && joins(byte(r), word, text[next:]) {
				c = classWord
			}
			add(r, c, i, next)
		case r == utf8.RuneError && size == 1:
			add(r, classGap, i, next)
		case firstHan <= r && r <= lastHan:
			add(simplify(r), classHan, i, next)
		default:
			for _, f := range decompose(r) {
				f, c := classify(f)
				add(f, c, i, next)
			}
		}
		i = next
	}
	flush()
	return dst
}

// joins reports whether an ASCII sign keeps two parts of a word together: the
// point in 0.5 and the ampersand in P&ID.
func joins(sign byte, word []byte, rest string) bool {
	if len(word) == 0 || len(rest) == 0 {
		return false
	}
	before, after := word[len(word)-1], rest[0]
	switch sign {
	case '.':
		return isDigit(before) && isDigit(after)
	case '&':
		return isLetter(before) && isLetter(after|0x20)
	}
	return false
}

func isDigit(b byte) bool  { return '0' <= b && b <= '9' }
func isLetter(b byte) bool { return 'a' <= b && b <= 'z' }

func foldASCII(b byte) (rune, class) {
	switch {
	case isDigit(b), isLetter(b):
		return rune(b), classWord
	case 'A' <= b && b <= 'Z':
		return rune(b | 0x20), classWord
	}
	return rune(b), classGap
}

// decompose is the compatibility decomposition of one character: full width to
// half, ₂ to 2, ㎡ to m2, é to e and an accent, compatibility ideographs to the
// unified one.
func decompose(r rune) []rune {
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	d := norm.NFKD.Properties(buf[:n]).Decomposition()
	if d == nil {
		return []rune{r}
	}
	return []rune(string(d))
}

func classify(r rune) (rune, class) {
	switch {
	case r < utf8.RuneSelf:
		return foldASCII(byte(r))
	case unicode.Is(unicode.Han, r):
		return simplify(r), classHan
	case unicode.In(r, unicode.Mn, unicode.Cf):
		return r, classIgnore
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return unicode.ToLower(r), classWord
	}
	return r, classGap
}

// wordSymbol hashes a folded word (FNV-1a, 32 bits) into the range of words.
func wordSymbol(w string) symbol {
	h := uint32(2166136261)
	for i := range len(w) {
		h = (h ^ uint32(w[i])) * 16777619
	}
	return wordBase + h%uint32(wordSpan)
}

// termKey identifies an index term: a pair of adjacent Han characters, or one
// symbol that stands alone with the second half empty.
type termKey uint64

func pairKey(a, b symbol) termKey { return termKey(a)<<32 | termKey(b) }

// eachTerm calls f for the index terms of a run of symbols in order: a word is
// a term, two Han characters beside each other are one, and a Han character
// without a Han neighbour is one too. at is the index of the first symbol, n
// how many the term spans. gap ends a run, as does a word.
func eachTerm(n int, at func(int) symbol, f func(first, span int, key termKey)) {
	prev := gap // the Han character just before, if any
	paired := false
	for i := range n {
		s := at(i)
		han := s != gap && s < wordBase
		if !han {
			if prev != gap && !paired {
				f(i-1, 1, pairKey(prev, gap))
			}
			if s != gap {
				f(i, 1, pairKey(s, gap))
			}
			prev, paired = gap, false
			continue
		}
		if prev != gap {
			f(i-1, 2, pairKey(prev, s))
			paired = true
		} else {
			paired = false
		}
		prev = s
	}
	if prev != gap && !paired {
		f(n-1, 1, pairKey(prev, gap))
	}
}

// appendTermText writes a term as its index spells it.
func appendTermText(dst []byte, tokens []token, first, span int) []byte {
	for _, t := range tokens[first : first+span] {
		if t.han() {
			dst = utf8.AppendRune(dst, rune(t.sym))
		} else {
			dst = append(dst, t.word...)
		}
	}
	return dst
}
