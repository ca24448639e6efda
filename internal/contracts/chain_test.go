package contracts

import (
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/ledger"
)

// A contract says which industry chain it serves; turnover follows it there, and to another when it is amended.
func TestTheChainOfAContractIsFrozenInTheLedger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Chain = "no-such-chain"
		_, err := c.Create(t.Context(), as(c.seller), in)
		c.places(err, "/terms/chain unknown_chain")

		in.Terms.Chain = "aviation"
		contract := c.registered(c.seller, in)
		if entries := c.entries(contract.ID); len(entries) != 1 || entries[0].Chain != "aviation" {
			t.Errorf("%+v", entries)
		}
		c.set("2026-05-11T01:00:00Z")
		terms := in.Terms
		terms.Chain = "new_materials"
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "产业链归类有误"})
		c.must(err)
		amendment := c.application(done.ID)
		if len(amendment.Changes) != 1 || amendment.Changes[0].Pointer != "/terms/chain" {
			t.Errorf("what it changes: %+v", amendment.Changes)
		}
		c.grant(amendment)
		if entries := c.entries(contract.ID); len(entries) != 3 || entries[1].Chain != "aviation" || entries[2].Chain != "new_materials" {
			t.Errorf("%+v", entries)
		}
		byChain := year2026
		byChain.GroupBy = ledger.ByChain
		for _, r := range c.turnover(byChain).Rows {
			if want := map[string]int64{"aviation": 0, "new_materials": 1}[r.Group]; r.Contracts != want {
				t.Errorf("%s: %+v", r.Group, r.Figures)
			}
		}
		c.verify()
	})
}
