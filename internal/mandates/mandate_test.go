package mandates

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/money"
	"jiebang/internal/when"
)

// The worked cases of splits by largest remainder, equal remainders to the earlier broker.
func TestSplits(t *testing.T) {
	raw, err := os.ReadFile("testdata/splits.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(raw)), "\n")[1:]
	if len(rows) < 8 {
		t.Fatalf("only %d cases", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(row, "\t")
		amount, err := strconv.ParseInt(cells[0], 10, 64)
		var shares []int
		var want []money.Fen
		if err != nil || json.Unmarshal([]byte(cells[1]), &shares) != nil || json.Unmarshal([]byte(cells[2]), &want) != nil {
			t.Fatalf("%q: %v", row, err)
		}
		if diff := cmp.Diff(want, Split(money.Fen(amount), shares)); diff != "" {
			t.Errorf("%s: %s", row, diff)
		}
	}
}

// Parts always sum to the whole, none is further than a fen from its exact share, and who has no share gets nothing.
func TestSplitsSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Fen(rapid.Int64Range(0, int64(money.Max)).Draw(t, "amount"))
		left := Whole
		var shares []int
		for range rapid.IntRange(0, 6).Draw(t, "others") {
			s := rapid.IntRange(0, left).Draw(t, "share")
			shares = append(shares, s)
			left -= s
		}
		shares = append(shares, left)
		var sum money.Fen
		for i, part := range Split(amount, shares) {
			sum += part
			if low := money.Part(amount, int64(shares[i]), Whole); part < low || part > low+1 || shares[i] == 0 && part != 0 {
				t.Fatalf("%d of %d by %d", part, amount, shares[i])
			}
		}
		if sum != amount {
			t.Fatalf("%d, not %d", sum, amount)
		}
	})
}

func TestWhenAMandateRunsAndItsTailEnds(t *testing.T) {
	agreed := time.Date(2026, 3, 5, 8, 45, 0, 0, time.UTC)
	m := Mandate{State: Agreed, AgreedAt: &agreed, ValidFrom: when.MustDay("2026-03-01"), ValidTo: when.MustDay("2026-08-31"), TailMonths: 6}
	for at, want := range map[string]bool{
		"2026-03-05T08:44:59Z": false, // its first day is over, and nobody had agreed
		"2026-03-05T08:45:00Z": true,
		"2026-08-31T15:59:59Z": true, // the last second of its last day in Shanghai
		"2026-08-31T16:00:00Z": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Running(moment); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
	if got := m.TailEnds().String(); got != "2027-02-28" { // a month without that day ends on its last
		t.Errorf("the tail ends on %s", got)
	}
	if err := m.End(uuid.New(), when.MustDay("2026-05-31"), "不再委托"); err != nil || m.TailEnds().String() != "2026-11-30" || m.Running(time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC)) {
		t.Errorf("%v, %s", err, m.TailEnds())
	}
}

func TestWhatAMandateCovers(t *testing.T) {
	one, other := uuid.New(), uuid.New()
	for name, c := range map[string]struct {
		m            Mandate
		result, need *uuid.UUID
		want         bool
	}{
		"all":                 {Mandate{}, &one, nil, true},
		"the result":          {Mandate{ResultID: &one}, &one, &other, true},
		"another result":      {Mandate{ResultID: &one}, &other, nil, false},
		"a need only":         {Mandate{ResultID: &one}, nil, &other, false},
		"the need, by a team": {Mandate{NeedID: &one}, nil, &one, true},
	} {
		if got := c.m.Covers(c.result, c.need); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
