package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiebang/search/han"
)

func TestForwardKeepsSymbols(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := han.Tokenize(nil, anyText().Draw(t, "text"))
		var want []han.Symbol
		for _, k := range tokens {
			want = append(want, k.Sym)
		}
		if diff := cmp.Diff(want, newForward("x", tokens).symbols(nil)); diff != "" {
			t.Fatal(diff)
		}
	})
}
