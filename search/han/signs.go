package han

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Signs that make another word of the letters that they stand at: C, C++ and C# are three languages, Na and Na+ two things, and ℃ is no C. A sign
// counts as part of a word only where it can be nothing else; + between two words is a sum.

// joins reports whether a sign belongs to the word that is being read, given as far as it was read and folded. sign is folded, typed what stands in the
// text, rest what follows it.
//
//	0.5, P&ID             a point between digits, an ampersand between letters
//	C++, G++              two plus signs or more behind letters
//	Na+, Ca2+, A+, AA+    one, behind an ion or a grade, unless a word follows; a raised one always
//	C#, A*                behind a single letter
func joins(sign, typed rune, word []byte, rest string) bool {
	if len(word) == 0 {
		return false
	}
	before := word[len(word)-1]
	switch sign {
	case '.':
		return isDigit(before) && isDigit(following(rest))
	case '&':
		return isLetter(before) && isLetter(following(rest))
	case '+':
		next := following(rest)
		switch {
		case typed == '⁺' || before == '+':
			return true
		case next == '+':
			return strings.Trim(string(word), letters) == ""
		}
		return !isLetter(next) && !isDigit(next) && (grade(word) || ions[strings.TrimRight(string(word), "0123456789")])
	case '#', '♯', '*':
		next := following(rest)
		return len(word) == 1 && isLetter(before) && (sign != '*' || !isLetter(next) && !isDigit(next))
	}
	return false
}

const letters = "abcdefghijklmnopqrstuvwxyz"

// closed reports whether a word ends with a sign, behind which another begins: C++11 is C++ and 11.
func closed(word []byte) bool {
	return len(word) > 0 && strings.IndexByte("+#*", word[len(word)-1]) >= 0
}

// following is the ASCII character, in lower case, that a text begins with when it is folded; 0 for any other.
func following(text string) byte {
	r, _ := utf8.DecodeRuneInString(text)
	if r >= utf8.RuneSelf {
		r = decompose(r)[0]
	}
	if r >= utf8.RuneSelf || text == "" {
		return 0
	}
	f, _ := foldASCII(byte(r))
	return byte(f)
}

// grade reports whether a word is one letter, perhaps repeated: A, AAA.
func grade(word []byte) bool {
	return isLetter(word[0]) && strings.Trim(string(word), string(word[:1])) == "" && len(word) <= 4
}

// ions are what has a positive charge, without digits behind. AI+ and 5G+ are no ions.
var ions = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq("h li na k rb cs be mg ca sr ba al sc ti v cr mn fe co ni cu zn ga ge y zr nb mo ru rh pd ag cd in sn sb la ce pr nd sm eu gd tb dy ho er tm yb lu " +
		"hf ta re os ir pt au hg tl pb bi th u nh h3o") {
		m[s] = true
	}
	return m
}()

// beginsUnit reports whether unit may read a word from a character.
func beginsUnit(r rune) bool {
	switch r {
	case '.', '°', 'º', '˚', '℃', '℉', 'Å', '\u212b', 'å':
		return true
	}
	return false
}

// unit reads a word that begins with a sign: °C and ℃ in any spelling, °F, .NET, and Å, which is no A. size is its length in bytes, 0 where there is none.
// word is what was read before it without anything between.
func unit(text string, word []byte) (unit string, size int) {
	r, n := utf8.DecodeRuneInString(text)
	rest := text[n:]
	switch r {
	case '℃':
		return "°c", n
	case '℉':
		return "°f", n
	case '°', 'º', '˚':
		gap := len(rest) - len(strings.TrimPrefix(rest, " "))
		after := rest[gap:]
		if c := following(after); c == 'c' || c == 'f' {
			_, m := utf8.DecodeRuneInString(after)
			if !letterOrDigit(after[m:]) {
				return "°" + string(rune(c)), n + gap + m
			}
		}
	case '.':
		if len(rest) >= 3 && strings.EqualFold(rest[:3], "net") && !letterOrDigit(rest[3:]) {
			return ".net", n + 3
		}
	case 'Å', '\u212b', 'å':
		if (len(word) == 0 || isDigit(word[len(word)-1])) && !letterOrDigit(rest) {
			return "å", n
		}
	}
	return "", 0
}

// letterOrDigit reports whether a text begins with a letter or digit of a word.
func letterOrDigit(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r)
}
