package contracts

import (
	"slices"
	"testing"

	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// benefits are given by the tax office for every contract, and by finance for those above a million.
func (c *city) benefits() {
	c.Concerning(func(_ *gorm.DB, of *Contract) (map[Authority][]string, error) {
		out := map[Authority][]string{TaxOffice: {"vat_exemption"}}
		if of.Turnover > 1_000_000*money.Yuan {
			out[Finance] = []string{"absorption"}
		}
		return out, nil
	})
}

// due are the letters of a contract, the oldest first.
func (c *city) due(contract *View) []LetterView {
	c.Helper()
	page, err := c.ListLetters(c.Context(), c.first, LetterFilter{Contract: contract.ID}, db.Paging{Limit: 50})
	c.must(err)
	slices.Reverse(page.Items)
	return page.Items
}

func TestAuthoritiesAreToldOfWhatChangedOfARegistration(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.benefits()
		contract := c.registered(c.seller, c.input())
		if got := c.due(contract); len(got) != 0 {
			t.Errorf("for a registration %+v", got)
		}
		// What changes neither amounts nor parties concerns nobody.
		amend := func(change func(t *Terms)) {
			terms := c.get(contract.ID).Terms
			change(&terms)
			a, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "双方协商"})
			c.must(err)
			c.grant(c.application(a.ID))
		}
		amend(func(t *Terms) { t.ExpiresOn = when.MustDay("2028-11-30") })
		if got := c.due(contract); len(got) != 0 {
			t.Errorf("for another last day %+v", got)
		}
		// Finance gave for what it was, though it would give nothing for what it is.
		amend(func(t *Terms) { t.Turnover = 900_000 * money.Yuan })
		got := c.due(contract)
		if len(got) != 2 || got[0].Authority != TaxOffice || got[1].Authority != Finance || got[1].Cause != WasAmended || !slices.Equal(got[1].Rules, []string{"absorption"}) ||
			got[1].TurnoverBefore != 1_250_000*money.Yuan || *got[1].TurnoverAfter != 900_000*money.Yuan || got[1].State != LetterOpen {
			t.Errorf("for a lower price %+v", got)
		}
		a := c.propose(c.first, c.get(contract.ID), c.forged())
		if len(c.due(contract)) != 2 {
			t.Error("a proposal is told before it is confirmed")
		}
		_, err := c.Grant(t.Context(), as(c.second), a.ID, 1, Grant{})
		c.must(err)
		if got = c.due(contract); len(got) != 3 || got[2].Cause != WasRevoked || got[2].TurnoverAfter != nil || got[2].ApplicationID != a.ID || got[2].Authority != TaxOffice {
			t.Errorf("for a revocation %+v", got)
		}
		counts, err := c.CountApplications(t.Context(), c.first, CountsOf{})
		if err != nil || counts.Letters != 3 {
			t.Errorf("the desk counts %d letters, %v", counts.Letters, err)
		}
		c.verify()
	})
}

func TestALetterIsSentOrWaivedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.benefits()
		contract := c.registered(c.seller, c.input())
		a, err := c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "双方协商解除"})
		c.must(err)
		c.grant(c.application(a.ID))
		letters := c.due(contract)
		if len(letters) != 2 || letters[0].Cause != WasCancelled {
			t.Fatalf("%+v", letters)
		}
		tax, finance := letters[0].ID, letters[1].ID
		sent := LetterInput{SentOn: when.MustDay("2026-04-08"), Recipient: "国家税务总局沈阳市税务局", DocumentNumber: "沈技登函〔2026〕12号"}
		for who, x := range map[string]struct {
			actor policy.Actor
			want  fault.Definition
		}{
			"the seller": {c.seller, fault.NotVisible}, "the buyer": {c.buyer, fault.NotVisible}, "an operator": {c.operator, fault.NotAllowed},
			"a registrar of another office": {c.elsewhere, fault.NotVisible}, "a registrar of a party": {c.tied, fault.OwnDecision},
		} {
			if _, err := c.SendLetter(t.Context(), as(x.actor), tax, 1, sent); !x.want.Of(err) {
				t.Errorf("%s sends it: %v", who, err)
			}
			if _, err := c.WaiveLetter(t.Context(), as(x.actor), tax, 1, "经核实未享受优惠"); !x.want.Of(err) {
				t.Errorf("%s waives it: %v", who, err)
			}
		}
		for what, change := range map[string]func(*LetterInput){
			"before the decision": func(in *LetterInput) { in.SentOn = when.MustDay("2026-04-07") }, "tomorrow": func(in *LetterInput) { in.SentOn = when.MustDay("2026-04-09") },
			"to nobody": func(in *LetterInput) { in.Recipient = "" }, "without a number": func(in *LetterInput) { in.DocumentNumber = "" },
		} {
			in := sent
			change(&in)
			if _, err := c.SendLetter(t.Context(), as(c.second), tax, 1, in); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		done, err := c.SendLetter(t.Context(), as(c.second), tax, 1, sent)
		if err != nil || done.View.State != LetterSent || done.View.DocumentNumber != sent.DocumentNumber || done.View.DoneBy == nil || len(done.View.Actions) != 0 {
			t.Errorf("%+v, %v", done.View, err)
		}
		waived, err := c.WaiveLetter(t.Context(), as(c.second), finance, 1, "经核实未享受奖补")
		if err != nil || waived.View.State != LetterWaived || waived.View.Note == "" {
			t.Errorf("%+v, %v", waived.View, err)
		}
		for _, id := range []LetterView{done.View, waived.View} {
			if _, err := c.SendLetter(t.Context(), as(c.first), id.ID, 2, sent); !fault.WrongState.Of(err) {
				t.Errorf("sent after it was %s: %v", id.State, err)
			}
			if _, err := c.WaiveLetter(t.Context(), as(c.first), id.ID, 2, "未享受"); !fault.WrongState.Of(err) {
				t.Errorf("waived after it was %s: %v", id.State, err)
			}
		}
		if page, err := c.ListLetters(t.Context(), c.operator, LetterFilter{State: LetterOpen}, db.Paging{Limit: 10}); err != nil || len(page.Items) != 0 {
			t.Errorf("%+v, %v", page.Items, err)
		}
		_, err = c.ListLetters(t.Context(), c.seller, LetterFilter{}, db.Paging{Limit: 10})
		c.refused(err, fault.NotAllowed)
		if page, err := c.ListLetters(t.Context(), c.elsewhere, LetterFilter{}, db.Paging{Limit: 10}); err != nil || len(page.Items) != 0 {
			t.Errorf("another office reads %+v, %v", page.Items, err)
		}
		c.verify()
	})
}
