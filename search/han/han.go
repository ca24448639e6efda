// Package han reads texts that are Chinese first.
//
// It decides what a text is made of: single Han characters and whole words of
// other scripts, with width, case, accents and traditional forms folded away and
// without a dictionary; which pairs and words of it are index terms; and how a
// character is read in pinyin. Every symbol knows its bytes in the source. It
// leaves to its caller what is done with symbols, terms and readings: it knows no
// document, index or query.
package han

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Version names what Tokenize and EachTerm make of a text. An index that was
// written under another version is stale, so change it with every change to what
// they do.
const Version = "5"

// Symbol is the unit that texts are compared in: one Han character, as its
// code point, or one whole word of another script, as a hash of its folded
// letters into the range from WordBase to unicode.MaxRune. That range has
// 851,968 places, so two different words meet in one with a chance of about
// one in a million; posting lists are kept by the word itself and do not
// suffer from it. Gap stands for whatever separates runs: punctuation, space,
// the end of a field.
type Symbol = uint32

// Where symbols lie.
const (
	Gap      Symbol = 0
	WordBase Symbol = 0x40000
	wordSpan        = unicode.MaxRune + 1 - WordBase
	// maxWordBytes cuts a word for hashing and indexing; what follows is
	// ignored. The longest names of substances stay below it.
	maxWordBytes = 96
)

// Token is one symbol and the bytes of the source text that it was read from.
// Word is set for symbols that are not a single Han character.
type Token struct {
	Sym        Symbol
	Start, End int
	Word       string
}

// IsHan reports whether the token is a Han character.
func (t Token) IsHan() bool { return IsHan(t.Sym) }

// IsHan reports whether a symbol is a Han character.
func IsHan(s Symbol) bool { return s != Gap && s < WordBase }

// class says what a character contributes to the text it stands in.
type class uint8

const (
	classGap    class = iota // ends the run
	classIgnore              // leaves no trace: marks, joiners, byte order marks
	classWord                // a letter or digit of a word
	classHan                 // a symbol of its own
)

// Tokenize reads text into symbols, appended to dst, with one gap token between
// runs. Width, case, superscripts, ligatures, accents and traditional forms are
// folded away; invalid bytes and unknown characters separate. It is total: every
// input has a reading, and Start and End always cut text at character boundaries.
func Tokenize(dst []Token, text string) []Token {
	var word []byte // the word being read, folded
	wordStart, wordEnd := 0, 0
	open := false // the last token is not a gap
	flush := func() {
		if len(word) > 0 {
			w := string(word)
			dst = append(dst, Token{Sym: WordSymbol(w), Start: wordStart, End: wordEnd, Word: w})
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
			dst = append(dst, Token{Sym: Symbol(r), Start: start, End: end})
			open = true
		case classGap:
			flush()
			if open {
				dst = append(dst, Token{Start: start, End: end})
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
			f := simplified[r-firstHan]
			if f&beginsPhrase != 0 {
				if p := phraseAt(text[i:]); p != nil {
					n := 0
					for at, w := range p.written {
						add(p.read[n], classHan, i+at, i+at+utf8.RuneLen(w))
						n++
					}
					i += len(p.written)
					continue
				}
			}
			add(f&^beginsPhrase, classHan, i, next)
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

// WordSymbol hashes a folded word (FNV-1a, 32 bits) into the range of words.
func WordSymbol(w string) Symbol {
	h := uint32(2166136261)
	for i := range len(w) {
		h = (h ^ uint32(w[i])) * 16777619
	}
	return WordBase + h%uint32(wordSpan)
}
