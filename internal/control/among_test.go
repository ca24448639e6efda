package control

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/when"
)

// Whatever the links are: two companies are in one group exactly where they are under one control when they are asked about alone.
func TestGroupsAreWhatPairsAre(t *testing.T) {
	source := rand.New(rand.NewPCG(5, 17))
	company := func(n int) Node {
		return Node{Kind: Company, Name: fmt.Sprintf("公司 %d", n), Code: fmt.Sprintf("HRB-%d", n)}
	}
	found := 0
	for range 300 {
		const size = 9
		var links []Link
		for range 4 + source.IntN(12) {
			holder := company(source.IntN(size))
			switch source.IntN(5) {
			case 0:
				holder = Node{Kind: Person, Name: fmt.Sprintf("人 %d", source.IntN(3))}
			case 1:
				holder = Node{Kind: State, Name: "国资委"}
			}
			held := company(source.IntN(size))
			if held == holder {
				continue
			}
			l := Link{Kind: Shares, Holder: holder, Held: held, Share: 1000 * (1 + source.IntN(9))}
			if source.IntN(6) == 0 {
				l.Kind, l.Share = ActualController, 0
			}
			l.ID = uuid.New()
			l.HolderKey, l.HeldKey = l.Holder.key(), l.Held.key()
			links = append(links, l)
		}
		by := map[string]string{}
		for n := range size {
			by[company(n).key()] = company(n).Code
		}
		all := groups(links, by)
		for a := range size {
			for b := range a {
				alone := common(links, company(a).key(), company(b).key())
				var together []Node
				for _, g := range all {
					if slices.Contains(g.Codes, company(a).Code) && slices.Contains(g.Codes, company(b).Code) {
						together = append(together, g.By)
					}
				}
				if len(alone) != len(together) {
					t.Fatalf("%d and %d: %d hands alone, %d in groups of %+v", a, b, len(alone), len(together), links)
				}
				found += len(alone)
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d ties among all", found)
	}
}

// Whatever the links are and on whatever day: what is found among those above two companies is what is found among all that hold on it.
func TestWhatLiesAboveTwoDecides(t *testing.T) {
	source := rand.New(rand.NewPCG(11, 3))
	company := func(n int) Node {
		return Node{Kind: Company, Name: fmt.Sprintf("公司 %d", n), Code: fmt.Sprintf("HRB-%d", n)}
	}
	first := when.MustDay("2026-01-01")
	found := 0
	for range 300 {
		const size = 8
		var links []Link
		over := map[string][]Link{}
		for range 4 + source.IntN(14) {
			l := Link{Kind: Shares, Holder: company(source.IntN(size)), Held: company(source.IntN(size)), Share: 1000 * (1 + source.IntN(10)), ValidFrom: first.AddDays(source.IntN(4))}
			if source.IntN(2) == 0 {
				l.ValidTo = l.ValidFrom.AddDays(source.IntN(3))
			}
			if l.Holder == l.Held {
				continue
			}
			l.ID = uuid.New()
			l.HolderKey, l.HeldKey = l.Holder.key(), l.Held.key()
			links, over[l.HeldKey] = append(links, l), append(over[l.HeldKey], l)
		}
		day := first.AddDays(source.IntN(5))
		var holding []Link
		for _, l := range links {
			if day.Within(l.ValidFrom, l.ValidTo) {
				holding = append(holding, l)
			}
		}
		for a := range size {
			for b := range a {
				x, y := company(a), company(b)
				all, some := common(holding, x.key(), y.key()), common(above(over, day, x.key(), y.key()), x.key(), y.key())
				if len(all) != len(some) {
					t.Fatalf("%d and %d: %d hands of all, %d of those above: %+v", a, b, len(all), len(some), links)
				}
				for i := range all {
					if all[i].By != some[i].By || all[i].Wholly(x.Code, y.Code) != some[i].Wholly(x.Code, y.Code) {
						t.Fatalf("%d and %d: %+v, %+v", a, b, all[i], some[i])
					}
				}
				found += len(all)
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d ties among all", found)
	}
}
