package search

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// While documents come and go, pages neither repeat nor miss one that stays.
func TestPagingIsStable(t *testing.T) {
	x := openTest(t, t.TempDir())
	var docs []Document
	for i := range 100 {
		docs = append(docs, doc(fmt.Sprintf("d%02d", i), "电池", strings.Repeat("电池回收", i%7)+strings.Repeat("其他", i%11)))
	}
	put(t, x, docs...)
	seen := map[string]int{}
	q := Query{Text: "电池 回收", Limit: 7}
	for n := 0; ; n++ {
		page, err := x.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Hits {
			seen[h.ID]++
		}
		if q.After = page.After; q.After == "" {
			break
		}
		put(t, x, doc(fmt.Sprintf("new%d", n), "回收", strings.Repeat("电池的各种回收", n+1)), doc(fmt.Sprintf("other%d", n), strings.Repeat("别的", 30), ""))
	}
	for i := range 100 {
		id := fmt.Sprintf("d%02d", i)
		if want := min(i%7, 1); seen[id] != want {
			t.Errorf("%s came %d times, want %d", id, seen[id], want)
		}
	}
	if _, err := x.Search(t.Context(), Query{Text: "别的", After: q.After + "x"}); !errors.Is(err, ErrCursor) {
		t.Errorf("a made-up cursor: %v, want ErrCursor", err)
	}
	page, _ := x.Search(t.Context(), Query{Text: "电池 回收", Limit: 7})
	if _, err := x.Search(t.Context(), Query{Text: "电池", After: page.After}); !errors.Is(err, ErrCursor) {
		t.Errorf("the cursor of another query: %v, want ErrCursor", err)
	}
	for _, narrowed := range []Query{
		{Text: q.Text, Kinds: []string{"need"}}, {Text: q.Text, Filters: map[string][]string{"field": {"x"}}}, {Text: "-" + q.Text},
	} {
		narrowed.After = page.After
		if _, err := x.Search(t.Context(), narrowed); !errors.Is(err, ErrCursor) {
			t.Errorf("the cursor of a wider query: %v, want ErrCursor", err)
		}
	}
}

// pages are the IDs of all pages of a query.
func pages(t testing.TB, x *Index, q Query) []string {
	t.Helper()
	var out []string
	for {
		page, err := x.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Hits {
			out = append(out, h.ID)
		}
		if q.After = page.After; q.After == "" {
			return out
		}
	}
}

// Pages in any order neither repeat nor miss a document that stays.
func TestPagingInOrderIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := openTemp(t)
		n := rapid.IntRange(1, 40).Draw(t, "documents")
		var b Batch
		for i := range n {
			d := doc(fmt.Sprintf("d%02d", i), "电池", "")
			if v := rapid.Int64Range(-2, 3).Draw(t, "key"); v > -2 {
				d.SortKeys = map[string]int64{"key": v}
			}
			b.Put = append(b.Put, d)
		}
		if err := x.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		q := Query{Text: "电池", Order: Order{Key: "key", Ascending: rapid.Bool().Draw(t, "ascending")}, Limit: rapid.IntRange(1, 9).Draw(t, "limit")}
		seen := map[string]int{}
		for round := 0; ; round++ {
			page, err := x.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Hits {
				seen[h.ID]++
			}
			if q.After = page.After; q.After == "" {
				break
			}
			late := doc(fmt.Sprintf("late%d", round), "电池", "")
			late.SortKeys = map[string]int64{"key": rapid.Int64Range(-2, 3).Draw(t, "late")}
			if err := x.Apply(t.Context(), Batch{Put: []Document{late}}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range n {
			if id := fmt.Sprintf("d%02d", i); seen[id] != 1 {
				t.Fatalf("%s came %d times", id, seen[id])
			}
		}
	})
}
