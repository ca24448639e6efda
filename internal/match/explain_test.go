package match

import (
	"testing"

	"jiebang/search"
)

// The sentence says what speaks for and against a match, and nothing of what hardly counts.
func TestAMatchIsExplainedInASentence(t *testing.T) {
	m := Match{Phrases: []Phrase{{Text: "废气"}, {Text: "喷漆", Found: "喷涂"}}}
	m.Phrases[0].Found = "废气"
	for _, c := range []struct {
		parts  []search.Part
		zh, en string
	}{
		{nil, "两边都谈到“废气”、“喷漆/喷涂”。", "Both speak of “废气”, “喷漆/喷涂”."},
		{[]search.Part{{Factor: search.FactorPhrases, Points: 6}, {Factor: "field", Points: 2.25}},
			"两边都谈到“废气”、“喷漆/喷涂”；技术领域相同，加 2.2 分。", "Both speak of “废气”, “喷漆/喷涂”; the same field, +2.2."},
		{[]search.Part{{Factor: "field", Points: -0.4}, {Factor: search.FactorFreshness, Points: -0.001}},
			"两边都谈到“废气”、“喷漆/喷涂”。", "Both speak of “废气”, “喷漆/喷涂”."},
		{[]search.Part{{Factor: "field", Points: -1.4}, {Factor: "unheard of", Points: 3}},
			"两边都谈到“废气”、“喷漆/喷涂”；技术领域不同，扣 1.4 分；unheard of，加 3.0 分。", "Both speak of “废气”, “喷漆/喷涂”; another field, -1.4; unheard of, +3.0."},
	} {
		m.Parts = c.parts
		if zh, en := m.Explain(); zh != c.zh || en != c.en {
			t.Errorf("%q, %q; want %q, %q", zh, en, c.zh, c.en)
		}
	}
}

// Every factor that has a label has verdicts, unless the sentence never tells of it.
func TestEveryFactorHasItsVerdicts(t *testing.T) {
	for _, factor := range []string{"chain", "field", "region", "mode", "ip", "availability", search.FactorTRL, search.FactorMoney, search.FactorFreshness, search.FactorSimilarity} {
		yes, _ := search.FactorVerdict(factor, true)
		no, _ := search.FactorVerdict(factor, false)
		label, _ := search.FactorLabel(factor)
		if yes == no || no == label {
			t.Errorf("%s: %s, %s, %s", factor, label, yes, no)
		}
	}
}
