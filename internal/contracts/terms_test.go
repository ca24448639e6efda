package contracts

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

func TestWhatIsWrongWithTerms(t *testing.T) {
	c := &city{university: uuid.New(), enterprise: uuid.New()}
	for _, p := range []struct {
		name   string
		change func(*Terms)
		at     []string // every place that is named
	}{
		{"nothing", func(*Terms) {}, nil},
		{"signed, in effect and expired on one day", func(t *Terms) { t.EffectiveOn, t.ExpiresOn = t.SignedOn, t.SignedOn }, nil},
		{"in effect before it is signed", func(t *Terms) { t.EffectiveOn = when.MustDay("2025-11-19") }, []string{"/terms/effective_on"}},
		{"expired before it is in effect", func(t *Terms) { t.ExpiresOn = when.MustDay("2025-11-30") }, []string{"/terms/expires_on"}},
		{"no days at all", func(t *Terms) { t.SignedOn, t.EffectiveOn, t.ExpiresOn = when.Day{}, when.Day{}, when.Day{} },
			[]string{"/terms/signed_on", "/terms/sellers/0/region", "/terms/buyers/0/region"}},
		{"no price", func(t *Terms) { t.Turnover, t.Deductions = 0, nil }, []string{"/terms/turnover/amount"}},
		{"a negative price", func(t *Terms) { t.Turnover = -1 }, []string{"/terms/turnover/amount"}},
		{"nothing technical in the price", func(t *Terms) { t.Deductions[0].Amount = t.Turnover }, []string{"/terms/deductions"}},
		{"one fen of it is technical", func(t *Terms) { t.Deductions[0].Amount = t.Turnover - 1 }, nil},
		{"deductions that overflow", func(t *Terms) {
			t.Deductions = slices.Repeat([]Deduction{{Equipment, "设备", money.Max}}, 3)
		}, []string{"/terms/deductions"}},
		{"a deduction that adds", func(t *Terms) { t.Deductions[0].Amount = -1 }, []string{"/terms/deductions/0/amount/amount"}},
		{"a deduction of no kind", func(t *Terms) { t.Deductions[0].Kind = "gift" }, []string{"/terms/deductions/0/kind"}},
		{"no seller", func(t *Terms) { t.Sellers = nil }, []string{"/terms/sellers"}},
		{"no buyer", func(t *Terms) { t.Buyers = nil }, []string{"/terms/buyers"}},
		{"a first seller from nowhere", func(t *Terms) { t.Sellers[0].Region = "" }, []string{"/terms/sellers/0/region"}},
		{"a buyer from nowhere", func(t *Terms) { t.Buyers[0].Region = "" }, nil},
		{"a region that does not exist", func(t *Terms) { t.Buyers[0].Region = "219999" }, []string{"/terms/buyers/0/region"}},
		{"a nature that does not exist", func(t *Terms) { t.Buyers[0].Nature = "999" }, []string{"/terms/buyers/0/nature"}},
		{"a wrong credit code", func(t *Terms) { t.Buyers[0].CreditCode = "91210100MA0000000X" }, []string{"/terms/buyers/0/credit_code"}},
		{"the same organization on both sides", func(t *Terms) { t.Buyers[0].OrganizationID = t.Sellers[0].OrganizationID },
			[]string{"/terms/buyers/0/organization_id"}},
		{"the same credit code on both sides", func(t *Terms) {
			t.Sellers[0].CreditCode, t.Buyers[0].CreditCode = creditCode("甲"), creditCode("甲")
		}, []string{"/terms/buyers/0/credit_code"}},
		{"another kind's subkind", func(t *Terms) { t.Subkind = codes.GeneralService }, []string{"/terms/subkind"}},
		{"no field, no targets, no acceptance", func(t *Terms) { t.Field, t.Targets, t.Acceptance = "", "", "" },
			[]string{"/terms/field", "/terms/targets", "/terms/acceptance"}},
	} {
		t.Run(p.name, func(t *testing.T) {
			terms := c.terms()
			p.change(&terms)
			var places []string
			var bad *fault.Error
			if errors.As(terms.check(codes.Development), &bad) {
				for _, f := range bad.Fields {
					places = append(places, f.Pointer)
				}
			}
			if !slices.Equal(places, p.at) {
				t.Errorf("named %q, want %q", places, p.at)
			}
		})
	}
}

func TestTheTechnologyAmountIsThePriceWithoutItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := Terms{Turnover: money.Fen(rapid.Int64Range(1, int64(money.Max)).Draw(t, "turnover"))}
		left := terms.Turnover
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			part := money.Fen(rapid.Int64Range(0, int64(left)).Draw(t, "part"))
			terms.Deductions = append(terms.Deductions, Deduction{Equipment, "设备", part})
			left -= part
		}
		if got, err := terms.Technology(); err != nil || got != left {
			t.Fatalf("%s, %v; want %s", got, err, left)
		}
	})
}
