package projects

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestProvincesWithFewBiddersAreTakenTogether(t *testing.T) {
	for _, c := range []struct{ has, want []Province }{
		{nil, nil},
		{[]Province{{"430000", 3}, {"110000", 9}}, []Province{{"110000", 9}, {"430000", 3}}},
		{[]Province{{"430000", 1}, {"310000", 2}, {"110000", 9}}, []Province{{"110000", 9}, {"", 3}}},
		{[]Province{{"430000", 1}, {"310000", 4}, {"110000", 9}}, []Province{{"110000", 9}, {"", 5}}}, // the next smallest with it
		{[]Province{{"430000", 1}}, []Province{{"", 1}}},
	} {
		if got := together(c.has); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.has, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var has []Province
		var all, told int64
		for i, n := range rapid.SliceOfN(rapid.Int64Range(1, 6), 0, 31).Draw(t, "bidders") {
			has = append(has, Province{string(rune('a' + i)), n})
			all += n
		}
		for _, p := range together(has) {
			told += p.Bidders
			if p.Bidders < fewest && (p.Region != "" || all >= fewest) {
				t.Fatalf("%v tells of %v", has, p)
			}
		}
		if told != all {
			t.Fatalf("%d of %d are told of", told, all)
		}
	})
}
