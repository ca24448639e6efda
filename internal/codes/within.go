package codes

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jiebang/search/han"
)

// Span is where something stands in a text, by bytes.
type Span struct{ From, To int }

// longName is from how many characters on a name is found though marks stand between its characters; of a shorter one they would join what two
// sentences say.
const longName = 5

// NameWithin finds where a name stands in a text, in the form in which two names are compared: width, case and blanks make no difference, nor do
// brackets and other marks within a name that is not short. What begins or ends in the middle of a Latin word or a number is not the name.
// Spans do not overlap, and come in their order.
func NameWithin(text, name string) []Span {
	want := []rune(NameForm(name))
	if len(want) < 2 {
		return nil
	}
	form, at := formOf(text)
	var out []Span
	for i := 0; i+len(want) <= len(form); i++ {
		if !begins(form[i:], want) || inWord(form, at, i) || inWord(form, at, i+len(want)) {
			continue
		}
		s := Span{at[i].From, at[i+len(want)-1].To}
		if len(want) < longName && marked(text[s.From:s.To]) {
			continue
		}
		out = append(out, s)
		i += len(want) - 1
	}
	return out
}

// formOf is the form of a text, and where in it each of its characters stands.
func formOf(text string) (form []rune, at []Span) {
	read := []rune(han.Simplified(text))
	as := func(_ int, r rune) rune { return r }
	if len(read) == utf8.RuneCountInString(text) { // one for one
		as = func(n int, _ rune) rune { return read[n] }
	}
	n := 0
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		for _, f := range norm.NFKC.String(string(as(n, r))) {
			if unseen(f) || unicode.IsPunct(f) || unicode.IsSymbol(f) {
				continue
			}
			form, at = append(form, unicode.ToUpper(unicode.ToLower(f))), append(at, Span{i, i + size})
		}
		n++
	}
	return form, at
}

func begins(form, want []rune) bool {
	for i, r := range want {
		if form[i] != r {
			return false
		}
	}
	return true
}

// inWord tells whether a Latin word or a number goes on over a place.
func inWord(form []rune, at []Span, i int) bool {
	return i > 0 && i < len(form) && at[i-1].To == at[i].From && latin(form[i-1]) && latin(form[i])
}

func latin(r rune) bool { return r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

func marked(s string) bool {
	for _, r := range s {
		if unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return true
		}
	}
	return false
}
