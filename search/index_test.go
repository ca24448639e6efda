package search

import (
	"context"
	"errors"
	"fmt"
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
