package han

import (
	"slices"
	"testing"

	"github.com/mozillazg/go-pinyin"
)

// The two characters of a pair are read alike, which a slip in the table would
// hardly keep; and no simplified form is itself folded further.
func TestTraditionalTable(t *testing.T) {
	args := pinyin.NewArgs()
	args.Heteronym = true
	pairs := []rune(traditional)
	if len(pairs)%2 != 0 {
		t.Fatal("the table is not made of pairs")
	}
	seen := map[rune]bool{}
	for i := 0; i < len(pairs); i += 2 {
		a, b := pairs[i], pairs[i+1]
		if seen[a] {
			t.Errorf("%c is there twice", a)
		}
		seen[a] = true
		if a == b || simplify(b) != b {
			t.Errorf("%c%c: the second is not a simplified form", a, b)
		}
		ra, rb := pinyin.SinglePinyin(a, args), pinyin.SinglePinyin(b, args)
		if !slices.ContainsFunc(ra, func(s string) bool { return slices.Contains(rb, s) }) {
			t.Errorf("%c is read %v, %c %v", a, ra, b, rb)
		}
	}
}
