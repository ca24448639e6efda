package ref

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed data/gb2260-en.tsv
var englishTSV string

// englishName is a name in English, and the same as it is searched for.
type englishName struct{ name, folded string }

var englishNames = sync.OnceValue(func() map[string]englishName {
	table := englishTSV
	for strings.HasPrefix(table, "#") { // how it was made
		_, table, _ = strings.Cut(table, "\n")
	}
	out := map[string]englishName{}
	for _, r := range rows(table, 3) {
		if _, twice := out[r[0]]; twice {
			panic("ref: two English names of " + r[0])
		}
		out[r[0]] = englishName{r[1], fold(r[1])}
	}
	return out
})

// EnglishName returns the English name of a region of any edition by its Chinese one; namesakes have the same.
//
// Provinces have the names that English pages of the State Council use: Liaoning, Inner Mongolia Autonomous Region. All others have the
// specific name in Hanyu Pinyin without tones and then the kind in English, none for a city: Shenyang, Hunnan District, Faku County. A
// specific name of one character takes the generic with it (单县 is Shanxian County), and one that transcribes another language has its
// Latin form in GB/T 2260 (Hohhot, Xigaze). The head of data/gb2260-en.tsv has the rule in full and its sources.
func EnglishName(chinese string) string { return englishNames()[chinese].name }

// NameEN is the region's own name in English.
func (r Region) NameEN() string { return EnglishName(r.Name) }

// fold makes letters of names in English comparable: without case, marks, apostrophes, hyphens and blanks, so that urumqi finds Ürümqi and
// "xi an" Xi'an.
func fold(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFKD.String(s))
}
