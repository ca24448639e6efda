package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBandsDivideCountAndNarrow(t *testing.T) {
	x := openTest(t, t.TempDir())
	doc := func(id, field string, keys map[string]int64) Document {
		return Document{ID: id, Kind: "challenge", Title: "喷漆废气净化", Facets: map[string][]string{"field": {field}}, SortKeys: keys}
	}
	put(t, x,
		doc("a", "环保", map[string]int64{"closes": 10, "reward": 5}), doc("b", "环保", map[string]int64{"closes": 20, "reward": 10}),
		doc("c", "材料", map[string]int64{"closes": 30, "reward": 9}), doc("d", "材料", map[string]int64{"reward": 50}),
	)
	reward := func(only ...int) Bands {
		return Bands{Name: "reward", Key: "reward", Bounds: []int64{10, 50}, Only: only}
	}
	closes := func(only ...int) Bands {
		return Bands{Name: "left", Key: "closes", Bounds: []int64{15, 25}, Only: only}
	}
	for _, c := range []struct {
		name string
		q    Query
		ids  string
		want map[string][]int
		file map[string]int
	}{
		{"all", Query{Bands: []Bands{reward(), closes()}}, "a b c d", map[string][]int{"reward": {2, 1, 1}, "left": {1, 1, 1}}, map[string]int{"环保": 2, "材料": 2}},
		{"by words", Query{Text: "废气", Bands: []Bands{reward()}}, "a b c d", map[string][]int{"reward": {2, 1, 1}}, map[string]int{"环保": 2, "材料": 2}},
		{"by words that only some have", Query{Text: "废气 航天飞机", Bands: []Bands{reward(0)}}, "a c", map[string][]int{"reward": {2, 1, 1}}, map[string]int{"环保": 1, "材料": 1}},
		{"one band", Query{Bands: []Bands{reward(0), closes()}}, "a c", map[string][]int{"reward": {2, 1, 1}, "left": {1, 0, 1}}, map[string]int{"环保": 1, "材料": 1}},
		{"two bands of one", Query{Bands: []Bands{reward(0, 1)}}, "a b c", map[string][]int{"reward": {2, 1, 1}}, map[string]int{"环保": 2, "材料": 1}},
		{"bands of both", Query{Bands: []Bands{reward(0), closes(0)}}, "a", map[string][]int{"reward": {1, 0, 0}, "left": {1, 0, 1}}, map[string]int{"环保": 1}},
		{"beside a facet", Query{Filters: map[string][]string{"field": {"环保"}}, Bands: []Bands{reward(0)}}, "a", map[string][]int{"reward": {1, 1, 0}}, map[string]int{"环保": 1, "材料": 1}},
		{"a floor", Query{Floors: []Floor{{Key: "closes", Least: 20}}, Bands: []Bands{reward()}}, "b c", map[string][]int{"reward": {1, 1, 0}}, map[string]int{"环保": 1, "材料": 1}},
		{"a floor for those that have the key", Query{Floors: []Floor{{Key: "closes", Least: 20, OrNone: true}}}, "b c d", map[string][]int{}, map[string]int{"环保": 1, "材料": 2}},
		{"a band that there is not", Query{Bands: []Bands{reward(7)}}, "", map[string][]int{"reward": {2, 1, 1}}, map[string]int{}},
	} {
		c.q.Facets = []string{"field"}
		page, err := x.Search(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, h := range page.Hits {
			ids = append(ids, h.ID)
		}
		fields := map[string]int{}
		for _, f := range page.Facets["field"] {
			fields[f.Value] = f.Count
		}
		if got := strings.Join(ids, " "); got != c.ids || page.Total != len(ids) {
			t.Errorf("%s: %s (%d), want %s", c.name, got, page.Total, c.ids)
		}
		if diff := cmp.Diff(c.want, page.Bands) + cmp.Diff(c.file, fields); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestAFloorKeepsMatchesOut(t *testing.T) {
	x := openTest(t, t.TempDir())
	for i, keys := range []map[string]int64{{"closes": 10}, {"closes": 20}, nil} {
		put(t, x, Document{ID: fmt.Sprint(i), Title: "喷漆废气净化", SortKeys: keys})
	}
	for least, want := range map[int64]string{10: "0 1 2", 11: "1 2", 21: "2"} {
		found, err := x.Match(t.Context(), Probe{Text: "废气净化", Floors: []Floor{{Key: "closes", Least: least, OrNone: true}}, Brief: true})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range found {
			ids = append(ids, m.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("from %d on: %s, want %s", least, got, want)
		}
	}
}

// Bands and facets say the same as going through all documents one by one.
func TestBandsAgreeWithCountingOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	x := openTest(t, t.TempDir())
	type row struct {
		field        string
		closes, paid int64
	}
	rows := map[string]row{}
	for i := range 400 {
		d := row{fmt.Sprint("f", r.IntN(4)), r.Int64N(100), r.Int64N(100)}
		id := fmt.Sprintf("%03d", i)
		rows[id] = d
		put(t, x, Document{ID: id, Kind: "challenge", Title: "净化", Facets: map[string][]string{"field": {d.field}}, SortKeys: map[string]int64{"closes": d.closes, "paid": d.paid}})
	}
	for range 200 {
		floor, a, b, field := r.Int64N(60), r.IntN(4)-1, r.IntN(4)-1, r.IntN(5)
		q := Query{Limit: 1, Facets: []string{"field"}, Floors: []Floor{{Key: "closes", Least: floor}}, Bands: []Bands{
			{Name: "a", Key: "closes", Bounds: []int64{30, 60}}, {Name: "b", Key: "paid", Bounds: []int64{20, 80}},
		}}
		if a >= 0 {
			q.Bands[0].Only = []int{a}
		}
		if b >= 0 {
			q.Bands[1].Only = []int{b}
		}
		if field < 4 {
			q.Filters = map[string][]string{"field": {fmt.Sprint("f", field)}}
		}
		page, err := x.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		total, bands, fields := 0, map[string][]int{"a": make([]int, 3), "b": make([]int, 3)}, map[string]int{}
		for _, d := range rows {
			if d.closes < floor {
				continue
			}
			ba, bb := q.Bands[0].of(d.closes), q.Bands[1].of(d.paid)
			okA, okB, okF := a < 0 || a == ba, b < 0 || b == bb, field > 3 || d.field == fmt.Sprint("f", field)
			if okA && okB && okF {
				total++
			}
			if okB && okF {
				bands["a"][ba]++
			}
			if okA && okF {
				bands["b"][bb]++
			}
			if okA && okB {
				fields[d.field]++
			}
		}
		got := map[string]int{}
		for _, f := range page.Facets["field"] {
			got[f.Value] = f.Count
		}
		if diff := cmp.Diff(bands, page.Bands) + cmp.Diff(fields, got); diff != "" || page.Total != total {
			t.Fatalf("%+v: %d hits, want %d\n%s", q, page.Total, total, diff)
		}
	}
}

func TestAnIndexOfOtherContentIsStale(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		content string
		stale   bool
	}{{"", false}, {"challenges", true}} {
		x, err := Open(dir, Options{Content: c.content})
		if err != nil {
			t.Fatal(err)
		}
		if x.Stale() != c.stale {
			t.Errorf("content %q: stale %v", c.content, x.Stale())
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
