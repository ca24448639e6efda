package han

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever way each character is spelled, the name is found.
func TestEverySpellingIsFound(t *testing.T) {
	names := []string{"清华大学", "重庆长安汽车股份有限公司", "中国科学院上海硅酸盐研究所", "浙江大学"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "name")
		var readings [][]string
		for _, c := range Tokenize(nil, name) {
			readings = append(readings, Readings(c.Sym))
		}
		first := rapid.IntRange(0, len(readings)-2).Draw(t, "first")
		end := rapid.IntRange(first+2, len(readings)).Draw(t, "end")
		var b strings.Builder
		for _, of := range readings[first:end] {
			r := rapid.SampledFrom(of).Draw(t, "reading")
			if rapid.Bool().Draw(t, "short") {
				r = r[:1]
			}
			b.WriteString(r)
		}
		letters := b.String()
		if len(letters) > maxPinyin || first > 0 && len(letters) < minPinyinInside {
			t.Skip()
		}
		if _, got := Spells(readings, letters); got == 0 {
			t.Fatalf("%s does not find %s", letters, name)
		}
	})
}
