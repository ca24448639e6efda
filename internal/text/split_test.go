package text

import (
	"slices"
	"strings"
	"testing"
)

func TestACellIsCutIntoKeywordsAtItsOwnSeparator(t *testing.T) {
	for cell, want := range map[string]string{
		"废气；VOCs；除尘":                      "废气|VOCs|除尘",
		"2,4-二硝基苯磺酰基；酰化":                  "2,4-二硝基苯磺酰基|酰化",
		"2,4-二硝基苯磺酰基,酰化":                  "2,4-二硝基苯磺酰基|酰化",
		"N,N-二甲基甲酰胺":                      "N,N-二甲基甲酰胺",
		"废气,除尘,VOCs":                      "废气|除尘|VOCs",
		"废气，除尘":                           "废气|除尘",
		"废气、除尘，脱硫":                        "废气|除尘，脱硫",
		"石墨烯/铜复合材料\n导热":                   "石墨烯/铜复合材料|导热",
		";废气;;废气; ":                       "废气",
		"废气；ＶＯＣｓ, vocs":                   "废气|VOCs, vocs",
		"machine learning, deep learning": "machine learning|deep learning",
		"1,000 吨级":                        "1,000 吨级",
		"a|b":                             "a|b",
		"":                                "",
		"；，、":                             "，、",
	} {
		if got := strings.Join(SplitKeywords(cell), "|"); got != want {
			t.Errorf("%q is cut into %q, want %q", cell, got, want)
		}
	}
}

func FuzzSplitKeywords(f *testing.F) {
	f.Add("废气；2,4-二硝基苯磺酰基")
	f.Add("N,N-二甲基,1,2,3")
	f.Fuzz(func(t *testing.T, cell string) {
		got := SplitKeywords(cell)
		if slices.Contains(got, "") {
			t.Errorf("%q gives an empty keyword", cell)
		}
		if strings.ContainsAny(cell, ";；") {
			for _, k := range got {
				if strings.ContainsAny(k, ";；") {
					t.Errorf("%q gives %q", cell, k)
				}
			}
		}
		if len(got) > 0 && !slices.Equal(SplitKeywords(strings.Join(got, "；")), got) && !strings.ContainsAny(cell, ";；") {
			t.Errorf("%q gives %q, which is not read again", cell, got)
		}
	})
}
