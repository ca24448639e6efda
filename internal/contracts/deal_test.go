package contracts

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/results"
)

// deal leads the university and the enterprise to a deal in this stage about a result of the university.
func (c *city) deal(until deals.Stage) (deal, result uuid.UUID) {
	c.Helper()
	rs, ds := results.New(c.Unit), deals.New(c.Unit)
	done, err := rs.Create(c.Context(), as(c.seller), results.Input{Owner: c.university, Content: results.Content{
		Title: "高温合金叶片热障涂层", Abstract: "用于航空发动机叶片的热障涂层，寿命提高一倍。", Keywords: []string{"涂层"}, Field: "new_materials", TransferModes: []string{},
	}})
	c.must(err)
	result = done.ID
	_, err = rs.Submit(c.Context(), as(c.seller), result, 1)
	c.must(err)
	_, err = rs.Publish(c.Context(), as(c.colleague), result, 2)
	c.must(err)
	introduction, err := ds.Propose(c.Context(), as(c.buyer), deals.Proposal{From: c.enterprise, Result: &result, Message: "希望就叶片涂层开展合作"})
	c.must(err)
	_, err = ds.Accept(c.Context(), as(c.seller), introduction.ID, 1)
	c.must(err)
	seen, err := ds.GetIntroduction(c.Context(), c.seller, introduction.ID)
	c.must(err)
	deal = *seen.DealID
	for i, stage := range []deals.Stage{deals.StageContacting, deals.StageNegotiating, deals.StageAgreed} {
		_, err := ds.Advance(c.Context(), as(c.seller), deal, int64(i+1), deals.Progress{Stage: stage, Note: "进展顺利"})
		c.must(err)
		if stage == deals.StageAgreed { // the other side says so, too
			_, err := ds.Advance(c.Context(), as(c.buyer), deal, int64(i+2), deals.Progress{Stage: stage})
			c.must(err)
		}
		if stage == until {
			break
		}
	}
	return deal, result
}

func TestAContractFromADealEndsTheDealAndCarriesItsResultIntoTheLedger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, result := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		contract, draft := c.create(c.seller, in), c.create(c.seller, in) // a draft reserves nothing
		a := c.file(c.seller, contract)
		_, err := c.Submit(t.Context(), as(c.seller), draft.ID, 1)
		c.refused(err, fault.DealHasContract)
		c.grant(a)
		seen, err := deals.New(c.Unit).GetDeal(t.Context(), c.buyer, deal)
		c.must(err)
		if seen.Stage != deals.StageContracted || seen.ContractID == nil || *seen.ContractID != contract.ID {
			t.Errorf("the deal is %s with contract %v", seen.Stage, seen.ContractID)
		}
		if entries := c.entries(contract.ID); len(entries) != 1 || entries[0].ResultID.UUID != result || entries[0].NeedID.Valid {
			t.Errorf("entries %+v", entries)
		}
		c.verify()
	})
}

func TestARefusedContractLeavesTheDealToAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		a := c.file(c.seller, c.create(c.seller, in))
		_, err := c.StartReview(t.Context(), as(c.first), a.ID, 1)
		c.must(err)
		_, err = c.Refuse(t.Context(), as(c.first), a.ID, 2, "不属于技术开发")
		c.must(err)
		seen, err := deals.New(c.Unit).GetDeal(t.Context(), c.buyer, deal)
		c.must(err)
		if seen.Stage != deals.StageAgreed || seen.ContractID != nil {
			t.Errorf("the deal is %s with contract %v", seen.Stage, seen.ContractID)
		}
		c.grant(c.file(c.seller, c.create(c.seller, in)))
	})
}

// The demander cannot take the deal away by a contract of its own: the supplier comes first in it, and whose the deal is, is decided when one
// files, not by who drafts first.
func TestADealIsTheSuppliersToFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageAgreed)
		shell := c.Single("大连海澜壳公司", "enterprise", "210112")
		both := c.buyer
		both.Member = append(slices.Clone(both.Member), shell.ID)
		taken := c.input()
		taken.Deal = &deal
		taken.Terms.Sellers = []Party{{OrganizationID: &shell.ID}, taken.Terms.Sellers[0]}
		_, err := c.Create(t.Context(), as(both), taken)
		c.refused(err, fault.InvalidInput)
		second := c.input() // the demander is among the buyers, and need not be the first
		second.Deal = &deal
		second.Terms.Buyers = []Party{{OrganizationID: &c.other}, second.Terms.Buyers[0]}
		c.create(c.seller, second)

		in := c.input()
		in.Deal = &deal
		contract := c.create(c.seller, in)
		// What was drafted before the rule was kept is held to it when it is filed.
		var draft Contract
		c.must(c.DB.Reader.Where("id = ?", c.create(c.seller, in).ID).Take(&draft).Error)
		draft.Terms.Sellers = append([]Party{{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}}, draft.Terms.Sellers...)
		c.must(c.DB.Writer.Model(&draft).Select("terms").Updates(&draft).Error)
		_, err = c.Submit(t.Context(), as(c.seller), draft.ID, 1)
		c.refused(err, fault.InvalidInput)
		c.grant(c.file(c.seller, contract))
	})
}

// Of two drafts that are filed for one deal at once, one comes through.
func TestOfTwoContractsForOneDealOneIsFiled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		var filed atomic.Int64
		var wait sync.WaitGroup
		for range 8 {
			draft := c.create(c.seller, in)
			wait.Go(func() {
				switch _, err := c.Submit(t.Context(), as(c.seller), draft.ID, 1); {
				case err == nil:
					filed.Add(1)
				case !fault.DealHasContract.Of(err):
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := filed.Load(); n != 1 {
			t.Errorf("%d were filed", n)
		}
	})
}

func TestADealMustBeAgreedAndBetweenTheParties(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageNegotiating)
		in := c.input()
		in.Deal = &deal
		in.Terms.Buyers[0].OrganizationID = &c.other
		_, err := c.Create(t.Context(), as(c.seller), in)
		c.refused(err, fault.InvalidInput)
		unknown := uuid.New()
		in.Deal = &unknown
		_, err = c.Create(t.Context(), as(c.seller), in)
		c.refused(err, fault.InvalidInput)

		in = c.input()
		in.Deal = &deal
		contract := c.create(c.seller, in)
		_, err = c.Submit(t.Context(), as(c.seller), contract.ID, 1)
		c.refused(err, fault.DealNotAgreed)
		if got := c.get(contract.ID); got.State != Draft || got.ApplicationID != nil {
			t.Errorf("after the refused call the contract is %s", got.State)
		}
		// Without the deal it can go its way.
		_, err = c.Replace(t.Context(), as(c.seller), contract.ID, 1, c.input())
		c.must(err)
		c.file(c.seller, c.get(contract.ID))
	})
}
