package contracts

import (
	"fmt"
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
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "买方合并，由其母公司承继"})
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
		done, err := c.Amend(t.Context(), as(c.colleague), contract.ID, Change{Terms: terms, Reason: "增加试验批次"})
		c.must(err)
		_, err = c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "合同解除"})
		c.refused(err, fault.ApplicationOpen)
		c.grant(c.application(done.ID))
		done, err = c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "双方协商解除合同"})
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
		_, err = c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "再变更"})
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
			_, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: same, Reason: "并无变更"})
			c.refused(err, fault.InvalidInput)
		}
		same.Deductions = c.terms().Deductions
		_, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: same, Reason: "补列设备费用"})
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
			done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "增加试验批次"})
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
			if r.Contracts == 0 {
				continue
			}
			got += fmt.Sprintf("%s:%d ", r.Period, r.Contracts)
		}
		if got != "2026-01:1 2026-02:1 " {
			t.Errorf("contracts by month: %s", got)
		}
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
			_, err = c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{OfficialNumber: number, TwinReason: another})
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
		race("grant", func() error { return did(c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{TwinReason: another})) })
		race("cancel", func() error {
			return did(c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "合同解除"}))
		})
		if got := c.turnover(year2026).Total.Contracts; got != 1 {
			t.Errorf("it counts %d times", got)
		}
		c.verify()
	})
}

func (c *city) refused(err error, as fault.Definition) {
	c.Helper()
	if !as.Of(err) {
		c.Errorf("%v, want %s", err, as.Code)
	}
}
