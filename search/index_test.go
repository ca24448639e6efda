package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func openTest(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// openTemp opens an index on a folder that goes with the run of the property.
func openTemp(t *rapid.T) *Index {
	dir, err := os.MkdirTemp("", "search-test-")
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(dir, Options{Synonyms: new(Synonyms)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.Close()
		os.RemoveAll(dir)
	})
	return x
}

func put(t testing.TB, x *Index, docs ...Document) {
	t.Helper()
	if err := x.Apply(context.Background(), Batch{Put: docs, Place: x.Place() + 1}); err != nil {
		t.Fatal(err)
	}
}

func doc(id, title, abstract string) Document {
	return Document{ID: id, Kind: "result", Title: title, Abstract: abstract}
}

func matchIDs(t testing.TB, x *Index, p Probe) []string {
	t.Helper()
	m, err := x.Match(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, k := range m {
		ids = append(ids, k.ID)
	}
	return ids
}

func TestPlaceIsKeptWithTheDocuments(t *testing.T) {
	dir := t.TempDir()
	x := openTest(t, dir)
	if x.Place() != 0 || x.Count() != 0 {
		t.Fatalf("a new index is at %d with %d documents", x.Place(), x.Count())
	}
	if err := x.Apply(t.Context(), Batch{Put: []Document{doc("a", "锂电池回收", ""), doc("b", "水处理", "")}, Place: 41}); err != nil {
		t.Fatal(err)
	}
	if err := x.Apply(t.Context(), Batch{Delete: []string{"b", "not there"}, Place: 42}); err != nil {
		t.Fatal(err)
	}
	before := matchIDs(t, x, Probe{Text: "电池怎样回收"})
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	y := openTest(t, dir)
	if y.Place() != 42 || y.Count() != 1 {
		t.Errorf("reopened at %d with %d documents, want 42 and 1", y.Place(), y.Count())
	}
	if diff := cmp.Diff(before, matchIDs(t, y, Probe{Text: "电池怎样回收"})); diff != "" {
		t.Errorf("matches after reopening (-before +after)\n%s", diff)
	}
}

func TestClosed(t *testing.T) {
	x := openTest(t, t.TempDir())
	x.Close()
	if err := x.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	_, err := x.Match(t.Context(), Probe{Text: "电池"})
	_, err2 := x.Search(t.Context(), Query{Text: "电池"})
	err3 := x.Apply(t.Context(), Batch{})
	for _, err := range []error{err, err2, err3} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v, want ErrClosed", err)
		}
	}
}

func TestSecondOpenFailsAtOnce(t *testing.T) {
	dir := t.TempDir()
	openTest(t, dir)
	start := time.Now()
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("second Open: %v, want ErrLocked", err)
	}
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestDamagedOrForeignIndexBeginsAnew(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, data string){
		"segments cut": func(t *testing.T, data string) {
			files, _ := filepath.Glob(filepath.Join(data, "*.zap"))
			if len(files) == 0 {
				t.Fatal("no segment to damage")
			}
			for _, f := range files {
				if err := os.Truncate(f, 50); err != nil {
					t.Fatal(err)
				}
			}
		},
		"segments overwritten": func(t *testing.T, data string) {
			files, _ := filepath.Glob(filepath.Join(data, "*.zap"))
			for _, f := range files {
				info, _ := os.Stat(f)
				if err := os.WriteFile(f, []byte(strings.Repeat("\xa5", int(info.Size()))), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		},
		"one byte of a segment": func(t *testing.T, data string) {
			files, _ := filepath.Glob(filepath.Join(data, "*.zap"))
			for _, f := range files {
				b, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				b[len(b)/2] ^= 0x10
				if err := os.WriteFile(f, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		},
		"root file overwritten": func(t *testing.T, data string) {
			if err := os.WriteFile(filepath.Join(data, "root.bolt"), []byte("nonsense"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"segments missing": func(t *testing.T, data string) {
			files, _ := filepath.Glob(filepath.Join(data, "*.zap"))
			for _, f := range files {
				os.Remove(f)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			x := openTest(t, dir)
			put(t, x, doc("a", "锂电池回收", strings.Repeat("废旧锂电池中钴和镍的回收。", 50)))
			x.Close()
			damage(t, filepath.Join(dir, dataDir))
			y := openTest(t, dir)
			if y.Place() != 0 || y.Count() != 0 {
				t.Fatalf("opened at %d with %d documents, want an empty index", y.Place(), y.Count())
			}
			put(t, y, doc("a", "锂电池回收", ""))
			if got := matchIDs(t, y, Probe{Text: "电池"}); len(got) != 1 {
				t.Errorf("after filling it again: %v", got)
			}
		})
	}
	t.Run("another format", func(t *testing.T) {
		dir := t.TempDir()
		x := openTest(t, dir)
		put(t, x, doc("a", "锂电池回收", ""))
		if err := x.store.SetInternal([]byte(keyFormat), []byte("0")); err != nil {
			t.Fatal(err)
		}
		x.Close()
		if y := openTest(t, dir); y.Place() != 0 || y.Count() != 0 {
			t.Errorf("opened at %d with %d documents, want an empty index", y.Place(), y.Count())
		}
	})
}

func TestBatchIsRefusedWhole(t *testing.T) {
	x := openTest(t, t.TempDir())
	for _, bad := range []Document{{Title: "no ID"}, {ID: "a", Facets: map[string][]string{FacetKind: {"x"}}}} {
		if err := x.Apply(t.Context(), Batch{Put: []Document{doc("b", "电池", ""), bad}, Place: 9}); err == nil {
			t.Errorf("batch with %+v was taken", bad)
		}
	}
	if x.Count() != 0 || x.Place() != 0 {
		t.Errorf("%d documents at %d after refused batches", x.Count(), x.Place())
	}
}

var badTexts = map[string]string{
	"empty":              "",
	"one character":      "锂",
	"punctuation":        "，。、；：！？…—",
	"weak words":         "的了和与",
	"control":            "\x00\x01\x02\x7f",
	"invalid UTF-8":      "\xff\xfe锂\xc3",
	"emoji":              "🔋♻️👨‍👩‍👧",
	"rare Han":           "𠮷𡈽𪚥",
	"one character long": strings.Repeat("电", 100_000),
	"one word long":      strings.Repeat("a", 1<<20),
	"megabyte":           strings.Repeat("锂电池回收与水处理。", 1<<20/30),
	"thousands of words": strings.Join(strings.Fields(fmt.Sprint(slices.Repeat([]int{1, 22, 333}, 3000))), " "),
	"syntax":             `"" - -" "" --- “”` + "-\"电池",
}

func TestBadTextIsIndexedAndAsked(t *testing.T) {
	x := openTest(t, t.TempDir())
	var docs []Document
	for name, text := range badTexts {
		docs = append(docs, Document{ID: name, Kind: "result", Title: text, Abstract: text, Keywords: []string{text, ""}, Facets: map[string][]string{"f": {text, ""}}})
	}
	put(t, x, docs...)
	put(t, x, doc("good", "锂电池", "水处理"))
	for name, text := range badTexts {
		start := time.Now()
		matches, err := x.Match(t.Context(), Probe{Title: text, Text: text, Keywords: []string{text}})
		if err != nil {
			t.Errorf("Match of %s: %v", name, err)
		}
		for _, m := range matches {
			checkMatch(t, m)
		}
		page, err := x.Search(t.Context(), Query{Text: text, Facets: []string{"f", FacetKind}})
		if err != nil {
			t.Errorf("Search of %s: %v", name, err)
		}
		if len(page.Hits) > page.Total {
			t.Errorf("%s: %d hits of %d", name, len(page.Hits), page.Total)
		}
		if d := time.Since(start); d > 2*time.Minute {
			t.Errorf("%s took %v", name, d)
		}
	}
}

// checkMatch holds what is true of every match.
func checkMatch(t interface{ Errorf(string, ...any) }, m Match) {
	sum := 0.0
	for _, p := range m.Parts {
		sum += p.Points
	}
	if math.Abs(sum-m.Score) > 1e-9 || m.Score < 0 || m.Score > 100 || math.IsNaN(m.Score) {
		t.Errorf("%s: score %v, sum of parts %v", m.ID, m.Score, sum)
	}
	shared := 0.0
	for _, p := range m.Phrases {
		shared += p.Points
		if p.Text == "" || p.Found == "" || p.Points < 0 || len(p.Probe) == 0 || len(p.Doc) == 0 {
			t.Errorf("%s: phrase %+v", m.ID, p)
		}
	}
	if math.Abs(shared-m.Parts[0].Points) > 1e-6 {
		t.Errorf("%s: phrases have %v points of %v", m.ID, shared, m.Parts[0].Points)
	}
}

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
			constant := 0.0 // of the calibration, the same for all documents
			for i, m := range got {
				checkMatch(t, m)
				w := want[i]
				if m.ID != w.id { // equal but for rounding
					j := slices.IndexFunc(want, func(r placed) bool { return r.id == m.ID })
					if j < 0 || math.Abs(want[j].score-w.score) > 1e-9*w.score {
						t.Fatalf("rank %d is %s, reference says %v", i, m.ID, want)
					}
				}
				c := math.Log(m.Score/(100-m.Score)) - calibrationRaw*math.Log(w.score)
				if i == 0 {
					constant = c
				} else if math.Abs(c-constant) > 1e-6 {
					t.Fatalf("%s: score %v does not follow from %v", m.ID, m.Score, w.score)
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

func checkFragments(t interface{ Fatalf(string, ...any) }, h Hit) {
	for _, f := range h.Fragments {
		end := 0
		for _, m := range f.Marks {
			if m.Start < end || m.End <= m.Start || m.End > len(f.Text) {
				t.Fatalf("%s: marks %v in %q", h.ID, f.Marks, f.Text)
			}
			end = m.End
		}
	}
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
