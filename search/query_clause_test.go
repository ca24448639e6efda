package search

import (
	"testing"

	"pgregory.net/rapid"

	"jiebang/search/han"
)

// Long clauses are tested with a table of pairs, to the same effect.
func TestLongClauses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		symbols := func(label string, min, max int) []han.Symbol {
			return rapid.SliceOfN(rapid.SampledFrom([]han.Symbol{han.Gap, '锂', '电', '池', '回', han.WordBase + 1}), min, max).Draw(t, label)
		}
		c := clause{symbols: rapid.SliceOfN(rapid.SampledFrom([]han.Symbol{'锂', '电', '池', '回'}), 2, longClause).Draw(t, "clause")}
		doc := symbols("document", 0, 40)
		if got, want := c.matchesLong(doc), c.matches(doc); got != want {
			t.Fatalf("%v in %v: %v, want %v", c.symbols, doc, got, want)
		}
	})
}
