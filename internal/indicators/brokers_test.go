package indicators_test

import (
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/indicators"
	"jiebang/internal/when"
)

// Whatever is registered and cancelled when, what is public of a broker changes from one end of a month to another by three contracts at the least, or
// not at all, and nothing that was told is told otherwise later; in the end all is told but what is too little.
func TestWhatIsPublicOfABrokerMovesByThreeContracts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := when.MustDay("2025-10-01")
		known := make([]uuid.UUID, 12)
		for i := range known {
			known[i] = uuid.New()
		}
		var rows []indicators.Posting
		for day := start; len(rows) < 30; day = day.AddDays(rapid.IntRange(0, 25).Draw(t, "days")) {
			if len(rows) > 0 && rapid.IntRange(0, 9).Draw(t, "end") == 0 {
				break
			}
			rows = append(rows, indicators.Posting{
				Seq: int64(len(rows) + 1), ContractID: rapid.SampledFrom(known).Draw(t, "contract"), PostedOn: day, RecordedOn: day,
				CreatedAt: day.AddDays(rapid.SampledFrom([]int{-40, 0, 0, 50}).Draw(t, "accepted")).Start(), Contracts: 1,
			})
		}
		var before int64
		for over := start.Month(); over.Before(start.Month().AddMonths(36)); over = over.AddMonths(1) {
			years, _ := indicators.Released(rows, over)
			var now int64
			for _, y := range years {
				now += y.Contracts
				if y.Contracts < 3 || y.Since >= y.Year {
					t.Fatalf("%d in %d", y.Contracts, y.Year)
				}
			}
			if now != before && now-before < 3 {
				t.Fatalf("%d follow %d", now, before)
			}
			before = now
		}
		of := map[uuid.UUID]bool{}
		for _, p := range rows {
			of[p.ContractID] = true
		}
		if _, waits := indicators.Released(rows, start.Month().AddMonths(36)); len(of) < 3 && (before != 0 || !waits) {
			t.Fatalf("%d of %d contracts are told", before, len(of))
		}
	})
}
