package contracts

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/money"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// Each kind of contract is looked at by its own list, every item of which names its rule.
func TestWhatIsLookedAtBeforeAContractIsRegistered(t *testing.T) {
	c := &city{university: uuid.New(), enterprise: uuid.New()}
	regime, _ := ref.RegimeOf("2026")
	day := when.MustDay("2026-03-10")
	patent := func(k *Contract) {
		k.Terms.IPKind, k.Terms.IPNumber, k.Terms.IPExpiresOn = codes.InventionPatent, "ZL202310123456.7", when.MustDay("2040-01-01")
	}
	for _, p := range []struct {
		name    string
		kind    codes.ContractKind
		subkind codes.ContractSubkind
		change  func(*Contract)
		day     string
		scanned bool
		met     string
		open    string
		look    string
	}{
		{"development", codes.Development, codes.CommissionedDevelopment, nil, "", true, "text place window targets acceptance amounts", "payment", "novelty deductions"},
		{"on paper that nobody scanned", codes.Development, codes.CommissionedDevelopment, nil, "", false, "place window targets acceptance amounts", "text payment", "novelty deductions"},
		{"targets without figures", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Terms.Targets = "性能达到国内领先水平" }, "", true, "text place window acceptance amounts", "payment", "targets novelty deductions"},
		{"targets of a year", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Terms.Targets = "2026年完成样机" }, "", true, "text place window acceptance amounts", "payment", "targets novelty deductions"},
		{"targets in words", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Terms.Targets = "合格率达到百分之九十五" }, "", true, "text place window targets acceptance amounts", "payment", "novelty deductions"},
		{"a rate of a day to come", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Terms.Conversions = []Conversion{{RateOn: when.MustDay("2026-03-11")}} }, "", true,
			"text place targets acceptance amounts", "window payment", "novelty deductions"},
		{"five million", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Terms.Turnover, k.Terms.Deductions = 5_000_000*money.Yuan, nil }, "", true,
			"text place window targets acceptance amounts", "payment", "novelty deductions experts"},
		{"a fen less", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Terms.Turnover, k.Terms.Deductions = 5_000_000*money.Yuan-1, nil }, "", true,
			"text place window targets acceptance amounts", "payment", "novelty deductions"},
		{"paid once", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Terms.Payment = &PaymentTerms{Mode: codes.PaidOnce} }, "", true,
			"text place window targets acceptance payment amounts", "", "novelty deductions"},
		{"not in effect yet", codes.Development, codes.CommissionedDevelopment, nil, "2025-11-30", true, "text place targets acceptance amounts", "window payment", "novelty deductions"},
		{"expired", codes.Development, codes.CommissionedDevelopment, nil, "2027-12-01", true, "text place targets acceptance amounts", "window payment", "novelty deductions"},
		{"on its last day", codes.Development, codes.CommissionedDevelopment, nil, "2027-11-30", true, "text place window targets acceptance amounts", "payment", "novelty deductions"},
		{"assignment of a patent", codes.Assignment, codes.ContractSubkind(codes.Assignment), patent, "", true, "text place window life amounts", "payment", "title inventor deductions"},
		{"licence of a patent", codes.License, codes.ContractSubkind(codes.License), patent, "", true, "text place window life amounts", "payment", "title deductions"},
		{"licence of a secret", codes.License, codes.ContractSubkind(codes.License), func(k *Contract) { k.Terms.IPKind = codes.TechnicalSecret }, "", true, "text place window amounts", "payment", "title deductions"},
		{"assignment by a person", codes.Assignment, codes.ContractSubkind(codes.Assignment), func(k *Contract) {
			patent(k)
			k.Terms.Sellers[0].Nature = codes.NaturalPerson
		}, "", true, "text place window life amounts", "payment", "title deductions"},
		{"service", codes.Service, codes.GeneralService, nil, "", true, "text place window targets acceptance no_title amounts", "payment", "excluded deductions"},
		{"service with a patent", codes.Service, codes.GeneralService, patent, "", true, "text place window targets acceptance amounts", "payment", "no_title excluded deductions"},
		{"consulting", codes.Consulting, codes.ContractSubkind(codes.Consulting), nil, "", true, "text place window targets acceptance no_title amounts", "payment", "deductions"},
		{"licence of a patent that has ended", codes.License, codes.ContractSubkind(codes.License), func(k *Contract) {
			patent(k)
			k.Terms.IPExpiresOn = when.MustDay("2026-03-09")
		}, "", true, "text place window amounts", "payment", "title life deductions"},
		{"licence of a patent without its day", codes.License, codes.ContractSubkind(codes.License), func(k *Contract) {
			patent(k)
			k.Terms.IPExpiresOn = when.Day{}
		}, "", true, "text place window amounts", "life payment", "title deductions"},
		{"registered elsewhere", codes.Development, codes.CommissionedDevelopment, func(k *Contract) { k.Elsewhere = &Elsewhere{Office: "北京技术市场管理办公室"} }, "", true,
			"text place targets acceptance amounts", "payment", "novelty deductions"},
	} {
		k := &Contract{Kind: p.kind, Office: "SY01", Terms: c.terms()}
		k.Terms.Subkind = p.subkind
		if p.change != nil {
			p.change(k)
		}
		on := day
		if p.day != "" {
			on = when.MustDay(p.day)
		}
		found := map[codes.CheckOutcome][]string{}
		for _, x := range checks(k, "沈阳登记处", regime, on, p.scanned) {
			found[x.Outcome] = append(found[x.Outcome], string(x.Code))
			if x.Rule.IsZero() || x.Message.IsZero() || x.Rule.EN == "" || x.Message.EN == "" || !codes.ContractChecks.Has(x.Code) || strings.Contains(x.Message.ZH+x.Message.EN+x.Rule.ZH, "%!") {
				t.Errorf("%s: %+v", p.name, x)
			}
		}
		for outcome, want := range map[codes.CheckOutcome]string{codes.CheckMet: p.met, codes.CheckOpen: p.open, codes.CheckLook: p.look} {
			if !slices.Equal(found[outcome], strings.Fields(want)) {
				t.Errorf("%s: %s is %v, want %s", p.name, outcome, found[outcome], want)
			}
		}
	}
}
