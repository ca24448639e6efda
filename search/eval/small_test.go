package eval

import (
	"slices"
	"testing"

	"jiebang/search"
)

// A score says the same in a market that has just begun: the answers to
// twenty-four needs, alone in an index, score about what they do among all
// documents.
func TestScoresHoldInASmallCollection(t *testing.T) {
	if testing.Short() {
		t.Skip("indexes all development data")
	}
	docs, err := ReadLines[Doc](shared(t, "csl.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	needs, err := ReadLines[Need](shared(t, "needs-dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var few []Doc
	for _, d := range docs {
		if slices.ContainsFunc(needs, func(n Need) bool { return n.Relevant[d.ID] > 0 }) {
			few = append(few, d)
		}
	}
	scores := func(docs []Doc) map[string]float64 {
		s, err := newProduct(t.Context(), t.TempDir(), docs)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.close(); err != nil {
				t.Error(err)
			}
		}()
		out := map[string]float64{}
		for _, n := range needs {
			list, err := s.find(t.Context(), n, search.MaxMatches)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list {
				if n.Relevant[f.id] > 0 {
					out[n.ID+" "+f.id] = f.score
				}
			}
		}
		return out
	}
	all, alone := scores(docs), scores(few)
	for pair, score := range all {
		if d := alone[pair] - score; d < -5 || d > 30 {
			t.Errorf("%s: %.0f among %d documents, %.0f among %d", pair, score, len(docs), alone[pair], len(few))
		}
	}
	if len(all) < 20 {
		t.Errorf("only %d answers were found", len(all))
	}
}
