package challenges

import (
	"slices"
	"testing"

	"jiebang/internal/work"
)

// "At most 2 running" lets the second in and refuses the third; 0 is no bound.
func TestTheLimitOfARoundIsInclusive(t *testing.T) {
	for _, x := range []struct {
		running, most int
		out           bool
	}{{0, 2, false}, {1, 2, false}, {2, 2, true}, {3, 2, true}, {0, 1, false}, {1, 1, true}, {50, 0, false}} {
		bids := []judged{{ID: work.NewID(), Lead: "A", Members: []string{"A"}}, {ID: work.NewID(), Lead: "B", Members: []string{"B"}}}
		judge(bids, standing{Poster: "P", Running: map[string]int{"A": x.running}, Most: x.most})
		out := slices.ContainsFunc(bids[0].Evidence, func(e Evidence) bool { return e.Reason == TooManyOpen && e.Count == x.running })
		if out != x.out || len(bids[0].Evidence) > 1 || len(bids[1].Evidence) > 0 {
			t.Errorf("with %d running and at most %d: %+v, the other %+v", x.running, x.most, bids[0].Evidence, bids[1].Evidence)
		}
	}
}
