package ledger

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// Beijing, 2023: 853.69 billion yuan, of which 74.87 went to Tianjin and Hebei. That is 8.77 % of all, and 15.1 % of what left the city.
func TestAShareSaysOfWhatItIsOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		for _, flow := range []struct{ buyer, amount string }{
			{"120000", "400亿元"}, {"130000", "348.7亿元"}, {"310000", "4209.5亿元"}, {"110108", "3478.6亿元"}, {"", "100.1亿元"},
		} {
			amount, err := money.Read(flow.amount)
			if err != nil {
				t.Fatal(err)
			}
			s := one()
			s.SellerRegion, s.BuyerRegion, s.Turnover, s.Technology = "110105", flow.buyer, amount, amount
			b.append(t, registered(s)...)
		}
		q := Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: Yearly, GroupBy: ByBuyerRegion, RegionLevel: RegionProvince, Scope: Scope{SellerRegion: "110000"}}
		answer, err := b.Turnover(t.Context(), operator, q)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Total.Turnover.String() != "853690000000.00" {
			t.Errorf("in all %s", answer.Total.Turnover)
		}
		flown := map[Base]Share{}
		for i, shares := range answer.Shares() {
			for _, s := range shares {
				if g := answer.Rows[i].Group; g == "120000" || g == "130000" {
					sum := flown[s.Of]
					flown[s.Of] = Share{s.Of, sum.Numerator + s.Numerator, s.Denominator, 0}
				}
				if g := answer.Rows[i].Group; s.Of == OfOutflow && (g == "" || g == "110000") {
					t.Errorf("%q left: %+v", g, s)
				}
			}
		}
		said := ""
		for _, of := range []Base{OfAll, OfOutflow} {
			s := flown[of]
			said += fmt.Sprintf("%s/%s %d; ", s.Numerator, s.Denominator, sharesOf(of, s.Numerator, s.Denominator)[0].BasisPoints)
		}
		if said != "74870000000.00/853690000000.00 877; 74870000000.00/495820000000.00 1510; " {
			t.Error(said)
		}
	})
}

// What cannot be told apart has no share: a province of which the sellers' city is a part, and groups of here and elsewhere that are merged.
func TestWhatCannotBeToldHasNoShare(t *testing.T) {
	row := func(period, group string, turnover money.Fen, merged ...string) Row {
		return Row{Period: period, Group: group, Merged: merged, Figures: Figures{Turnover: turnover}}
	}
	for name, c := range map[string]struct {
		t    Turnover
		want string // by row: base:numerator/denominator=points
	}{
		"not grouped":              {Turnover{Rows: []Row{row("2026", "", 10)}}, "-"},
		"by broker":                {Turnover{Query: Query{GroupBy: ByBroker}, Rows: []Row{row("2026", "x", 10)}}, "-"},
		"by kind, cut":             {Turnover{Query: Query{GroupBy: ByKind}, Rows: []Row{row("2026", "a", 2), row("2026", "b", 1)}}, "all:2/3=6666|all:1/3=3333"},
		"of its period":            {Turnover{Query: Query{GroupBy: ByKind}, Rows: []Row{row("2025", "a", 2), row("2026", "a", 5), row("2026", "b", 5)}}, "all:2/2=10000|all:5/10=5000|all:5/10=5000"},
		"of nothing":               {Turnover{Query: Query{GroupBy: ByKind}, Rows: []Row{row("2026", "a", 0)}}, "-"},
		"corrected below 0":        {Turnover{Query: Query{GroupBy: ByKind}, Rows: []Row{row("2026", "a", -1), row("2026", "b", 4)}}, "all:-1/3=-3333|all:4/3=13333"},
		"what nobody knows stayed": {flows("210100", row("2026", "210112", 1), row("2026", "", 1), row("2026", "DEU", 2)), "all:1/4=2500|all:1/4=2500|all:2/4=5000 outflow:2/2=10000"},
		"a province by its city":   {flows("210100", row("2026", "210000", 1), row("2026", "110000", 1)), "all:1/2=5000|all:1/2=5000"},
		"merged, all elsewhere":    {flows("210100", row("2026", "", 3, "110000", "DEU"), row("2026", "210112", 1)), "all:3/4=7500 outflow:3/3=10000|all:1/4=2500"},
		"merged, here and there":   {flows("210100", row("2026", "", 3, "110000", "210112"), row("2026", "120000", 1)), "all:3/4=7500|all:1/4=2500"},
		"merged with the unknown":  {flows("210100", row("2026", "", 3, "110000", ""), row("2026", "120000", 1)), "all:3/4=7500|all:1/4=2500"},
		"blurred in one period": {flows("210100", row("2025", "", 3, "110000", ""), row("2025", "120000", 1), row("2026", "120000", 1), row("2026", "210112", 1)),
			"all:3/4=7500|all:1/4=2500|all:1/2=5000 outflow:1/1=10000|all:1/2=5000"},
		"sellers of anywhere": {flows("", row("2026", "110000", 1)), "all:1/1=10000"},
	} {
		var rows []string
		for _, shares := range c.t.Shares() {
			var said []string
			for _, s := range shares {
				said = append(said, fmt.Sprintf("%s:%d/%d=%d", s.Of, s.Numerator, s.Denominator, s.BasisPoints))
			}
			rows = append(rows, strings.Join(said, " "))
		}
		if got := strings.Join(rows, "|"); got != strings.TrimPrefix(c.want, "-") {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func flows(home string, rows ...Row) Turnover {
	return Turnover{Query: Query{GroupBy: ByBuyerRegion, Scope: Scope{SellerRegion: home}}, Rows: rows}
}
