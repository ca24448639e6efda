package search

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// collection draws documents of few characters, several with the same ID.
func collection() *rapid.Generator[[]Document] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Document {
		return Document{
			ID:       fmt.Sprintf("d%d", rapid.IntRange(0, 30).Draw(t, "id")),
			Kind:     rapid.SampledFrom([]string{"result", "need"}).Draw(t, "kind"),
			Title:    chinese(0, 12).Draw(t, "title"),
			Abstract: chinese(0, 40).Draw(t, "abstract"),
			Keywords: rapid.SliceOfN(chinese(0, 5), 0, 2).Draw(t, "keywords"),
			Facets:   map[string][]string{"field": {rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "field")}},
		}
	}), 1, 25)
}

// Matching agrees with the reference over any collection that came about by any
// batches, and so does what an index reopened from disk says.
func TestMatchAgreesWithReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := collection().Draw(t, "docs")
		p := Probe{
			Title: chinese(0, 10).Draw(t, "title"), Text: chinese(0, 30).Draw(t, "text"), Limit: 100,
			Kind:    rapid.SampledFrom([]string{"", "result", "need"}).Draw(t, "kind"),
			Exclude: []string{"d3"},
		}
		if rapid.Bool().Draw(t, "filtered") {
			p.Filters = map[string][]string{"field": {"x", "z", "unknown"}}
		}
		dir, err := os.MkdirTemp("", "search-test-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		x, err := Open(dir, Options{CacheBytes: 1 << 12})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { x.Close() }()
		for part := range slices.Chunk(docs, rapid.IntRange(1, 10).Draw(t, "batch")) {
			if err := x.Apply(context.Background(), Batch{Put: part}); err != nil {
				t.Fatal(err)
			}
		}
		gone := rapid.SampledFrom([]string{"d1", "d2", "none"}).Draw(t, "delete")
		if err := x.Apply(context.Background(), Batch{Delete: []string{gone}}); err != nil {
			t.Fatal(err)
		}
		docs = slices.DeleteFunc(docs, func(d Document) bool { return d.ID == gone })
		want := newReference(docs).match(p)
		for range 2 {
			got, err := x.Match(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(want) {
				t.Fatalf("%d matches, reference has %d: %v", len(got), len(want), want)
			}
			for i, m := range got {
				checkMatch(t, m)
				w := want[i]
				if m.ID != w.id { // equal but for rounding
					j := slices.IndexFunc(want, func(r placed) bool { return r.id == m.ID })
					if j < 0 || math.Abs(want[j].score-w.score) > 1e-9*w.score {
						t.Fatalf("rank %d is %s, reference says %v", i, m.ID, want)
					}
				}
				if math.Abs(m.Score-w.percent) > 1e-6 {
					t.Fatalf("%s: score %v, reference has %v", m.ID, m.Score, w.percent)
				}
			}
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			if x, err = Open(dir, Options{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestSearchAgreesWithReference(t *testing.T) {
	query := rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 3).Draw(t, "words") {
			b.WriteString(rapid.SampledFrom([]string{"", "", "", "-", "\"", "“"}).Draw(t, "sign"))
			b.WriteString(chinese(1, 6).Draw(t, "word"))
			b.WriteString(rapid.SampledFrom([]string{" ", "\" ", "” "}).Draw(t, "end"))
		}
		return b.String()
	})
	rapid.Check(t, func(t *rapid.T) {
		docs := collection().Draw(t, "docs")
		x := openTemp(t)
		for part := range slices.Chunk(docs, 7) {
			if err := x.Apply(context.Background(), Batch{Put: part}); err != nil {
				t.Fatal(err)
			}
		}
		r := newReference(docs)
		for range 5 {
			q := Query{Text: query.Draw(t, "query"), Kinds: []string{"result"}, Facets: []string{"field"}, Limit: 3}
			want := map[string]bool{}
			fields := map[string]int{}
			for i, d := range r.docs {
				if d.Kind == "result" && satisfies(parseQuery(q.Text), r.texts[i]) {
					want[d.ID] = true
					fields[d.Facets["field"][0]]++
				}
			}
			got := map[string]bool{}
			for {
				page, err := x.Search(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				if page.Reading != ReadAll && len(want) == 0 {
					break // nothing satisfies the query, other hits are offered
				}
				if page.Total != len(want) {
					t.Fatalf("%q: %d hits (%s), reference has %v", q.Text, page.Total, page.Reading, want)
				}
				counted := map[string]int{}
				for _, c := range page.Facets["field"] {
					counted[c.Value] = c.Count
				}
				if diff := cmp.Diff(fields, counted); diff != "" {
					t.Fatalf("%q: facets (-reference +got)\n%s", q.Text, diff)
				}
				for _, h := range page.Hits {
					if got[h.ID] || !want[h.ID] {
						t.Fatalf("%q: %s came twice or should not be there", q.Text, h.ID)
					}
					got[h.ID] = true
					checkFragments(t, h)
				}
				if q.After = page.After; q.After == "" {
					if len(got) != len(want) {
						t.Fatalf("%q: pages gave %v, want %v", q.Text, got, want)
					}
					break
				}
			}
		}
	})
}

// The order in which documents were indexed, and how often, shows nowhere.
func TestOrderOfIndexingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := collection().Draw(t, "docs")
		seen := map[string]bool{}
		docs = slices.DeleteFunc(docs, func(d Document) bool { was := seen[d.ID]; seen[d.ID] = true; return was })
		p := Probe{Text: chinese(1, 30).Draw(t, "text"), Limit: 100}
		q := Query{Text: chinese(1, 4).Draw(t, "query")}
		var first []any
		for round, order := range [][]Document{docs, rapid.Permutation(docs).Draw(t, "order")} {
			x := openTemp(t)
			if round == 1 { // with a detour
				stale := slices.Clone(order)
				for i := range stale {
					stale[i].Abstract = "旧的内容电池"
				}
				if err := x.Apply(context.Background(), Batch{Put: append(stale, doc("extra", "电池", "回收"))}); err != nil {
					t.Fatal(err)
				}
			}
			for part := range slices.Chunk(order, 4) {
				if err := x.Apply(context.Background(), Batch{Put: part, Delete: []string{"extra"}}); err != nil {
					t.Fatal(err)
				}
			}
			m, err := x.Match(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			s, err := x.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if round == 0 {
				first = []any{m, s}
			} else if diff := cmp.Diff(first, []any{m, s}); diff != "" {
				t.Fatalf("another order gives another answer\n%s", diff)
			}
		}
	})
}
