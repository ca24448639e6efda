package benefits

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/commissions"
	"jiebang/internal/contracts"
	"jiebang/internal/mandates"
	"jiebang/internal/money"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// reward is the form of the Lanzhou plan of 2025.
func reward() *Rule {
	return &Rule{Code: "reward", Kind: BrokerReward, Side: Broker, Region: "210100", ContractKinds: []codes.ContractKind{codes.Development}, RateBP: 500, Cap: 200_000 * money.Yuan, CapPer: PerBroker, ValidFrom: when.MustDay("2025-01-01")}
}

func ledTo(payments ...paid) led {
	return led{commissions.Led{Shares: []int{mandates.Whole}}, contracts.Contract{Kind: codes.Development}, "210112", payments}
}

func came(amount money.Fen, on string) paid {
	return paid{contracts.Payment{Amount: amount, PaidOn: when.MustDay(on)}, when.MustDay(on)}
}

func went(amount money.Fen, on, had string) paid {
	id := work.NewID()
	return paid{contracts.Payment{Amount: amount, PaidOn: when.MustDay(on), Reverses: &id}, when.MustDay(had)}
}

// The worked case: 5 % of what was paid in 2025, and a payment at half past midnight in Shanghai is of the new year.
func TestFivePercentOfWhatWasPaid(t *testing.T) {
	c1, c2 := ledTo(came(2_600_000*money.Yuan, "2025-06-01")), ledTo(came(1_900_000*money.Yuan, "2025-12-31"))
	got := reward().reward([]led{c1, c2}, reward().ValidFrom, 0, 0)
	if got.Base != 4_500_000*money.Yuan || got.Uncapped != 225_000*money.Yuan || got.Amount != 200_000*money.Yuan || len(got.Lines) != 2 {
		t.Errorf("%+v", got)
	}
	day := when.DayOf(time.Date(2025, 12, 31, 16, 30, 0, 0, time.UTC))
	if _, last := yearOf(2025); !day.After(last) || day.Year() != 2026 {
		t.Errorf("it is of %s", day)
	}
	if got := reward().reward([]led{ledTo(came(300_000*money.Yuan, day.String()))}, reward().ValidFrom, 0, 0); got.Amount != 15_000*money.Yuan {
		t.Errorf("%+v", got)
	}
}

func TestWhatOfABrokersPaymentsCounts(t *testing.T) {
	ended := reward()
	ended.ValidTo = when.MustDay("2025-06-30")
	for name, c := range map[string]struct {
		rule *Rule
		led  led
		base money.Fen
	}{
		"the day before the rule":         {ended, ledTo(came(1000, "2024-12-31")), 0},
		"its first day":                   {ended, ledTo(came(1000, "2025-01-01")), 1000},
		"its last day":                    {ended, ledTo(came(1000, "2025-06-30")), 1000},
		"the day after":                   {ended, ledTo(came(1000, "2025-07-01")), 0},
		"what went back":                  {ended, ledTo(came(1000, "2025-01-01"), went(300, "2025-02-01", "2025-01-01")), 700},
		"back of what never counted":      {ended, ledTo(came(1000, "2025-01-01"), went(300, "2025-02-01", "2024-12-31")), 1000},
		"more went back than came":        {reward(), ledTo(went(300, "2026-02-01", "2025-01-01")), -300},
		"a kind that the rule names not":  {reward(), led{commissions.Led{Shares: []int{mandates.Whole}}, contracts.Contract{Kind: codes.Service}, "210112", []paid{came(1000, "2025-01-01")}}, 0},
		"an office of another place":      {reward(), led{commissions.Led{Shares: []int{mandates.Whole}}, contracts.Contract{Kind: codes.Development}, "210200", []paid{came(1000, "2025-01-01")}}, 0},
		"the second of two who share it":  {reward(), led{commissions.Led{Shares: []int{7500, 2500}, Own: 1}, contracts.Contract{Kind: codes.Development}, "210100", []paid{came(9999, "2025-01-01")}}, 2500},
		"the first of two, less a return": {reward(), led{commissions.Led{Shares: []int{7500, 2500}}, contracts.Contract{Kind: codes.Development}, "210100", []paid{came(9999, "2025-01-01"), went(9999, "2025-03-01", "2025-01-01")}}, 0},
	} {
		got := c.rule.reward([]led{c.led}, c.rule.ValidFrom, 0, 0)
		if got.Base != c.base || got.Uncapped != money.Part(max(0, c.base), 500, mandates.Whole) {
			t.Errorf("%s: a base of %s and %s, want %s", name, got.Base, got.Uncapped, c.base)
		}
	}
	for base, want := range map[money.Fen]money.Fen{4_000_000 * money.Yuan: 200_000 * money.Yuan, 4_000_000*money.Yuan + 20: 200_000 * money.Yuan, 4_000_000*money.Yuan - 1: 200_000*money.Yuan - 1, 19: 0} {
		if got := reward().reward([]led{ledTo(came(base, "2025-01-01"))}, reward().ValidFrom, 0, 0); got.Amount != want {
			t.Errorf("of %s it is %s, want %s", base, got.Amount, want)
		}
	}
	if got := reward().reward([]led{ledTo(came(4_000_000*money.Yuan, "2025-01-01"))}, reward().ValidFrom, 0, 150_000*money.Yuan); got.Amount != 50_000*money.Yuan || got.Uncapped != 200_000*money.Yuan {
		t.Errorf("where some of the cap is used: %+v", got)
	}
}

// Whatever came and went back: those who share a contract have together what it has, nobody is given more than the cap, and nothing below 0.
func TestSharesOfARewardSumToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.IntRange(0, mandates.Whole).Draw(t, "share")
		var payments []paid
		var sum money.Fen
		for range rapid.IntRange(0, 8).Draw(t, "payments") {
			amount := money.Fen(rapid.Int64Range(1, 1_000_000_000).Draw(t, "amount"))
			if rapid.Bool().Draw(t, "back") {
				payments, sum = append(payments, went(amount, "2025-05-01", "2025-01-01")), sum-amount
			} else {
				payments, sum = append(payments, came(amount, "2025-01-01")), sum+amount
			}
		}
		var together money.Fen
		for own := range 2 {
			got := reward().reward([]led{{commissions.Led{Shares: []int{share, mandates.Whole - share}, Own: own}, contracts.Contract{Kind: codes.Development}, "210100", payments}}, reward().ValidFrom, 0, 0)
			if together += got.Base; got.Amount < 0 || got.Amount > reward().Cap || got.Amount > got.Uncapped {
				t.Fatalf("%+v", got)
			}
		}
		if together != sum {
			t.Fatalf("together %s of %s", together, sum)
		}
	})
}

// A rule that another of its code follows is one with it: what goes back of a payment under the first takes away from the second.
func TestWhatGoesBackUnderALaterRule(t *testing.T) {
	later := reward()
	later.ValidFrom = when.MustDay("2026-01-01")
	l := ledTo(came(1000, "2026-03-01"), went(300, "2026-02-01", "2025-12-10"))
	if got := later.reward([]led{l}, reward().ValidFrom, 0, 0); got.Base != 700 {
		t.Errorf("a base of %d", got.Base)
	}
	if got := later.reward([]led{ledTo(came(10_000, "2026-03-01"))}, reward().ValidFrom, -10_000, 0); got.Amount != 0 || got.Base != 10_000 {
		t.Errorf("%d of %d after as much went back", got.Amount, got.Base)
	}
}
