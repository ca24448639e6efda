package benefits

import (
	"testing"

	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/mandates"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// award is the form of 沈科发〔2018〕23号.
func award() *Rule {
	return &Rule{Code: "award", Kind: LocalAward, Side: Buyer, Region: "210100", ContractKinds: []codes.ContractKind{codes.Development, codes.License}, RateBP: 500, Cap: 2_000_000 * money.Yuan, CapPer: PerYear,
		ValidFrom: when.MustDay("2018-01-01"), ValidTo: when.MustDay("2018-12-31")}
}

func signed(kind codes.ContractKind, on, effective, expires string) *contracts.Contract {
	return &contracts.Contract{Kind: kind, Terms: contracts.Terms{SignedOn: when.MustDay(on), EffectiveOn: when.MustDay(effective), ExpiresOn: when.MustDay(expires)}}
}

func TestARuleHoldsFromItsFirstDayToItsLast(t *testing.T) {
	for on, want := range map[string]bool{"2017-12-31": false, "2018-01-01": true, "2018-06-30": true, "2018-12-31": true, "2019-01-01": false} {
		if got := award().covers(signed(codes.Development, on, on, "2020-12-31")); got != want {
			t.Errorf("signed on %s: %v, want %v", on, got, want)
		}
	}
	if award().covers(signed(codes.Service, "2018-06-30", "2018-06-30", "2020-12-31")) {
		t.Error("a kind that the rule does not name is covered")
	}
	open := award()
	open.ValidTo = when.Day{}
	if !open.covers(signed(codes.Development, "2030-01-01", "2030-01-01", "2031-12-31")) {
		t.Error("a rule without an end has ended")
	}
}

func TestALicenceLastsLongEnough(t *testing.T) {
	r := award()
	r.LicenseYears = 5
	for expires, want := range map[string]bool{"2023-02-27": false, "2023-02-28": true, "2023-03-01": true} {
		if got := r.covers(signed(codes.License, "2018-02-28", "2018-03-01", expires)); got != want {
			t.Errorf("to %s: %v, want %v", expires, got, want)
		}
	}
	if !r.covers(signed(codes.Development, "2018-03-01", "2018-03-01", "2018-12-31")) {
		t.Error("the years of licences are asked of a development")
	}
}

func TestWhomARuleReaches(t *testing.T) {
	for _, c := range []struct {
		kind    Kind
		region  string
		nature  codes.PartyNature
		place   string
		country string
		want    bool
	}{
		{LocalAward, "210100", "150", "210106", "", true},
		{LocalAward, "210100", "330", "210106", "", true}, // with foreign investment, and of the city
		{LocalAward, "210100", "150", "210200", "", false},
		{LocalAward, "210100", "150", "210000", "", false}, // somewhere in the province
		{LocalAward, "210100", "150", "", "", false},
		{LocalAward, "210100", "022", "210106", "", false}, // no enterprise
		{LocalAward, "210100", "400", "210106", "", false},
		{LocalAward, "210000", "150", "210200", "", true},
		{IncomeTaxRelief, "", "022", "110108", "", true},
		{IncomeTaxRelief, "", "400", "110108", "", false}, // pays that of persons
		{IncomeTaxRelief, "", codes.NaturalPerson, "110108", "", false},
		{IncomeTaxRelief, "", codes.Foreign, "", "DEU", false},
		{IncomeTaxRelief, "", "150", "810000", "", false},
		{VATExemption, "", "021", "110108", "", true},
		{VATExemption, "", codes.NaturalPerson, "110108", "", true}, // who pays that tax, be it a person
		{VATExemption, "", codes.NaturalPerson, "810000", "", false},
		{VATExemption, "", codes.NaturalPerson, "", "DEU", false},
		{VATExemption, "", codes.Foreign, "", "DEU", false},
		{RDDeduction, "", "170", "110108", "", true},
		{RDDeduction, "", "010", "110108", "", false},
	} {
		r := Rule{Kind: c.kind, Region: c.region}
		if got := r.reaches(contracts.Party{Nature: c.nature, Region: c.place, Country: c.country}); got != c.want {
			t.Errorf("%s of %q for %s in %q: %v", c.kind, c.region, c.nature, c.place, got)
		}
	}
}

// Caps exactly reached, and a fen beyond; parts are cut to the fen.
func TestCaps(t *testing.T) {
	const limit = 2_000_000 * money.Yuan
	for _, c := range []struct {
		price, used, whole, amount money.Fen
	}{
		{40_000_000 * money.Yuan, 0, limit, limit},
		{40_000_000*money.Yuan + 19, 0, limit, limit}, // the twentieth fen makes one
		{40_000_000*money.Yuan + 20, 0, limit + 1, limit},
		{100, limit - 5, 5, 5},
		{100, limit - 4, 5, 4},
		{100, limit, 5, 0},
		{39, 0, 1, 1},
		{19, 0, 0, 0},
		{money.Max, 0, 450_000_000_000_000, limit},
	} {
		r := award()
		if whole := r.part(c.price); whole != c.whole || r.capped(whole, c.used) != c.amount {
			t.Errorf("%s with %s used: %s of %s", c.price, c.used, r.capped(whole, c.used), whole)
		}
	}
	each := award()
	each.CapPer = PerContract
	if got := each.capped(limit+1, limit); got != limit {
		t.Errorf("a cap of each contract gives %s", got)
	}
	free := award()
	free.Cap, free.CapPer = 0, ""
	if got := free.capped(limit+1, limit); got != limit+1 {
		t.Errorf("without a cap it is %s", got)
	}
}

func TestBands(t *testing.T) {
	r := &Rule{Kind: IncomeTaxRelief, RateBP: 5000, Cap: 5_000_000 * money.Yuan, CapPer: PerYear}
	for _, c := range []struct{ technology, used, exempt, above money.Fen }{
		{5_000_000 * money.Yuan, 0, 5_000_000 * money.Yuan, 0},
		{5_000_000*money.Yuan + 1, 0, 5_000_000 * money.Yuan, 1},
		{3_000_000 * money.Yuan, 4_000_000 * money.Yuan, 1_000_000 * money.Yuan, 2_000_000 * money.Yuan},
		{7, 5_000_000 * money.Yuan, 0, 7},
		{7, 9_000_000 * money.Yuan, 0, 7},
	} {
		if exempt, above := r.bands(c.technology, c.used); exempt != c.exempt || above != c.above {
			t.Errorf("%s with %s used: %s and %s", c.technology, c.used, exempt, above)
		}
	}
}

// However many contracts of whatever price a year has, what they are given is all that the rate gives them, and never more than the cap.
func TestAwardsOfAYearNeverExceedTheirCap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := award()
		r.RateBP = rapid.IntRange(1, mandates.Whole).Draw(t, "rate")
		r.Cap = money.Fen(rapid.Int64Range(1, 1_000_000_000).Draw(t, "cap"))
		other := award() // of the same code, and of another day: it shares the cap
		*other = *r
		r.ValidTo, other.ValidFrom, other.ValidTo = when.MustDay("2018-06-30"), when.MustDay("2018-07-01"), when.Day{}
		all := []Rule{*r, *other}
		var rows []earlier
		var sum, whole money.Fen
		for range rapid.IntRange(0, 12).Draw(t, "contracts") {
			on := rapid.SampledFrom([]string{"2018-03-01", "2018-06-30", "2018-07-01", "2018-12-31", "2017-12-31"}).Draw(t, "day")
			c := signed(rapid.SampledFrom([]codes.ContractKind{codes.Development, codes.Service}).Draw(t, "kind"), on, on, "2020-12-31")
			c.Turnover = money.Fen(rapid.Int64Range(1, 10_000_000_000).Draw(t, "price"))
			c.Technology = c.Turnover
			c.Terms.Buyers = []contracts.Party{{Nature: "150", Region: "210106"}}
			closed := rapid.Bool().Draw(t, "closed")
			for i := range all {
				if o := &all[i]; o.covers(c) && !closed {
					amount := o.capped(o.part(c.Turnover), takenOf(all, o, rows))
					if amount < 0 || amount > o.part(c.Turnover) {
						t.Fatalf("%s of %s", amount, o.part(c.Turnover))
					}
					sum, whole = sum+amount, whole+o.part(c.Turnover)
				}
			}
			rows = append(rows, earlier{*c, map[Kind]bool{LocalAward: closed}})
		}
		if sum > r.Cap || sum != min(whole, r.Cap) {
			t.Fatalf("%s are given of %s, with a cap of %s", sum, whole, r.Cap)
		}
		if taken := takenOf(all, r, rows); taken != sum {
			t.Fatalf("%s are taken, %s given", taken, sum)
		}
	})
}
