package search

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestOrder(t *testing.T) {
	x := openTest(t, t.TempDir())
	day := func(n int) Terms {
		return Terms{Confirmed: time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)}
	}
	put(t, x,
		Document{ID: "a", Title: "电池", Terms: day(3), SortKeys: map[string]int64{"views": -5}},
		Document{ID: "b", Title: "电池电池", Terms: day(9), SortKeys: map[string]int64{"views": 7, "price": 1}},
		Document{ID: "c", Title: "电池回收", Terms: day(3)},
		Document{ID: "d", Title: "电池组", SortKeys: map[string]int64{"views": 0}},
	)
	for _, tt := range []struct {
		order Order
		want  string
	}{
		{Order{Key: KeyConfirmed}, "b a c d"},
		{Order{Key: KeyConfirmed, Ascending: true}, "a c b d"},
		{Order{Key: "views"}, "b d a c"},
		{Order{Key: "views", Ascending: true}, "a d b c"},
		{Order{Key: "price"}, "b a c d"},
		{Order{Key: "unknown"}, "a b c d"},
	} {
		for _, text := range []string{"电池", ""} {
			for _, limit := range []int{1, 3, 20} {
				got := strings.Join(pages(t, x, Query{Text: text, Order: tt.order, Limit: limit}), " ")
				if got != tt.want {
					t.Errorf("%+v by %d: %s, want %s", tt.order, limit, got, tt.want)
				}
			}
		}
	}
	page, err := x.Search(t.Context(), Query{Text: "电池", Order: Order{Key: "views"}, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Search(t.Context(), Query{Text: "电池", Limit: 1, After: page.After}); !errors.Is(err, ErrCursor) {
		t.Errorf("the cursor of another order: %v, want ErrCursor", err)
	}
	if err := x.Apply(t.Context(), Batch{Put: []Document{{ID: "x", SortKeys: map[string]int64{KeyConfirmed: 1}}}}); err == nil {
		t.Error("a sort key of the name that is taken was accepted")
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
