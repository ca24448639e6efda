package commissions

import (
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/mandates"
	"jiebang/internal/money"
)

func TestWhatIsDue(t *testing.T) {
	fee := money.Fen(500_000)
	of := Amounts{Turnover: 125_000_000, Technology: 105_000_000}
	rate := func(base mandates.Base, bp int) mandates.Mandate { return mandates.Mandate{RateBase: base, RateBP: bp} }
	for name, c := range map[string]struct {
		m        mandates.Mandate
		received money.Fen
		want     money.Fen
	}{
		"four per cent of what came":                      {rate(mandates.Received, 400), 100_000, 4_000},
		"one basis point of 1,234,567.89":                 {rate(mandates.Received, 1), 123_456_789, 12_345},
		"two basis points of it":                          {rate(mandates.Received, 2), 123_456_789, 24_691},
		"9,997 basis points of it":                        {rate(mandates.Received, 9997), 123_456_789, 123_419_751},
		"technology counts by its share of the price":     {rate(mandates.Technology, 300), 62_500_000, 1_575_000},
		"cut once and not twice":                          {rate(mandates.Technology, 9999), 3, 2}, // 3 × 0.84 × 0.9999 = 2.519…
		"no more than the price":                          {rate(mandates.Turnover, 300), 200_000_000, 3_750_000},
		"all that came, be it more than the price":        {rate(mandates.Received, 300), 200_000_000, 6_000_000},
		"a fee with the first payment":                    {mandates.Mandate{Fee: &fee}, 1, 500_000},
		"nothing came":                                    {mandates.Mandate{Fee: &fee}, 0, 0},
		"the technology of all of it":                     {rate(mandates.Technology, 10_000), 125_000_000, 105_000_000},
		"the largest amount there is at the highest rate": {rate(mandates.Received, 10_000), money.Max, money.Max},
	} {
		if got := Due(&c.m, of, c.received); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// Whatever is paid and taken back: what each broker has had is their part of what is due of all that was received, so it never exceeds the rate on
// it, nothing is left when all went back, and lines sum to the fold of payments.
func TestLinesAreTheFoldOfPayments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := Amounts{Turnover: money.Fen(rapid.Int64Range(1, 1e12).Draw(t, "turnover"))}
		of.Technology = money.Fen(rapid.Int64Range(0, int64(of.Turnover)).Draw(t, "technology"))
		m := mandates.Mandate{
			RateBase: rapid.SampledFrom([]mandates.Base{mandates.Technology, mandates.Turnover, mandates.Received}).Draw(t, "base"),
			RateBP:   rapid.IntRange(1, mandates.Whole).Draw(t, "rate"),
		}
		first := rapid.IntRange(0, mandates.Whole).Draw(t, "first")
		brokers := []mandates.Broker{{AccountID: uuid.New(), ShareBP: first}, {AccountID: uuid.New(), ShareBP: mandates.Whole - first}}
		had := map[uuid.UUID]money.Fen{}
		var received money.Fen
		for range rapid.IntRange(1, 12).Draw(t, "payments") {
			received = max(0, received+money.Fen(rapid.Int64Range(-1e10, 1e11).Draw(t, "payment")))
			due := Due(&m, of, received)
			for who, move := range moves(due, brokers, had) {
				had[who] += move
			}
			if had[brokers[0].AccountID]+had[brokers[1].AccountID] != due {
				t.Fatalf("%d and %d of %d", had[brokers[0].AccountID], had[brokers[1].AccountID], due)
			}
			if int64(due) > int64(received) || first == 0 && had[brokers[0].AccountID] != 0 {
				t.Fatalf("%d due of %d", due, received)
			}
		}
		for who, move := range moves(Due(&m, of, 0), brokers, had) {
			had[who] += move
		}
		if had[brokers[0].AccountID] != 0 || had[brokers[1].AccountID] != 0 {
			t.Fatalf("%v is left when all went back", had)
		}
	})
}
