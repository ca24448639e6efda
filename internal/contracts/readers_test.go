package contracts

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/work/worktest"
)

// Who shall become a party reads nothing before the grant, and what was applied for before they came stays between those who were parties
// then: an amendment shows what was, price and parties.
func TestWhoBecomesAPartyReadsNothingOfBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		newcomer := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{c.other}}
		buyer := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{c.enterprise}}
		contract := c.registered(c.seller, c.input())
		var registration Application
		c.must(c.DB.Reader.Where("contract_id = ?", contract.ID).Take(&registration).Error)
		reads := func(who policy.Actor, id uuid.UUID) bool {
			t.Helper()
			_, err := c.GetApplication(t.Context(), who, id)
			if err != nil {
				c.refused(err, fault.NotVisible)
			}
			return err == nil
		}
		terms := c.terms()
		terms.Turnover += money.Yuan
		terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		amendment, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "买方变更"})
		c.must(err)
		if reads(newcomer, amendment.ID) || !reads(buyer, amendment.ID) || !reads(buyer, registration.ID) {
			t.Error("before the grant the amendment is read by who shall be a party, or not by who is one")
		}
		taken, err := c.Withdraw(t.Context(), as(c.seller), amendment.ID, 1)
		c.must(err)
		if reads(newcomer, taken.ID) {
			t.Error("an amendment that was taken back is read by who never became a party")
		}
		amendment, err = c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "买方变更"})
		c.must(err)
		c.grant(c.application(amendment.ID))
		if !reads(newcomer, amendment.ID) || reads(newcomer, registration.ID) {
			t.Error("after the grant the newcomer reads what it is a party to, and nothing of before")
		}
	})
}

// Who left by an amendment goes on reading what it was party to: the contract as it was, what led to that, and nothing that came later.
func TestWhoWasAPartyGoesOnReadingWhatItWasPartyTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Sellers = append(in.Terms.Sellers, Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"})
		contract := c.registered(c.seller, in)
		firm := c.Single("沈阳新买方有限公司", "enterprise", "210112")
		coSeller := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{c.other}}
		amend := func(terms Terms) *ApplicationView {
			done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "当事人变更"})
			c.must(err)
			c.grant(c.application(done.ID))
			return c.application(done.ID)
		}
		larger := in.Terms
		larger.Turnover += money.Yuan
		first := amend(larger)
		c.set("2026-04-09T02:00:00Z")
		later := c.terms()
		later.Title, later.Turnover, later.Buyers = "变更后的名称", 3_000_000*money.Yuan, []Party{{OrganizationID: &firm.ID, Name: "沈阳新买方有限公司", Region: "210112", Nature: "150"}}
		second := amend(later)

		for who, actor := range map[string]policy.Actor{"the buyer": c.buyer, "the co-seller": coSeller} {
			v, err := c.Get(t.Context(), actor, contract.ID)
			c.must(err)
			if !v.Superseded || v.Terms.Turnover != larger.Turnover || v.Title != larger.Title || v.Turnover != larger.Turnover || v.State != Registered || *v.ApplicationID != first.ID || len(v.Actions) != 0 {
				t.Errorf("%s reads %+v", who, v)
			}
			all, err := c.ContractApplications(t.Context(), actor, ApplicationsOf{contract.ID}, db.Paging{Limit: 10})
			c.must(err)
			if len(all.Items) != 2 || all.Items[0].ID != first.ID || all.Items[0].ContractTitle != larger.Title {
				t.Errorf("%s reads the applications %+v", who, all.Items)
			}
			_, err = c.GetApplication(t.Context(), actor, second.ID)
			c.refused(err, fault.NotVisible)
			entries, err := c.Entries(t.Context(), actor, EntriesOf{contract.ID}, db.Paging{Limit: 10})
			c.must(err)
			if len(entries.Items) != 2 {
				t.Errorf("%s reads %d entries", who, len(entries.Items))
			}
		}
		for name, l := range map[string]struct {
			f     Filter
			order string
			want  int
		}{"all": {Filter{}, "", 1}, "by what it says today": {Filter{Title: later.Title}, "", 0}, "by what it said": {Filter{Title: larger.Title}, "", 0}, "by amount": {Filter{}, "turnover", 0}, "by state": {Filter{State: Registered}, "", 0}} {
			page, err := c.List(t.Context(), coSeller, l.f, db.Paging{Limit: 10, Sort: l.order})
			c.must(err)
			if len(page.Items) != l.want || l.want == 1 && !page.Items[0].Superseded {
				t.Errorf("%s: the co-seller is listed %+v", name, page.Items)
			}
		}
		if v, err := c.Get(t.Context(), firm.Editor.Actor, contract.ID); err != nil || v.Superseded || v.Title != later.Title {
			t.Errorf("the new buyer reads %+v, %v", v, err)
		}
		c.create(c.seller, c.input())
		c.file(c.clerk, c.create(c.clerk, c.paper()))
		c.file(c.seller, c.create(c.seller, c.input()))
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, contracts)
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, applications)
		c.verify()
	})
}
