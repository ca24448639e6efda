package search

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The best k of stage one are the first k of all, also when the filter refuses
// most documents.
func TestCandidatesAreTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "field")
		docs := collection().Draw(t, "docs")
		x := openTemp(t)
		for part := range slices.Chunk(docs, 9) {
			if err := x.Apply(context.Background(), Batch{Put: part}); err != nil {
				t.Fatal(err)
			}
		}
		v, err := x.acquire()
		if err != nil {
			t.Fatal(err)
		}
		defer v.release()
		p, err := v.newProbe([]source{{FieldText, 0, chinese(1, 30).Draw(t, "text")}})
		if err != nil {
			t.Fatal(err)
		}
		f := v.facets.filter(nil, map[string][]string{"field": {dir}}, nil)
		all, err := v.candidates(context.Background(), p, 1000, &f)
		if err != nil {
			t.Fatal(err)
		}
		for k := range len(all) + 1 {
			got, err := v.candidates(context.Background(), p, k, &f)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, all[:k]) {
				t.Fatalf("best %d: %v, want %v", k, got, all[:k])
			}
		}
	})
}
