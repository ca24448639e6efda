package ledger

import (
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/money"
)

func TestTheEntriesOfAChange(t *testing.T) {
	was := one()
	with := func(change func(*Standing)) *Standing { s := one(); change(&s); return &s }
	type line struct {
		kind  Kind
		f     Figures
		buyer string
	}
	for _, c := range []struct {
		name    string
		was, is *Standing
		want    []line
	}{
		{"nothing stays nothing", nil, nil, nil},
		{"registration counts in full", nil, &was, []line{{Registration, was.Figures, "210211"}}},
		{"cancellation is the reverse", &was, nil, []line{{Cancellation, Figures{-1, -100_000_000, -80_000_000}, "210211"}}},
		{"an amendment of words alone is no entry", &was, with(func(*Standing) {}), nil},
		{"a lower price is a negative difference", &was, with(func(s *Standing) { s.Turnover -= 100 }), []line{{Amendment, Figures{0, -100, 0}, "210211"}}},
		{"a higher technology amount is a difference", &was, with(func(s *Standing) { s.Technology += 7 }), []line{{Amendment, Figures{0, 0, 7}, "210211"}}},
		{"another buyer's region takes out and counts anew", &was, with(func(s *Standing) { s.BuyerRegion = "210112" }),
			[]line{{Reversal, Figures{-1, -100_000_000, -80_000_000}, "210211"}, {Amendment, was.Figures, "210112"}}},
		{"region and price together count anew at the new price", &was, with(func(s *Standing) { s.BuyerRegion, s.Turnover = "", 90_000_000 }),
			[]line{{Reversal, Figures{-1, -100_000_000, -80_000_000}, "210211"}, {Amendment, Figures{1, 90_000_000, 80_000_000}, ""}}},
		{"a seller's region is frozen", &was, with(func(s *Standing) { s.SellerRegion = "210113" }),
			[]line{{Reversal, was.reversed(), "210211"}, {Amendment, was.Figures, "210211"}}},
		{"a field is frozen", &was, with(func(s *Standing) { s.Field = "nuclear" }),
			[]line{{Reversal, was.reversed(), "210211"}, {Amendment, was.Figures, "210211"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := source()
			got := Post(from, c.was, c.is)
			if len(got) != len(c.want) {
				t.Fatalf("%d entries, want %d: %+v", len(got), len(c.want), got)
			}
			for i, w := range c.want {
				if g := got[i]; g.Kind != w.kind || g.Figures != w.f || g.BuyerRegion != w.buyer {
					t.Errorf("entry %d is %s %+v under buyer %q, want %+v", i, g.Kind, g.Figures, g.BuyerRegion, w)
				}
				if g := got[i]; (Source{g.ContractID, g.ContractVersion, g.ApplicationID, g.On}) != from {
					t.Errorf("entry %d comes from %+v", i, g)
				}
			}
		})
	}
}

// standings draws how a contract counts, from few values, so that they often stay the same.
func standings(t *rapid.T, label string) *Standing {
	if rapid.IntRange(0, 5).Draw(t, label+" counts") == 0 {
		return nil
	}
	turnover := rapid.Int64Range(1, int64(money.Max)).Draw(t, label+" turnover")
	s := &Standing{
		Figures{1, money.Fen(turnover), money.Fen(rapid.Int64Range(1, turnover).Draw(t, label+" technology"))},
		Frozen{
			Office: "SY01", ContractKind: rapid.SampledFrom([]codes.ContractKind{codes.Development, codes.License}).Draw(t, label+" kind"),
			SellerRegion: rapid.SampledFrom([]string{"210112", "210100"}).Draw(t, label+" seller"),
			BuyerRegion:  rapid.SampledFrom([]string{"", "210112", "110105"}).Draw(t, label+" buyer"),
			Field:        "new_materials",
		},
	}
	if rapid.Bool().Draw(t, label+" has a result") {
		s.ResultID = uuid.NullUUID{UUID: uuid.NameSpaceOID, Valid: true}
	}
	return s
}

func TestTheEntriesOfAContractSumToItsRegisteredAmounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sums := map[Frozen]Figures{}
		var is *Standing
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			was := is
			is = standings(t, "standing")
			for _, p := range Post(source(), was, is) {
				sums[p.Frozen] = sums[p.Frozen].Plus(p.Figures)
			}
			var total Figures
			for under, f := range sums {
				total = total.Plus(f)
				if (is == nil || under != is.Frozen) && f != (Figures{}) {
					t.Fatalf("%+v stays under %+v", f, under)
				}
			}
			if want := counts(is); total != want {
				t.Fatalf("the entries sum to %+v, registered is %+v", total, want)
			}
		}
	})
}

func counts(s *Standing) Figures {
	if s == nil {
		return Figures{}
	}
	return s.Figures
}
