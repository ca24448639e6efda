package contracts

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work/worktest"
)

var year2026 = ledger.Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: ledger.Yearly}

func TestASellerFilesWithoutADealAndTwoRegistrarsMakeItCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		if contract.Number != "JB-2026-000001" || contract.Office != "SY01" || contract.Technology != 1_000_000*money.Yuan || *contract.OwnerID != c.university {
			t.Errorf("entered as %+v", contract)
		}
		a := c.file(c.seller, contract)
		if a.Regime != "2026" || a.FiledOn != when.MustDay("2026-04-08") || a.DueOn != when.MustDay("2026-04-29") || a.DueProvisional {
			t.Errorf("filed on %s under %s, due on %s (provisional: %t): fifteen working days", a.FiledOn, a.Regime, a.DueOn, a.DueProvisional)
		}
		if got := c.turnover(year2026).Total; got != (ledger.Figures{}) {
			t.Errorf("it counts before it is registered: %+v", got)
		}
		c.grant(a)

		contract = c.get(contract.ID)
		if contract.State != Registered || contract.RegisteredOn != when.MustDay("2026-04-08") || contract.Version != 5 {
			t.Errorf("registered as %s on %s at version %d", contract.State, contract.RegisteredOn, contract.Version)
		}
		want := ledger.Figures{Contracts: 1, Turnover: 1_250_000 * money.Yuan, Technology: 1_000_000 * money.Yuan}
		if got := c.turnover(year2026).Total; got != want {
			t.Errorf("turnover %+v, want %+v", got, want)
		}
		entries := c.entries(contract.ID)
		if len(entries) != 1 || entries[0].Kind != ledger.Registration || entries[0].ApplicationID != a.ID || entries[0].ContractVersion != 5 {
			t.Errorf("entries %+v", entries)
		}
		c.verify()
	})
}

func TestAClerkEntersAPaperContractAndNeverDecidesOnIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.clerk, c.paper())
		if contract.OwnerID != nil {
			t.Errorf("owner %v", contract.OwnerID)
		}
		a := c.file(c.clerk, contract)
		_, err := c.StartReview(t.Context(), as(c.clerk), a.ID, 1)
		c.refused(err, fault.OwnDecision)
		c.grant(a)
		c.verify()
	})
}

func TestAmendingTheBuyersRegionMovesEveryFigure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		byBuyer := year2026
		byBuyer.GroupBy = ledger.ByBuyerRegion
		local := year2026
		local.BuyerRegion = "210100"
		if got := c.turnover(local).Total; got != (ledger.Figures{}) {
			t.Errorf("absorbed in Shenyang before: %+v", got)
		}

		c.set("2026-05-11T01:00:00Z")
		terms := c.terms()
		terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "买方合并，由其母公司承继"})
		c.must(err)
		if now := c.get(contract.ID); now.State != Registered || now.Version != contract.Version || now.Terms.Buyers[0].Region != "210211" {
			t.Errorf("while the amendment waits the contract is %s at version %d", now.State, now.Version)
		}
		c.grant(c.application(done.ID))

		full := ledger.Figures{Contracts: 1, Turnover: 1_250_000 * money.Yuan, Technology: 1_000_000 * money.Yuan}
		entries := c.entries(contract.ID)
		if len(entries) != 3 || entries[1].Kind != ledger.Reversal || entries[1].Figures != (ledger.Figures{}).Minus(full) || entries[1].BuyerRegion != "210211" ||
			entries[2].Kind != ledger.Amendment || entries[2].Figures != full || entries[2].BuyerRegion != "210112" {
			t.Errorf("entries %+v", entries)
		}
		rows := map[string]ledger.Figures{}
		for _, r := range c.turnover(byBuyer).Rows {
			rows[r.Group] = r.Figures
		}
		if rows["210211"] != (ledger.Figures{}) || rows["210112"] != full || c.turnover(local).Total != full || c.turnover(year2026).Total != full {
			t.Errorf("by buyer's region %+v, local %+v", rows, c.turnover(local).Total)
		}
		asOf := local
		asOf.AsOf = when.MustDay("2026-05-10")
		if got := c.turnover(asOf).Total; got != (ledger.Figures{}) {
			t.Errorf("as of the day before: %+v", got)
		}
		// The new buyer finds it in its list, the old one no longer.
		for actor, want := range map[*policy.Actor]int{&c.tiedToOther: 1, &c.buyer: 0} {
			page, err := c.List(t.Context(), *actor, Filter{Organization: actor.Member[0]}, db.Paging{Limit: 10})
			c.must(err)
			if len(page.Items) != want {
				t.Errorf("%d contracts in the list, want %d", len(page.Items), want)
			}
		}
		c.verify()
	})
}

func TestAnAmendmentOfTheAmountIsADifferenceAndACancellationTheReverse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		terms := c.terms()
		terms.Turnover += 50_000 * money.Yuan
		done, err := c.Amend(t.Context(), as(c.colleague), contract.ID, Change{terms, "增加试验批次"})
		c.must(err)
		_, err = c.Cancel(t.Context(), as(c.seller), contract.ID, "合同解除")
		c.refused(err, fault.ApplicationOpen)
		c.grant(c.application(done.ID))
		done, err = c.Cancel(t.Context(), as(c.seller), contract.ID, "双方协商解除合同")
		c.must(err)
		c.grant(c.application(done.ID))

		entries := c.entries(contract.ID)
		if len(entries) != 3 || entries[1].Figures != (ledger.Figures{Turnover: 50_000 * money.Yuan, Technology: 50_000 * money.Yuan}) ||
			entries[2].Kind != ledger.Cancellation || entries[2].Turnover != -1_300_000*money.Yuan {
			t.Errorf("entries %+v", entries)
		}
		if got := c.get(contract.ID); got.State != Cancelled {
			t.Errorf("the contract is %s", got.State)
		}
		if got := c.turnover(year2026).Total; got != (ledger.Figures{}) {
			t.Errorf("it still counts: %+v", got)
		}
		_, err = c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "再变更"})
		c.refused(err, fault.WrongState)
		c.verify()
	})
}

// Terms that say the same are no amendment, whatever form their empty lists have.
func TestAnAmendmentChangesSomething(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Deductions = nil
		contract := c.registered(c.seller, in)
		same := c.terms()
		for _, none := range [][]Deduction{nil, {}} {
			same.Deductions = none
			_, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{same, "并无变更"})
			c.refused(err, fault.InvalidInput)
		}
		same.Deductions = c.terms().Deductions
		_, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{same, "补列设备费用"})
		c.must(err)
	})
}

func TestAContractTellsTheLatestApplicationAboutIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		for _, price := range []money.Fen{1_300_000 * money.Yuan, 1_400_000 * money.Yuan} {
			terms := c.terms()
			terms.Turnover = price
			done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "增加试验批次"})
			c.must(err)
			page, err := c.List(t.Context(), c.seller, Filter{Organization: c.university}, db.Paging{Limit: 10})
			c.must(err)
			for where, got := range map[string]*uuid.UUID{"alone": c.get(contract.ID).ApplicationID, "in a list": page.Items[0].ApplicationID} {
				if got == nil || *got != done.ID {
					t.Errorf("%s it tells %v, want %s", where, got, done.ID)
				}
			}
			c.grant(c.application(done.ID))
		}
	})
}

func TestARegistrationCountsInItsShanghaiDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		for _, instant := range []string{"2025-12-31T16:00:00Z", "2026-01-31T16:30:00Z"} {
			c.set(instant)
			c.registered(c.seller, c.input())
		}
		months := year2026
		months.By, months.From = ledger.Monthly, when.MustDay("2025-01-01")
		got := ""
		for _, r := range c.turnover(months).Rows {
			got += fmt.Sprintf("%s:%d ", r.Period, r.Contracts)
		}
		if got != "2026-01:1 2026-02:1 " {
			t.Errorf("contracts by month: %s", got)
		}
	})
}

// Nobody decides on what they entered, submitted or belong to, and nobody decides twice.
func TestNobodyIsInTwoRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		clerks := c.create(c.clerk, in) // entered by the clerk, submitted by the seller
		a := c.file(c.seller, clerks)
		sellerTurnedRegistrar := policy.Actor{Account: c.seller.Account, Registers: map[policy.Register][]string{policy.Registrar: {"SY01"}}}
		for _, p := range []struct {
			who   string
			actor policy.Actor
			want  fault.Definition
		}{
			{"a visitor", policy.Actor{}, fault.NotVisible},
			{"a stranger", c.stranger, fault.NotVisible},
			{"a registrar of another office", c.elsewhere, fault.NotVisible},
			{"the seller", c.seller, fault.NotAllowed},
			{"the buyer", c.buyer, fault.NotAllowed},
			{"an operator", c.operator, fault.NotAllowed},
			{"the clerk who entered it", c.clerk, fault.OwnDecision},
			{"who submitted it and became a registrar since", sellerTurnedRegistrar, fault.OwnDecision},
			{"a registrar who belongs to the buyer", c.tied, fault.OwnDecision},
		} {
			_, err := c.StartReview(t.Context(), as(p.actor), a.ID, 1)
			if !p.want.Of(err) {
				t.Errorf("%s takes it: %v, want %s", p.who, err, p.want.Code)
			}
		}
		_, err := c.StartReview(t.Context(), as(c.first), a.ID, 1)
		c.must(err)
		_, err = c.Pass(t.Context(), as(c.first), a.ID, 2, "")
		c.must(err)
		for _, p := range []struct {
			who   string
			actor policy.Actor
		}{{"the first reviewer", c.first}, {"the clerk", c.clerk}, {"the submitter", sellerTurnedRegistrar}, {"the buyer's registrar", c.tied}} {
			_, err := c.Grant(t.Context(), as(p.actor), a.ID, 3, "")
			if !fault.OwnDecision.Of(err) {
				t.Errorf("%s grants: %v", p.who, err)
			}
			_, err = c.Refuse(t.Context(), as(p.actor), a.ID, 3, "理由不充分")
			if !fault.OwnDecision.Of(err) {
				t.Errorf("%s refuses: %v", p.who, err)
			}
		}
		_, err = c.Grant(t.Context(), as(c.second), a.ID, 3, "")
		c.must(err)

		// Whoever belongs to a party that an amendment brings in does not decide about it either.
		terms := c.terms()
		terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		done, err := c.Amend(t.Context(), as(c.seller), clerks.ID, Change{terms, "买方变更"})
		c.must(err)
		_, err = c.StartReview(t.Context(), as(c.tiedToOther), done.ID, 1)
		c.refused(err, fault.OwnDecision)
	})
}

// A party may come here between the draft of a paper contract and its filing; whoever belongs to it decides nothing about it.
func TestATieThatCameAfterTheDraftIsNotMissed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.paper()
		in.Terms.Buyers[0] = Party{Name: "沈阳浑河材料有限公司", CreditCode: creditCode("沈阳浑河材料有限公司"), Region: "210112", Nature: "150"}
		draft := c.create(c.clerk, in)
		c.must(c.DB.Writer.Exec("UPDATE organizations SET credit_code = ? WHERE id = ?", in.Terms.Buyers[0].CreditCode, c.other).Error)
		a := c.file(c.clerk, draft)
		_, err := c.StartReview(t.Context(), as(c.tiedToOther), a.ID, a.Version)
		c.refused(err, fault.OwnDecision)
		page, err := c.List(t.Context(), c.tiedToOther, Filter{Organization: c.other}, db.Paging{Limit: 5})
		c.must(err)
		if len(page.Items) != 1 {
			t.Errorf("the buyer's members are shown %d contracts, want the one", len(page.Items))
		}
	})
}

// An application alone does not know who entered its contract: who asks policy without looking there lets nobody decide.
func TestAnApplicationAloneLetsNobodyDecide(t *testing.T) {
	c := open(t, dbtest.New(t, db.SQLite))
	a := c.file(c.seller, c.create(c.clerk, c.input()))
	for who, actor := range map[string]policy.Actor{"the clerk who entered it": c.clerk, "another registrar": c.first, "the seller": c.seller} {
		for _, action := range []policy.Action{policy.ApplicationTake, policy.ApplicationPass, policy.ApplicationDeny, policy.ApplicationEnd} {
			if policy.Allowed(actor, action, a.Facts()) {
				t.Errorf("%s may %s by what the application alone knows", who, action)
			}
		}
	}
}

func TestOnlyTheSellersSideFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		_, err := c.Create(t.Context(), as(c.buyer), c.input())
		c.refused(err, fault.NotAllowed)
		if err == nil || !strings.Contains(err.Error(), "卖方") {
			t.Errorf("the buyer is told: %v", err)
		}
		for who, actor := range map[string]policy.Actor{"a stranger": c.stranger, "a registrar of another office": c.elsewhere, "an operator": c.operator} {
			_, err := c.Create(t.Context(), as(actor), c.input())
			if !fault.NotAllowed.Of(err) {
				t.Errorf("%s enters it: %v", who, err)
			}
		}
		contract := c.create(c.seller, c.input())
		for _, f := range []func(policy.Actor) error{
			func(a policy.Actor) error { _, err := c.Submit(t.Context(), as(a), contract.ID, 1); return err },
			func(a policy.Actor) error {
				_, err := c.Replace(t.Context(), as(a), contract.ID, 1, c.input())
				return err
			},
			func(a policy.Actor) error {
				_, err := c.Cancel(t.Context(), as(a), contract.ID, "合同解除")
				return err
			},
		} {
			c.refused(f(c.buyer), fault.NotVisible) // a draft is its writers' own affair
			c.refused(f(c.clerk), fault.NotVisible)
			c.refused(f(c.stranger), fault.NotVisible)
		}
		// A draft cannot be made another's.
		in := c.input()
		in.Terms.Sellers[0].OrganizationID, in.Terms.Buyers[0].OrganizationID = &c.enterprise, &c.university
		_, err = c.Replace(t.Context(), as(c.seller), contract.ID, 1, in)
		c.refused(err, fault.NotAllowed)
	})
}

func TestADraftIsFiledInItsTermByAVerifiedSeller(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		early, late := c.input(), c.input()
		early.Terms.EffectiveOn = when.MustDay("2026-04-09")
		late.Terms.ExpiresOn = when.MustDay("2026-04-07")
		for _, in := range []Input{early, late} {
			_, err := c.Submit(t.Context(), as(c.seller), c.create(c.seller, in).ID, 1)
			c.refused(err, fault.NotInTerm)
		}
		lastDay := c.input()
		lastDay.Terms.ExpiresOn = when.MustDay("2026-04-08")
		c.file(c.seller, c.create(c.seller, lastDay))

		c.set("2026-02-28T04:00:00Z") // under the rules of 2000 it is enough that the contract was formed
		a := c.file(c.seller, c.create(c.seller, early))
		if a.Regime != "2000" || a.DueOn != when.MustDay("2026-03-30") {
			t.Errorf("filed under %s, due on %s", a.Regime, a.DueOn)
		}

		young := c.Pending("新设研究院", "institute", "210104")
		in := c.input()
		in.Terms.Sellers[0].OrganizationID = &young.ID
		member := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{young.ID}}
		_, err := c.Submit(t.Context(), as(member), c.create(member, in).ID, 1)
		c.refused(err, fault.OrganizationPending)
	})
}

func TestALargeContractHasTheExpertsClock(t *testing.T) {
	c := open(t, dbtest.New(t, db.SQLite))
	in := c.input()
	in.Terms.Turnover = 5_250_000 * money.Yuan // technology amount: five million
	if a := c.file(c.seller, c.create(c.seller, in)); a.DueOn != when.MustDay("2026-05-22") {
		t.Errorf("due on %s: thirty working days", a.DueOn)
	}
}

func TestARefusalHasItsReasonAndEndsTheContract(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		a := c.file(c.seller, contract)
		_, err := c.Refuse(t.Context(), as(c.first), a.ID, 1, "不属于技术开发")
		c.refused(err, fault.WrongState) // nobody refuses what nobody has looked at
		_, err = c.StartReview(t.Context(), as(c.first), a.ID, 1)
		c.must(err)
		_, err = c.Refuse(t.Context(), as(c.first), a.ID, 2, "不属于技术开发")
		c.must(err)
		if a, contract = c.application(a.ID), c.get(contract.ID); a.RefusalReason != "不属于技术开发" || contract.State != Refused {
			t.Errorf("%+v, contract %s", a, contract.State)
		}
		c.verify()
	})
}

func TestAnOfficialNumberIsNotedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		number := "2026210100000123"
		for i := range 2 {
			a := c.file(c.seller, c.create(c.seller, c.input()))
			_, err := c.StartReview(t.Context(), as(c.first), a.ID, 1)
			c.must(err)
			_, err = c.Pass(t.Context(), as(c.first), a.ID, 2, "")
			c.must(err)
			_, err = c.Grant(t.Context(), as(c.second), a.ID, 3, number)
			if i == 0 {
				c.must(err)
				if got := c.get(a.ContractID).OfficialNumber; got == nil || *got != number {
					t.Errorf("official number %v", got)
				}
				continue
			}
			c.refused(err, fault.OfficialNumberTaken)
			if got := c.get(a.ContractID); got.State != SecondReview {
				t.Errorf("after the refused call the contract is %s", got.State)
			}
		}
		c.verify()
	})
}

func TestListsShowOnesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.create(c.clerk, c.paper())
		a := c.file(c.seller, contract)
		for _, l := range []struct {
			who    string
			actor  policy.Actor
			filter Filter
			want   int
			refuse *fault.Definition
		}{
			{"the seller", c.seller, Filter{Organization: c.university}, 1, nil},
			{"the buyer", c.buyer, Filter{Organization: c.enterprise}, 1, nil}, // the draft on paper is not shown yet
			{"the buyer by state", c.buyer, Filter{Organization: c.enterprise, State: Draft}, 0, nil},
			{"a registrar", c.first, Filter{Office: "SY01"}, 1, nil}, // another's draft on paper is not the office's yet
			{"the clerk who entered it", c.clerk, Filter{Office: "SY01"}, 2, nil},
			{"an operator", c.operator, Filter{}, 2, nil},
			{"an operator by party and office", c.operator, Filter{Organization: c.university, Office: "SY01"}, 1, nil},
			{"somebody who asks for all", c.seller, Filter{}, 0, &fault.InvalidInput},
			{"somebody who asks for both", c.first, Filter{Organization: c.university, Office: "SY01"}, 0, &fault.InvalidInput},
			{"a member who asks for another organization", c.seller, Filter{Organization: c.enterprise}, 0, &fault.NotAllowed},
			{"a registrar who asks for another office", c.elsewhere, Filter{Office: "SY01"}, 0, &fault.NotAllowed},
		} {
			page, err := c.List(t.Context(), l.actor, l.filter, db.Paging{Limit: 10})
			switch {
			case l.refuse != nil && !l.refuse.Of(err):
				t.Errorf("%s: %v, want %s", l.who, err, l.refuse.Code)
			case l.refuse == nil && (err != nil || len(page.Items) != l.want):
				t.Errorf("%s: %d contracts, %v; want %d", l.who, len(page.Items), err, l.want)
			}
		}
		page, err := c.List(t.Context(), c.seller, Filter{Organization: c.university}, db.Paging{Limit: 10})
		if err != nil || page.Items[0].ApplicationID == nil || *page.Items[0].ApplicationID != a.ID {
			t.Errorf("the latest application is not told: %v", err)
		}
		queue, err := c.ListApplications(t.Context(), c.first, ApplicationFilter{Office: "SY01", State: Submitted}, db.Paging{Limit: 10})
		if err != nil || len(queue.Items) != 1 || queue.Items[0].ContractID != contract.ID {
			t.Errorf("queue %+v, %v", queue.Items, err)
		}
		_, err = c.ListApplications(t.Context(), c.elsewhere, ApplicationFilter{Office: "SY01"}, db.Paging{Limit: 10})
		c.refused(err, fault.NotAllowed)
	})
}

func TestTheSameKeyFiftyTimesAtOnceIsOneContract(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		call := as(c.seller)
		call.Key, call.Fingerprint = "one", "f"
		ids := make([]uuid.UUID, 50)
		var replayed atomic.Int64
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() {
				done, err := c.Create(t.Context(), call, c.input())
				if err != nil {
					t.Error(err)
				}
				ids[i] = done.ID
				if done.Replayed {
					replayed.Add(1)
				}
			})
		}
		wait.Wait()
		page, err := c.List(t.Context(), c.operator, Filter{}, db.Paging{Limit: 100})
		c.must(err)
		if len(page.Items) != 1 || replayed.Load() != 49 {
			t.Errorf("%d contracts, %d replays", len(page.Items), replayed.Load())
		}
		for _, id := range ids {
			if id != page.Items[0].ID {
				t.Errorf("a call was answered with %s", id)
			}
		}
	})
}

func TestOfEightClientsWithOneVersionOneWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		race := func(what string, step func() error) {
			t.Helper()
			var won, stale atomic.Int64
			var wait sync.WaitGroup
			for range 8 {
				wait.Go(func() {
					switch err := step(); {
					case err == nil:
						won.Add(1)
					case fault.VersionStale.Of(err), fault.ApplicationOpen.Of(err):
						stale.Add(1)
					default:
						t.Errorf("%s: %v", what, err)
					}
				})
			}
			wait.Wait()
			if won.Load() != 1 || stale.Load() != 7 {
				t.Errorf("%s: %d won, %d came late", what, won.Load(), stale.Load())
			}
		}
		did := func(_ any, err error) error { return err }
		race("submit", func() error { return did(c.Submit(t.Context(), as(c.seller), contract.ID, 1)) })
		a := c.application(*c.get(contract.ID).ApplicationID)
		race("take", func() error { return did(c.StartReview(t.Context(), as(c.first), a.ID, 1)) })
		race("pass", func() error { return did(c.Pass(t.Context(), as(c.first), a.ID, 2, "")) })
		race("grant", func() error { return did(c.Grant(t.Context(), as(c.second), a.ID, 3, "")) })
		race("cancel", func() error { return did(c.Cancel(t.Context(), as(c.seller), contract.ID, "合同解除")) })
		if got := c.turnover(year2026).Total.Contracts; got != 1 {
			t.Errorf("it counts %d times", got)
		}
		c.verify()
	})
}

func TestContractsWithEntriesThatDoNotFitAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		c.must(c.DB.Writer.Exec("UPDATE contracts SET technology = technology - 1 WHERE id = ?", contract.ID).Error)
		r, err := c.Service.Verify(t.Context())
		c.must(err)
		if r.Contracts != 1 || len(r.Problems) != 3 { // its entries, its terms, the total
			t.Errorf("found %q", r.Problems)
		}
	})
}

func (c *city) refused(err error, as fault.Definition) {
	c.Helper()
	if !as.Of(err) {
		c.Errorf("%v, want %s", err, as.Code)
	}
}

// The queue begins with what is due first, however late it was filed, and pages go on in that order.
func TestTheQueueBeginsWithWhatIsDueFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		large := c.input()
		large.Terms.Turnover = 5_250_000 * money.Yuan // the experts' clock: thirty working days
		var filed []uuid.UUID
		for i := range 6 {
			in := c.input()
			if i%2 == 0 {
				in = large
			}
			filed = append(filed, c.file(c.seller, c.create(c.seller, in)).ID)
		}
		want := []uuid.UUID{filed[1], filed[3], filed[5], filed[0], filed[2], filed[4]}
		for order, want := range map[string][]uuid.UUID{"": want, "due": want, "newest": {filed[5], filed[4], filed[3], filed[2], filed[1], filed[0]}} {
			var got []uuid.UUID
			for p := (db.Paging{Limit: 2, Sort: order}); ; {
				page, err := c.ListApplications(t.Context(), c.first, ApplicationFilter{Office: "SY01"}, p)
				c.must(err)
				for _, a := range page.Items {
					got = append(got, a.ID)
				}
				if p.Cursor = page.Next; p.Cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				c.Errorf("order %q: %v, want %v", order, got, want)
			}
		}
	})
}

// Lists show exactly what Check would let pass, also to who would become a party by an amendment that is not decided yet.
func TestListsShowWhatCheckAllows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.create(c.seller, c.input())
		c.create(c.clerk, c.paper())
		c.file(c.clerk, c.create(c.clerk, c.paper()))
		in := c.input()
		in.Terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		c.registered(c.seller, in)
		contract := c.registered(c.seller, c.input())
		terms := in.Terms
		_, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "买方变更"})
		c.must(err)
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, contracts)
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, applications)
	})
}
