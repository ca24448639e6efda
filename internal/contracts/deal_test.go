package contracts

import (
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
		contract := c.create(c.seller, in)
		_, err := c.Create(t.Context(), as(c.seller), in)
		c.refused(err, fault.DealHasContract)

		c.grant(c.file(c.seller, contract))
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
