package contracts

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// What was received of a royalty cannot be told from the fee, so that no fee is overdue any more once there is some.
func TestAFeeIsOverdueUntilThereIsARoyalty(t *testing.T) {
	c := Contract{State: Registered}
	c.Terms.Turnover = 100
	c.Terms.Payment = &PaymentTerms{Mode: codes.RoyaltyWithFee, Royalty: &Royalty{Base: "销售额", RateBP: 300}, Instalments: []Instalment{{Amount: 100, DueOn: when.MustDay("2026-03-10")}}}
	if got := c.overdue(0, when.MustDay("2026-03-11")); got != 100 {
		t.Error(got)
	}
	c.Terms.Turnover = 101
	if got := c.overdue(1, when.MustDay("2026-03-11")); got != 0 {
		t.Error(got)
	}
}

// placesOf are the places that an error names.
func placesOf(err error) (places []string) {
	var bad *fault.Error
	if errors.As(err, &bad) {
		for _, f := range bad.Fields {
			places = append(places, f.Pointer)
		}
	}
	return places
}

func TestHowThePriceIsPaid(t *testing.T) {
	c := &city{university: uuid.New(), enterprise: uuid.New()}
	day, royalty := when.MustDay("2026-12-31"), &Royalty{Base: "合同产品不含税销售额", RateBP: 300}
	part := func(yuan money.Fen) Instalment { return Instalment{Amount: yuan * money.Yuan, DueOn: day} }
	for _, p := range []struct {
		name string
		how  PaymentTerms
		at   []string
	}{
		{"once", PaymentTerms{Mode: codes.PaidOnce}, nil},
		{"once, by a day", PaymentTerms{Mode: codes.PaidOnce, Instalments: []Instalment{part(1_250_000)}}, nil},
		{"once, a fen short", PaymentTerms{Mode: codes.PaidOnce, Instalments: []Instalment{{Amount: 1_250_000*money.Yuan - 1}}}, []string{"/terms/payment/instalments"}},
		{"once, in two", PaymentTerms{Mode: codes.PaidOnce, Instalments: []Instalment{part(1_000_000), part(250_000)}}, []string{"/terms/payment/instalments"}},
		{"once, of sales", PaymentTerms{Mode: codes.PaidOnce, Royalty: royalty}, []string{"/terms/payment/royalty"}},
		{"in two parts", PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{part(1_000_000), {Amount: 250_000 * money.Yuan, Condition: "验收合格后"}}}, nil},
		{"in one part", PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{part(1_250_000)}}, []string{"/terms/payment/instalments"}},
		{"in no parts", PaymentTerms{Mode: codes.Instalments}, []string{"/terms/payment/instalments"}},
		{"parts that are too much", PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{part(1_000_000), part(250_001)}}, []string{"/terms/payment/instalments"}},
		{"a part of no time", PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{part(1_000_000), {Amount: 250_000 * money.Yuan}}}, []string{"/terms/payment/instalments/1/due_on"}},
		{"a part that waits for nothing", PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{part(1_000_000), {Amount: 250_000 * money.Yuan, Condition: "——"}}}, []string{"/terms/payment/instalments/1/condition"}},
		{"parts that are too much to add", PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{part(1_000_000), {Amount: money.Max, DueOn: day}, part(250_000)}},
			[]string{"/terms/payment/instalments/1/amount/amount", "/terms/payment/instalments"}},
		{"by the piece", PaymentTerms{Mode: codes.ByRoyalty, Royalty: &Royalty{Base: "销售台数", Steps: "每台 50 元"}}, nil},
		{"a part of nothing", PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{part(1_250_000), part(0)}}, []string{"/terms/payment/instalments/1/amount/amount"}},
		{"of sales", PaymentTerms{Mode: codes.ByRoyalty, Royalty: royalty}, nil},
		{"of sales that nobody names", PaymentTerms{Mode: codes.ByRoyalty}, []string{"/terms/payment/royalty"}},
		{"of sales, and a fee", PaymentTerms{Mode: codes.ByRoyalty, Royalty: royalty, Instalments: []Instalment{part(1_000)}}, []string{"/terms/payment/instalments"}},
		{"of sales with a fee", PaymentTerms{Mode: codes.RoyaltyWithFee, Royalty: royalty, Instalments: []Instalment{part(1_000_000)}}, nil},
		{"of sales with a fee that is all that is certain", PaymentTerms{Mode: codes.RoyaltyWithFee, Royalty: royalty, Instalments: []Instalment{part(1_250_000)}}, nil},
		{"of sales with too large a fee", PaymentTerms{Mode: codes.RoyaltyWithFee, Royalty: royalty, Instalments: []Instalment{part(1_250_001)}}, []string{"/terms/payment/instalments"}},
		{"of sales with no fee", PaymentTerms{Mode: codes.RoyaltyWithFee, Royalty: royalty}, []string{"/terms/payment/instalments"}},
		{"a rate of nothing", PaymentTerms{Mode: codes.ByRoyalty, Royalty: &Royalty{Base: "销售额"}}, []string{"/terms/payment/royalty/rate_bp"}},
		{"a rate of all", PaymentTerms{Mode: codes.ByRoyalty, Royalty: &Royalty{Base: "销售额", RateBP: 10000}}, nil},
		{"a rate of more", PaymentTerms{Mode: codes.ByRoyalty, Royalty: &Royalty{Base: "销售额", RateBP: 10001}}, []string{"/terms/payment/royalty/rate_bp"}},
		{"it ends before it begins", PaymentTerms{Mode: codes.ByRoyalty, Royalty: &Royalty{Base: "销售额", RateBP: 1, From: day, To: day.AddDays(-1)}}, []string{"/terms/payment/royalty/to"}},
		{"in kind", PaymentTerms{Mode: "barter"}, []string{"/terms/payment/mode"}},
	} {
		terms := c.terms()
		terms.Payment = &p.how
		if got := placesOf(terms.check(codes.Development)); !slices.Equal(got, p.at) {
			t.Errorf("%s: named %q, want %q", p.name, got, p.at)
		}
	}
}

func TestWhatIsOverdue(t *testing.T) {
	c := Contract{State: Registered}
	c.Terms.Payment = &PaymentTerms{Mode: codes.Instalments, Instalments: []Instalment{
		{Amount: 100, DueOn: when.MustDay("2026-03-10")}, {Amount: 50, DueOn: when.MustDay("2026-03-20")}, {Amount: 7, Condition: "验收后"},
	}}
	for _, p := range []struct {
		day            string
		received, want money.Fen
		state          State
	}{
		{"2026-03-10", 0, 0, Registered}, // it is due on the day, and late on the next
		{"2026-03-11", 0, 100, Registered},
		{"2026-03-11", 99, 1, Registered},
		{"2026-03-11", 100, 0, Registered},
		{"2026-03-21", 100, 50, Registered},
		{"2026-03-21", 120, 30, Submitted},
		{"2027-03-21", 0, 150, Registered}, // what waits for a condition is late by no day
		{"2027-03-21", 500, 0, Registered},
		{"2027-03-21", 0, 0, Cancelled},
		{"2027-03-21", 0, 0, Refused},
	} {
		c.State = p.state
		if got := c.overdue(p.received, when.MustDay(p.day)); got != p.want {
			t.Errorf("%s, %s, %d received: %d, want %d", p.state, p.day, p.received, got, p.want)
		}
	}
}

func TestForeignCurrencies(t *testing.T) {
	c := &city{university: uuid.New(), enterprise: uuid.New()}
	euro := Conversion{Currency: "EUR", Amount: "150000.00", Rate: "8.3333", RateOn: when.MustDay("2025-11-19"), Source: "中间价"} // 1,249,995.00
	with := func(change func(*Conversion)) []Conversion {
		x := euro
		change(&x)
		return []Conversion{x}
	}
	const at = "/terms/conversions/0"
	for _, p := range []struct {
		name     string
		turnover money.Fen
		sums     []Conversion
		at       []string
	}{
		{"to the fen", 124_999_500, []Conversion{euro}, nil},
		{"a fen above", 124_999_501, []Conversion{euro}, nil},
		{"a fen below", 124_999_499, []Conversion{euro}, nil},
		{"two fen above", 124_999_502, []Conversion{euro}, []string{"/terms/turnover/amount"}},
		{"two fen below", 124_999_498, []Conversion{euro}, []string{"/terms/turnover/amount"}},
		{"two sums, each its own rate", 124_999_500 + 7_801_234, []Conversion{euro, {"EUR", "10000", "7.801234", 1, when.MustDay("2026-05-01"), "中间价"}}, nil},
		{"by the hundred", 51_234_500, []Conversion{{"JPY", "10246900", "5.0000", 100, when.MustDay("2025-11-19"), "中间价"}}, nil},
		{"by the hundred, read by one", 51_234_500, []Conversion{{"JPY", "10246900", "5.0000", 0, when.MustDay("2025-11-19"), "中间价"}}, []string{"/terms/turnover/amount"}},
		{"half a fen goes up", 101, []Conversion{{"USD", "0.01", "100.5", 1, when.MustDay("2025-11-19"), "中间价"}}, nil},
		{"a part of a yen", 1, []Conversion{{"JPY", "1.5", "5", 100, when.MustDay("2025-11-19"), "中间价"}}, []string{at + "/amount"}},
		{"three decimals of a dinar", 2_345_673, []Conversion{{"KWD", "1000.125", "23.4538", 1, when.MustDay("2025-11-19"), "中间价"}}, nil},
		{"three decimals of a euro", 124_999_500, with(func(x *Conversion) { x.Amount = "150000.000" }), []string{at + "/amount"}},
		{"yuan", 124_999_500, with(func(x *Conversion) { x.Currency, x.Rate = "CNY", "1" }), []string{"/terms/conversions", "/terms/turnover/amount"}},
		{"yuan beside", 134_999_500, []Conversion{euro, {"CNY", "100000.00", "1.00", 0, when.MustDay("2025-11-19"), "人民币部分"}}, nil},
		{"yuan at another rate", 134_999_500, []Conversion{euro, {"CNY", "100000.00", "1.01", 0, when.MustDay("2025-11-19"), "人民币部分"}}, []string{"/terms/conversions/1/rate"}},
		{"offshore yuan", 124_999_500, with(func(x *Conversion) { x.Currency = "CNH" }), []string{at + "/currency"}},
		{"two decimals of a rupiah", 150_000_50, []Conversion{{"IDR", "30000100.00", "0.5", 100, when.MustDay("2025-11-19"), "中间价"}}, nil},
		{"settled in the currency of by then", 124_999_500 + 780_000, []Conversion{{"BGN", "150000.00", "8.3333", 1, when.MustDay("2025-11-19"), "中间价"}, {"EUR", "1000", "7.8", 1, when.MustDay("2026-05-01"), "中间价"}}, nil},
		{"no currency", 124_999_500, with(func(x *Conversion) { x.Currency = "EUX" }), []string{at + "/currency"}},
		{"gold", 124_999_500, with(func(x *Conversion) { x.Currency = "XAU" }), []string{at + "/currency"}},
		{"a currency of before", 124_999_500, with(func(x *Conversion) { x.Currency = "DEM" }), []string{at + "/currency"}},
		{"a currency that went since", 124_999_500, with(func(x *Conversion) { x.Currency = "HRK" }), []string{at + "/currency"}},
		{"a currency that is still there", 124_999_500, with(func(x *Conversion) { x.Currency = "BGN" }), nil},
		{"a currency that came since", 124_999_500, with(func(x *Conversion) { x.Currency = "XCG" }), nil},
		{"none of it", 124_999_500, with(func(x *Conversion) { x.Amount = "0.00" }), []string{at + "/amount"}},
		{"for nothing", 124_999_500, with(func(x *Conversion) { x.Rate = "0" }), []string{at + "/rate"}},
		{"a sum of no number", 124_999_500, with(func(x *Conversion) { x.Amount = "15万" }), []string{at + "/amount"}},
		{"a rate of no number", 124_999_500, with(func(x *Conversion) { x.Rate = "1/2" }), []string{at + "/rate"}},
		{"by the dozen", 124_999_500, with(func(x *Conversion) { x.Per = 12 }), []string{at + "/rate_per"}},
		{"of no day", 124_999_500, with(func(x *Conversion) { x.RateOn = when.Day{} }), []string{at + "/rate_on"}},
		{"from nowhere", 124_999_500, with(func(x *Conversion) { x.Source = "" }), []string{at + "/rate_source"}},
		{"more than there is", 124_999_500, with(func(x *Conversion) { x.Amount, x.Rate = "999999999999999", "99999999" }), []string{"/terms/conversions"}},
	} {
		terms := c.terms()
		terms.Turnover, terms.Deductions, terms.Conversions = p.turnover, nil, p.sums
		if got := placesOf(terms.check(codes.Development)); !slices.Equal(got, p.at) {
			t.Errorf("%s: named %q, want %q", p.name, got, p.at)
		}
	}
	if err := (Terms{Conversions: []Conversion{euro}}).ratesBy(when.MustDay("2025-11-19")); err != nil {
		t.Error(err)
	}
	if got := placesOf((Terms{Conversions: []Conversion{euro}}).ratesBy(when.MustDay("2025-11-18"))); !slices.Equal(got, []string{at + "/rate_on"}) {
		t.Errorf("a rate of a day to come: %q", got)
	}
}

// Whatever a sum and a rate are, the turnover amount that they round to is taken, and what is two fen away is not.
func TestConversionsHoldToTheFen(t *testing.T) {
	c := &city{university: uuid.New(), enterprise: uuid.New()}
	rapid.Check(t, func(t *rapid.T) {
		cents, rate := rapid.Int64Range(100, 1e11).Draw(t, "cents"), rapid.Int64Range(1_000, 999_999).Draw(t, "rate in ten-thousandths")
		exact := new(big.Int).Mul(big.NewInt(cents), big.NewInt(rate))
		rounded := new(big.Int).Div(exact.Add(exact, big.NewInt(5_000)), big.NewInt(10_000)).Int64()
		if rounded < 3 {
			t.Skip()
		}
		terms := c.terms()
		terms.Deductions = nil
		terms.Conversions = []Conversion{{
			Currency: "USD", Amount: money.Fen(cents).String(), Rate: big.NewRat(rate, 10_000).FloatString(4), RateOn: when.MustDay("2025-11-19"), Source: "中间价",
		}}
		for off, fits := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
			if terms.Turnover = money.Fen(rounded + off); (terms.check(codes.Development) == nil) != fits {
				t.Fatalf("%d fen away: %v", off, terms.check(codes.Development))
			}
		}
	})
}
