package search

import (
	"errors"
	"strings"
	"testing"
	"time"
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
