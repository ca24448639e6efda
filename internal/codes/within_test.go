package codes

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestANameIsFoundAsItIsCompared(t *testing.T) {
	for _, c := range []struct {
		text, name string
		found      []string
	}{
		{"本校盛北理工大学已有中试线。", "盛北理工大学", []string{"盛北理工大学"}},
		{"盛北 理工\u3000大学与盛北理工大学", "盛北理工大学", []string{"盛北 理工\u3000大学", "盛北理工大学"}},
		{"由沈澜（沈阳）智造有限公司承担", "沈澜(沈阳)智造有限公司", []string{"沈澜（沈阳）智造有限公司"}},
		{"由沈澜沈阳智造有限公司承担", "沈澜（沈阳）智造有限公司", []string{"沈澜沈阳智造有限公司"}},
		{"由瀋陽智造有限公司承擔", "沈阳智造有限公司", []string{"瀋陽智造有限公司"}},
		{"代码 ９１２１０１１２ma0000012", "91210112MA0000012", []string{"９１２１０１１２ma0000012"}},
		{"林砚舟负责，林 砚舟签字", "林砚舟", []string{"林砚舟", "林 砚舟"}},
		{"效率提高，明显改善", "高明", nil}, // two sentences
		{"domain of main", "main", []string{"main"}},
		{"型号 A912", "912", nil},
		{"没有名称", "盛北理工大学", nil},
		{"", "盛北", nil},
		{"甲", "甲", nil},
	} {
		var got []string
		for _, s := range NameWithin(c.text, c.name) {
			got = append(got, c.text[s.From:s.To])
		}
		if strings.Join(got, "|") != strings.Join(c.found, "|") {
			t.Errorf("%q in %q: %q, want %q", c.name, c.text, got, c.found)
		}
	}
}

// However a name stands in a text, with whatever before and behind, it is found, and what is found is the name.
func TestANameThatStandsThereIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[甲乙丙丁戊己庚辛]{2,12}`).Draw(t, "name")
		before, behind := rapid.StringMatching(`[子丑寅卯，。 ]{0,20}`).Draw(t, "before"), rapid.StringMatching(`[子丑寅卯，。 ]{0,20}`).Draw(t, "behind")
		gap := rapid.SampledFrom([]string{"", " ", "\u3000"}).Draw(t, "gap")
		text := before + strings.Join(strings.Split(name, ""), gap) + behind
		found := NameWithin(text, name)
		if len(found) == 0 {
			t.Fatalf("%q is not found in %q", name, text)
		}
		for _, s := range found {
			if NameForm(text[s.From:s.To]) != NameForm(name) {
				t.Fatalf("%q was found as %q", text[s.From:s.To], name)
			}
		}
	})
}
