package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFacetCounts(t *testing.T) {
	x := library(t)
	page, err := x.Search(t.Context(), Query{Text: "电池", Facets: []string{"field", FacetKind, "unknown"}, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]FacetCount{
		"field":   {{"环保", 2}, {"材料", 1}},
		FacetKind: {{"result", 2}},
		"unknown": nil,
	}
	if diff := cmp.Diff(want, page.Facets); diff != "" {
		t.Error(diff)
	}

	// A chosen value narrows the hits and the other facets, not its own.
	page, err = x.Search(t.Context(), Query{
		Text: "电池", Facets: []string{"field", FacetKind}, Kinds: []string{"result"},
		Filters: map[string][]string{"field": {"材料"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want = map[string][]FacetCount{"field": {{"环保", 2}, {"材料", 1}}, FacetKind: {{"result", 1}}}
	if diff := cmp.Diff(want, page.Facets); diff != "" || page.Total != 1 {
		t.Errorf("%d hits, %s", page.Total, diff)
	}
}
