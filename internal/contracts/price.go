package contracts

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/currency"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// PaymentTerms are how the price is paid. A contract with a royalty is registered with what is certain, and grows by amendments as the royalty is
// settled (《技术合同认定规则》国科发政字〔2001〕253号，第五十一条).
type PaymentTerms struct {
	Mode        codes.PaymentMode `json:"mode"`
	Instalments []Instalment      `json:"instalments,omitempty"` // of the price, or of the entry fee
	Royalty     *Royalty          `json:"royalty,omitempty"`
}

// Instalment is one part of the price, and when it is paid: on a day, when something has happened, or both.
type Instalment struct {
	Amount    money.Fen `json:"amount"`
	DueOn     when.Day  `json:"due_on,omitzero"`
	Condition string    `json:"condition,omitempty"`
}

// Royalty is a share of what comes of the technology.
type Royalty struct {
	Base   string   `json:"base"`              // what it is a share of, as the net sales of the product
	RateBP int64    `json:"rate_bp,omitempty"` // of the first year, where it rises or falls; 0: Steps says how it is reckoned
	Steps  string   `json:"steps,omitempty"`   // how it rises or falls, or how it is reckoned otherwise
	From   when.Day `json:"from,omitzero"`
	To     when.Day `json:"to,omitzero"`
}

// Bounds of the lists: instalments by the month for twenty years, a royalty settled by the quarter for a hundred.
const mostInstalments, mostConversions = 240, 400

// Conversion is a sum in a foreign currency and the yuan that it came to. Amount and Rate are decimal numbers as they were written: currencies have
// other units than the fen, and a rate is quoted to its own number of places.
type Conversion struct {
	Currency string   `json:"currency"` // ISO 4217
	Amount   string   `json:"amount"`
	Rate     string   `json:"rate"`          // yuan for Per units
	Per      int64    `json:"per,omitempty"` // 1 or 100; 0 is 1
	RateOn   when.Day `json:"rate_on"`
	Source   string   `json:"source"` // of the rate
}

func (t Terms) checkPayment(bad *fault.Fields) {
	p := t.Payment
	if p == nil {
		return
	}
	codes.PaymentModes.Check(bad, p.Mode, "/terms/payment/mode")
	sum := p.checkInstalments(bad)
	parts, royal := "/terms/payment/instalments", p.Mode == codes.ByRoyalty || p.Mode == codes.RoyaltyWithFee
	switch p.Mode {
	case codes.PaidOnce:
		bad.Check(len(p.Instalments) <= 1, parts, fault.TooManyItems, "一次总付只有一笔；分几次付的，支付方式填分期支付", "What is paid once is one sum; of several the mode is instalments")
		bad.Check(len(p.Instalments) == 0 || sum == t.Turnover, parts, fault.NotTheSum, "一次总付的金额须为成交额 %[1]s 元", "What is paid once is the turnover amount, %[1]s yuan", t.Turnover)
	case codes.Instalments:
		bad.Check(len(p.Instalments) >= 2, parts, fault.TooFew, "分期支付须写明各期，至少两期", "Instalments are two at least; write each")
		bad.Check(len(p.Instalments) < 2 || sum == t.Turnover, parts, fault.NotTheSum, "各期合计 %[1]s 元，须等于成交额 %[2]s 元", "The instalments come to %[1]s yuan and must come to the turnover amount, %[2]s", sum, t.Turnover)
	case codes.ByRoyalty:
		bad.Check(len(p.Instalments) == 0, parts, fault.Unexpected, "另有入门费的，支付方式填提成支付附加预付入门费", "With an entry fee the mode is royalty_with_fee")
	case codes.RoyaltyWithFee:
		bad.Check(len(p.Instalments) > 0, parts, fault.Required, "须写明入门费", "Write the entry fee")
		bad.Check(sum <= t.Turnover, parts, fault.TooMuch, "入门费 %[1]s 元超过成交额 %[2]s 元；成交额须包括入门费", "The entry fee, %[1]s yuan, is more than the turnover amount, %[2]s, which includes it", sum, t.Turnover)
	}
	bad.Check(!royal || p.Royalty != nil, "/terms/payment/royalty", fault.Required, "提成支付须写明提成的基数与比例", "Write what the royalty is a share of, and its rate")
	bad.Check(royal || p.Royalty == nil, "/terms/payment/royalty", fault.Unexpected, "只有提成支付填写提成", "Of a royalty only")
	if r := p.Royalty; r != nil && royal {
		at := "/terms/payment/royalty"
		bad.Length(r.Base, at+"/base", 2, 200)
		bad.Length(r.Steps, at+"/steps", 0, 500)
		bad.Check(r.RateBP >= 0 && r.RateBP <= 10000, at+"/rate_bp", fault.OutOfRange, "比例为 1 至 10000（万分之一）", "A rate is 1 to 10000 basis points")
		bad.Check(r.RateBP != 0 || r.Steps != "", at+"/rate_bp", fault.OneOf, "须填比例；按件计算或以其他方式计算的，在 steps 写明", "Give the rate; what is reckoned by the piece or otherwise is written in steps")
		bad.Check(r.From.IsZero() || r.To.IsZero() || !r.To.Before(r.From), at+"/to", fault.BeforeStart, "提成期的末日早于首日", "It ends before it begins")
	}
}

// checkInstalments looks at each, and tells what they come to.
func (p *PaymentTerms) checkInstalments(bad *fault.Fields) (sum money.Fen) {
	bad.Check(len(p.Instalments) <= mostInstalments, "/terms/payment/instalments", fault.TooManyItems, "至多 %[1]d 项", "At most %[1]d items", mostInstalments)
	for i, x := range p.Instalments {
		at := fmt.Sprintf("/terms/payment/instalments/%d", i)
		bad.Check(x.Amount > 0 && x.Amount <= money.Max, at+"/amount/amount", fault.OutOfRange, "金额须大于零", "The amount must be more than 0")
		bad.Length(x.Condition, at+"/condition", 0, 200)
		bad.Check(x.Condition == "" || fault.Says(x.Condition), at+"/condition", fault.Placeholder, "请写明付款条件，或删去", "Write what it waits for, or leave it out")
		bad.Check(p.Mode == codes.PaidOnce || x.Condition != "" || !x.DueOn.IsZero(), at+"/due_on", fault.OneOf, "须填应付日期或付款条件", "Give the day on which it falls due, or what it waits for")
		next, err := money.Add(sum, max(0, x.Amount))
		if err != nil || next > money.Max {
			bad.Check(false, at+"/amount/amount", fault.TooMuch, "各期合计过大", "Too much in all")
			return sum
		}
		sum = next
	}
	return sum
}

// dueBy is what fell due before a day by the days of its instalments.
func (t Terms) dueBy(day when.Day) (sum money.Fen) {
	if t.Payment == nil {
		return 0
	}
	for _, x := range t.Payment.Instalments {
		if !x.DueOn.IsZero() && x.DueOn.Before(day) {
			sum += x.Amount // at most the turnover amount in all
		}
	}
	return sum
}

// overdue is what fell due before today and was not received, whatever it was paid for; nothing of a contract that was refused or has ended, nor
// once a royalty was settled, since nobody can tell that from the fee by what was received.
func (c *Contract) overdue(received money.Fen, today when.Day) money.Fen {
	if c.State == Refused || c.ended() {
		return 0
	}
	if p := c.Terms.Payment; p != nil && p.Mode == codes.RoyaltyWithFee {
		fee := money.Fen(0)
		for _, x := range p.Instalments {
			fee += x.Amount
		}
		if fee < c.Terms.Turnover {
			return 0
		}
	}
	return max(0, c.Terms.dueBy(today)-max(0, received))
}

var (
	foreignAmount = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,14})(?:\.([0-9]{1,3}))?$`)
	foreignRate   = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,7})(?:\.[0-9]{1,8})?$`)
)

// checkConversions holds the turnover amount to what the sums in foreign currencies come to. A fen may be lost or won with each, since some round
// and others cut.
func (t Terms) checkConversions(bad *fault.Fields) {
	bad.Check(len(t.Conversions) <= mostConversions, "/terms/conversions", fault.TooManyItems, "至多 %[1]d 项", "At most %[1]d items", mostConversions)
	foreign := slices.ContainsFunc(t.Conversions, func(c Conversion) bool { return c.Currency != "CNY" })
	bad.Check(foreign || len(t.Conversions) == 0, "/terms/conversions", fault.Unexpected, "人民币合同不填折算", "A contract in yuan has no conversion")
	sum, whole := new(big.Int), len(t.Conversions) > 0
	for i, c := range t.Conversions {
		fen := c.check(bad, fmt.Sprintf("/terms/conversions/%d", i), t.SignedOn)
		if whole = whole && fen != nil; whole {
			sum.Add(sum, fen)
		}
	}
	if !whole || t.Turnover <= 0 || t.Turnover > money.Max {
		return
	}
	off := new(big.Int).Sub(sum, big.NewInt(int64(t.Turnover)))
	if off.CmpAbs(big.NewInt(int64(len(t.Conversions)))) <= 0 {
		return
	}
	if !sum.IsInt64() || money.Fen(sum.Int64()) > money.Max {
		bad.Check(false, "/terms/conversions", fault.TooMuch, "折合人民币过大，请核对金额与汇率", "It comes to too much; look at the amounts and rates")
		return
	}
	bad.Check(false, "/terms/turnover/amount", fault.NotTheSum, "按原币金额与汇率折合人民币 %[1]s 元，与成交额 %[2]s 元不符", "By amounts and rates it comes to %[1]s yuan, and the turnover amount is %[2]s", money.Fen(sum.Int64()), t.Turnover)
}

// check looks at one conversion, and tells what it comes to in fen, rounded to the nearest; nil where it is wrong.
func (c Conversion) check(bad *fault.Fields, at string, signed when.Day) *big.Int {
	before := len(*bad)
	places := decimals(c.Currency)
	// What was settled later is in the currency that its country has by then.
	known := tender(c.Currency, signed) || !c.RateOn.IsZero() && tender(c.Currency, c.RateOn)
	bad.Check(known, at+"/currency", fault.NotOffered, "%[1]s 不是签订之日或汇率之日流通的币种（ISO 4217）", "%[1]s was no currency of ISO 4217 that was tender on the day of signing or of the rate", c.Currency)
	bad.Check(c.Currency != "CNY" || oneYuan(c.Rate) && c.Per <= 1, at+"/rate", fault.NotOffered, "合同中以人民币计的部分，汇率为 1", "The rate of what is in yuan is 1")
	amount := foreignAmount.FindStringSubmatch(c.Amount)
	bad.Check(amount != nil, at+"/amount", fault.BadAmount, "须为十进制数，例如 150000.00", "It must be a decimal number, like 150000.00")
	bad.Check(amount == nil || !known || len(amount[1]) <= places, at+"/amount", fault.BadAmount, "%[1]s 至多 %[2]d 位小数", "%[1]s has at most %[2]d decimals", c.Currency, places)
	bad.Check(foreignRate.MatchString(c.Rate), at+"/rate", fault.BadAmount, "须为十进制数，例如 7.8012", "It must be a decimal number, like 7.8012")
	bad.Check(slices.Contains([]int64{0, 1, 100}, c.Per), at+"/rate_per", fault.NotOffered, "须为 1 或 100", "It must be 1 or 100")
	bad.Check(!c.RateOn.IsZero(), at+"/rate_on", fault.Required, "须填汇率的日期", "The day of the rate is needed")
	text.Wanted(bad, c.Source, at+"/rate_source", "请写明汇率的来源", "Say where the rate is from")
	bad.Length(c.Source, at+"/rate_source", 0, 200)
	if len(*bad) > before {
		return nil
	}
	a, _ := new(big.Rat).SetString(c.Amount)
	rate, _ := new(big.Rat).SetString(c.Rate)
	bad.Check(a.Sign() > 0, at+"/amount", fault.NotPositive, "金额须大于零", "The amount must be more than 0")
	bad.Check(rate.Sign() > 0, at+"/rate", fault.NotPositive, "汇率须大于零", "The rate must be more than 0")
	if len(*bad) > before {
		return nil
	}
	fen := a.Mul(a, rate)
	fen.Mul(fen, big.NewRat(100, max(1, c.Per)))
	fen.Add(fen, big.NewRat(1, 2))
	return new(big.Int).Div(fen.Num(), fen.Denom())
}

// pricePlaces are the places of how the price is paid and came about.
func (t Terms) pricePlaces() (out []textAt) {
	if p := t.Payment; p != nil {
		out = append(out, textAt{"/terms/payment/mode", string(p.Mode)})
		for i, x := range p.Instalments {
			at := fmt.Sprintf("/terms/payment/instalments/%d", i)
			out = append(out, textAt{at + "/amount/amount", x.Amount.String()}, textAt{at + "/due_on", x.DueOn.String()}, textAt{at + "/condition", x.Condition})
		}
		if r, at := p.Royalty, "/terms/payment/royalty"; r != nil {
			out = append(out, textAt{at + "/base", r.Base}, textAt{at + "/rate_bp", strings.TrimPrefix(fmt.Sprint(r.RateBP), "0")}, textAt{at + "/steps", r.Steps}, textAt{at + "/from", r.From.String()}, textAt{at + "/to", r.To.String()})
		}
	}
	for i, c := range t.Conversions {
		at := fmt.Sprintf("/terms/conversions/%d", i)
		out = append(out, textAt{at + "/currency", c.Currency}, textAt{at + "/amount", c.Amount}, textAt{at + "/rate", c.Rate}, textAt{at + "/rate_per", fmt.Sprint(max(1, c.Per))},
			textAt{at + "/rate_on", c.RateOn.String()}, textAt{at + "/rate_source", c.Source})
	}
	return out
}

// ratesBy holds the days of the rates when the contract is filed: nobody knows a rate of a day to come.
func (t Terms) ratesBy(filed when.Day) error {
	var bad fault.Fields
	for i, c := range t.Conversions {
		when.NotAhead(&bad, c.RateOn, filed, fmt.Sprintf("/terms/conversions/%d/rate_on", i))
	}
	return bad.Err()
}

// oneYuan tells whether a rate is 1.
func oneYuan(rate string) bool {
	r, ok := new(big.Rat).SetString(rate)
	return ok && foreignRate.MatchString(rate) && r.Cmp(big.NewRat(1, 1)) == 0
}

// sinceTables are currencies that came or went after the tables of golang.org/x/text/currency were made, which are of 2017 (CLDR 32): a day is the
// first on which one is tender, or the last. From the list of ISO 4217's maintenance agency.
var sinceTables = map[string]struct{ from, to string }{
	"MRU": {from: "2018-01-01"}, "VES": {from: "2018-08-20"}, "VED": {from: "2021-10-01"}, "SLE": {from: "2022-04-01"}, "ZWG": {from: "2024-04-08"}, "XCG": {from: "2025-03-31"},
	"MRO": {to: "2018-12-31"}, "VEF": {to: "2018-08-20"}, "CUC": {to: "2021-06-30"}, "HRK": {to: "2023-01-14"}, "SLL": {to: "2024-03-31"}, "ZWL": {to: "2024-08-31"},
	"ANG": {to: "2025-06-30"}, "BGN": {to: "2026-01-31"},
}

// tender tells whether a currency was tender anywhere on a day.
func tender(code string, on when.Day) bool {
	late := sinceTables[code]
	if late.from != "" {
		return !on.Before(when.MustDay(late.from))
	}
	unit, err := currency.ParseISO(code)
	if err != nil || late.to != "" && on.After(when.MustDay(late.to)) {
		return false
	}
	for all := currency.Query(currency.Date(on.Start().Add(12 * time.Hour))); all.Next(); {
		if all.Unit() == unit {
			return true
		}
	}
	return false
}

// minorUnits are the decimals of currencies that have not two, by ISO 4217. The tables of golang.org/x/text are those of cash in some countries.
var minorUnits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// decimals tells how many decimals a currency has.
func decimals(code string) int {
	if n, known := minorUnits[code]; known {
		return n
	}
	return 2
}
