package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTypingSlips(t *testing.T) {
	x := openTest(t, t.TempDir())
	put(t, x, doc("a", "graphene导热膜", "graphene"), doc("b", "grapheme", "字素"), doc("c", "IGBT模块", "graphene"), doc("gone", "lithium", ""))
	if err := x.Apply(t.Context(), Batch{Delete: []string{"gone"}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		query string
		total int
		want  []Correction
	}{
		{"graphene", 2, nil},
		{"Grafene", 0, nil}, // two letters away
		{"grapene 导热", 1, []Correction{{"grapene", "graphene"}}},
		{"graphenne", 2, []Correction{{"graphenne", "graphene"}}},
		{"IGPT", 0, nil},        // a code, not a slip
		{`"grapene"`, 0, nil},   // a phrase is meant
		{"模块 -grapene", 1, nil}, // so is an exclusion
		{"lithiun", 0, nil},     // no document has the word any more
	} {
		page, err := x.Search(t.Context(), Query{Text: tt.query})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, page.Corrections); diff != "" || page.Total != tt.total {
			t.Errorf("%s: %d hits, want %d\n%s", tt.query, page.Total, tt.total, diff)
		}
	}
}
