package match

import (
	"fmt"
	"math"
	"strings"

	"jiebang/search"
)

// told is how many phrases and factors a sentence names; the whole is in Phrases and Parts.
const told = 3

// worthTelling is how many points a factor must give or take to be told in the sentence.
const worthTelling = 0.5

// Explain says in a sentence why a match has its score: what both texts speak of, and what besides speaks for or against it.
func (m Match) Explain() (zh, en string) {
	var words []string
	for _, p := range m.Phrases {
		word := "“" + p.Text + "”"
		if p.Found != p.Text {
			word = "“" + p.Text + "/" + p.Found + "”"
		}
		if words = append(words, word); len(words) == told {
			break
		}
	}
	zh, en = "两边用语相近", "the texts are alike"
	if len(words) > 0 {
		zh, en = "两边都谈到"+strings.Join(words, "、"), "both speak of "+strings.Join(words, ", ")
	}
	for _, part := range m.Parts {
		if part.Factor == search.FactorPhrases || part.Factor == search.FactorCharacters || math.Abs(part.Points) < worthTelling {
			continue
		}
		saidZH, saidEN := search.FactorVerdict(part.Factor, part.Points > 0)
		verb := "加"
		if part.Points < 0 {
			verb = "扣"
		}
		zh += fmt.Sprintf("；%s，%s %.1f 分", saidZH, verb, math.Abs(part.Points))
		en += fmt.Sprintf("; %s, %+.1f", saidEN, part.Points)
	}
	return zh + "。", strings.ToUpper(en[:1]) + en[1:] + "."
}
