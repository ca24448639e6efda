package codes

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"jiebang/internal/text"
	"jiebang/search/han"
)

// NumberForm is the form in which two numbers that people typed are compared: a contract's official number, the number on its paper, a
// number in a register abroad. Width and case make no difference, nor do blanks, hyphens, dashes and middle dots of any kind, and characters that
// nobody sees; and brackets are as good as each other, whatever shape and width they have, as are slashes: 沈技〔2026〕1号 and 沈技[2026]1号 are one.
// What is left of a text without any other character is empty. It is its own form.
func NumberForm(s string) string {
	return strings.Map(onePair, folded(s, func(r rune) bool { return unseen(r) || dash(r) }))
}

// onePair gives one pair of brackets for every pair, and one slash for every slash, in a text of usual width.
func onePair(r rune) rune {
	switch {
	case r == '<', r == '\u00ab', r == '\u2039', unicode.Is(unicode.Ps, r):
		return '('
	case r == '>', r == '\u00bb', r == '\u203a', unicode.Is(unicode.Pe, r):
		return ')'
	case r == '\u2044', r == '\u2215', r == '\u29f8', r == '\u2571': // of fractions, of division, a big one, the diagonal of tables
		return '/'
	}
	return r
}

// NameForm is the form in which the names of two bodies or people are compared. Beside what NumberForm overlooks, it overlooks
// brackets, dots and other marks, and whether characters are traditional, simplified or radicals out of a PDF file (han.Simplified, as search
// reads them): 盛北(沈阳)公司, 盛北（沈阳）公司 and 盛北（瀋陽）公司 are one. A name of nothing but marks keeps them.
func NameForm(s string) string {
	form := ""
	for next := han.Simplified(s); next != form; {
		form = next
		next = han.Simplified(folded(form, func(r rune) bool { return unseen(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) }))
	}
	if form == "" {
		return NumberForm(s)
	}
	return form
}

// folded takes width and case out of a text, and what drop names. It folds until nothing changes any more: dropping a character may bring
// two others together that are one.
func folded(s string, drop func(rune) bool) string {
	s = strings.ToValidUTF8(s, "")
	for {
		next := strings.Map(func(r rune) rune {
			if drop(r) {
				return -1
			}
			return unicode.ToUpper(unicode.ToLower(r))
		}, norm.NFKC.String(s))
		if next == s {
			return s
		}
		s = next
	}
}

// unseen tells what leaves no mark of its own: blanks of all kinds, too.
func unseen(r rune) bool { return r == ' ' || text.Unseen(r) }

// dash tells what people type for a hyphen: every dash of Unicode, the minus sign, the line of tables, and the mark of long vowels, which
// Chinese keyboards give beside it.
func dash(r rune) bool {
	switch r {
	case '\u00b7', '\u2022', '\u2027', '\u2219', '\u22c5', '\u30fb', '\u2e31', '\u16eb', '\u318d', '\u2e33': // middle dots, which keyboards give in a hyphen's place
		return true
	case '\u2043', '\u2212', '\u2500', '\u30fc', '\u02d7', '\u2012', '\u2796':
		return true
	}
	return unicode.Is(unicode.Pd, r)
}
