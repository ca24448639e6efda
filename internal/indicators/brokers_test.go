package indicators_test

import (
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/indicators"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// Whatever is registered, amended and cancelled when, what is public of a broker changes from one end of a month to another by three contracts at the
// least that come and by three that go, or not at all, and each figure is of three at the least.
func TestWhatIsPublicOfABrokerMovesByThreeContracts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := when.MustDay("2025-10-01")
		known := make([]uuid.UUID, 12)
		for i := range known {
			known[i] = uuid.New()
		}
		accepted := make([]time.Time, len(known))
		counts := make([]int64, len(known)) // 0: not registered yet; 1: it is; 2: it was cancelled
		var rows []indicators.Posting
		for day := start; len(rows) < 40; day = day.AddDays(rapid.IntRange(0, 25).Draw(t, "days")) {
			if len(rows) > 0 && rapid.IntRange(0, 12).Draw(t, "end") == 0 {
				break
			}
			c := rapid.IntRange(0, len(known)-1).Draw(t, "contract")
			p := indicators.Posting{Seq: int64(len(rows) + 1), ContractID: known[c], PostedOn: day, RecordedOn: day}
			switch cancelled := rapid.IntRange(0, 2).Draw(t, "cancelled") == 0; {
			case counts[c] == 0:
				p.Contracts, counts[c] = 1, 1
				accepted[c] = day.AddDays(rapid.SampledFrom([]int{-40, 0, 0, 50}).Draw(t, "accepted")).Start()
			case counts[c] == 1 && cancelled:
				p.Contracts, counts[c] = -1, 2
			case counts[c] == 2:
				continue
			}
			p.CreatedAt = accepted[c]
			p.Turnover = money.Fen(p.Contracts << c) // so that a sum tells of which contracts it is
			rows = append(rows, p)
		}
		var before uint64
		for over := start.Month(); over.Before(start.Month().AddMonths(48)); over = over.AddMonths(1) {
			years, _ := indicators.Released(rows, over)
			var now uint64
			var all int64
			for _, y := range years {
				now += uint64(y.Turnover)
				all += y.Contracts
				if y.Contracts < 3 || y.Since >= y.Year {
					t.Fatalf("%d in %d", y.Contracts, y.Year)
				}
			}
			if bits.OnesCount64(now) != int(all) {
				t.Fatalf("%d contracts are told as %d", bits.OnesCount64(now), all)
			}
			if came, went := bits.OnesCount64(now&^before), bits.OnesCount64(before&^now); came == 1 || came == 2 || went == 1 || went == 2 {
				t.Fatalf("%d come and %d go", came, went)
			}
			before = now
		}
	})
}

// Amendments and cancellations stand in for no contract, and what was lost of many years leaves the year that has enough of them.
func TestWhatOfABrokerWaits(t *testing.T) {
	for _, c := range []struct {
		name  string
		rows  string // contracts by letters: a day of a month each, + registered, ~ amended, - cancelled
		years []int64
		waits bool
	}{
		{"three", "2025-11 +a+b+c", []int64{3}, false},
		{"two, and one amended", "2025-11 +a+b 2025-12 ~a", nil, true},
		{"one that is left of three", "2025-11 +a+b+c-b-c", nil, true},
		{"none that is left", "2025-11 +a+b 2025-12 -a-b", nil, false},
		{"an amendment of what is told", "2025-11 +a+b+c 2025-12 ~a", []int64{3}, false},
		{"one lost", "2025-11 +a+b+c+d 2025-12 -a", []int64{4}, true},
		{"one lost and three gained", "2025-11 +a+b+c 2025-12 -a+d+e+f", []int64{3}, true},
		{"three lost of five", "2025-11 +a+b+c+d+e 2025-12 -a-b-c", []int64{5}, true},
		{"three lost of six, a year later", "2025-11 +a+b+c+d+e+f 2026-03 -a-b-c", []int64{3}, false},
		{"all lost", "2025-11 +a+b+c 2026-03 -a-b-c", nil, false},
		{"two of one year and one of the next", "2025-12 +a+b 2026-01 +c", []int64{3}, false},
	} {
		var rows []indicators.Posting
		parts, known := strings.Fields(c.rows), map[byte]uuid.UUID{}
		for i := 0; i < len(parts); i += 2 {
			for day := when.MustDay(parts[i] + "-01"); parts[i+1] != ""; parts[i+1] = parts[i+1][2:] {
				sign, of := parts[i+1][0], parts[i+1][1]
				if known[of] == uuid.Nil {
					known[of] = uuid.New()
				}
				rows = append(rows, indicators.Posting{
					Seq: int64(len(rows) + 1), ContractID: known[of], PostedOn: day, RecordedOn: day, CreatedAt: when.MustDay("2025-10-01").Start(), Contracts: map[byte]int64{'+': 1, '-': -1}[sign],
				})
			}
		}
		out, waits := indicators.Released(rows, when.MustDay("2026-06-30").Month())
		var years []int64
		for _, y := range out {
			years = append(years, y.Contracts)
		}
		if !slices.Equal(years, c.years) || waits != c.waits {
			t.Errorf("%s: %v, %v", c.name, years, waits)
		}
	}
}
