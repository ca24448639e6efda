package contracts

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/deals"
	"jiebang/internal/ledger"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// awarded is an agreed deal that the award of a challenge began.
func (c *city) awarded() (deal, challenge uuid.UUID) {
	c.Helper()
	challenge = work.NewID()
	_, err := c.Unit.Do(c.Context(), c.As(c.operator), func(tx *work.Tx) (err error) {
		deal, err = deals.OpenAwarded(tx, deals.Award{Challenge: challenge, Title: "叶片热障涂层", Poster: c.enterprise, Winner: c.university})
		return err
	})
	c.must(err)
	ds := deals.New(c.Unit)
	for i, by := range []work.Call{as(c.seller), as(c.buyer)} {
		_, err := ds.Advance(c.Context(), by, deal, int64(i+1), deals.Progress{Stage: deals.StageAgreed})
		c.must(err)
	}
	return deal, challenge
}

func TestTheChallengeOfADealIsFrozenInTheLedger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, challenge := c.awarded()
		in := c.input()
		in.Deal = &deal
		other := work.NewID()
		in.Challenge = &other
		_, err := c.Create(t.Context(), as(c.seller), in)
		c.places(err, "/challenge_id unexpected")
		in.Challenge = &challenge // what the deal says, said once more
		contract := c.create(c.seller, in)
		c.grant(c.file(c.seller, contract))
		if got := c.get(contract.ID); got.ChallengeID == nil || *got.ChallengeID != challenge {
			t.Errorf("%+v", got.ChallengeID)
		}
		if entries := c.entries(contract.ID); len(entries) != 1 || entries[0].ChallengeID.UUID != challenge {
			t.Errorf("%+v", entries)
		}
		plain := c.create(c.seller, c.input())
		c.grant(c.file(c.seller, plain))

		for _, row := range []struct {
			scope ledger.Scope
			want  int64
		}{{ledger.Scope{FromChallenge: "yes"}, 1}, {ledger.Scope{FromChallenge: "no"}, 1}, {ledger.Scope{Challenge: challenge}, 1}, {ledger.Scope{}, 2}} {
			q := ledger.Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: ledger.Yearly, Scope: row.scope}
			if got, err := c.ledger.Turnover(t.Context(), c.operator, q); err != nil || got.Total.Contracts != row.want {
				t.Errorf("%+v: %+v, %v", row.scope, got.Total, err)
			}
		}
		listed, err := c.List(t.Context(), c.operator, Filter{Challenge: challenge}, db.Paging{Limit: 20})
		if c.must(err); len(listed.Items) != 1 || listed.Items[0].ID != contract.ID {
			t.Errorf("listed: %+v", listed.Items)
		}
		c.verify()
		if err := c.DB.Writer.Exec("UPDATE contracts SET challenge_id = NULL WHERE id = ?", contract.ID).Error; err != nil {
			t.Fatal(err)
		}
		if r, err := c.Service.Verify(t.Context()); err != nil || len(r.Problems) == 0 {
			t.Errorf("a contract that lost its challenge: %+v, %v", r, err)
		}
	})
}

// A winner from elsewhere has its contract registered there: here the buyer's side records it, and says which challenge it came from.
func TestAContractFromElsewhereNamesItsChallenge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		_, challenge := c.deal(deals.StageLead) // a published result stands for a challenge
		here := c.input()
		here.Challenge = &challenge
		_, err := c.Create(t.Context(), as(c.seller), here)
		c.places(err, "/challenge_id unexpected")

		in := c.input()
		in.Terms.Sellers = []Party{{Name: "京畿自动化研究院", CreditCode: creditCode("京畿自动化研究院"), Region: "110105", Nature: "021"}}
		in.Terms.Buyers = []Party{{OrganizationID: &c.university}}
		in.Elsewhere = &Elsewhere{Office: "北京技术市场管理办公室", OfficialNumber: "2026-1100-0009", RegisteredOn: when.MustDay("2026-01-05")}
		unknown := work.NewID()
		in.Challenge = &unknown
		_, err = c.Create(t.Context(), as(c.seller), in)
		c.places(err, "/challenge_id unknown_challenge")
		in.Challenge = &challenge
		contract := c.create(c.seller, in)
		a := c.file(c.seller, contract)
		c.refuse(a.ID)
		again, err := c.Replace(t.Context(), as(c.seller), contract.ID, c.get(contract.ID).Version, in)
		c.must(err)
		if again.View.ChallengeID == nil {
			t.Error("what is mended lost its challenge")
		}
		c.grant(c.file(c.seller, c.get(contract.ID)))
		entries := c.entries(contract.ID)
		if len(entries) != 1 || !entries[0].Elsewhere || entries[0].ChallengeID.UUID != challenge {
			t.Errorf("%+v", entries)
		}
		q := ledger.Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: ledger.Yearly, GroupBy: ledger.ByFromChallenge}
		if none, err := c.ledger.Turnover(t.Context(), c.operator, q); err != nil || none.Total.Contracts != 0 {
			t.Errorf("it counts as turnover: %+v, %v", none.Total, err)
		}
		q.Elsewhere = true
		got, err := c.ledger.Turnover(t.Context(), c.operator, q)
		if c.must(err); got.Total.Contracts != 1 || len(got.Rows) != 1 || got.Called(got.Rows[0].Group).Chinese != "来自揭榜挂帅" {
			t.Errorf("absorbed: %+v", got.Rows)
		}
		c.verify()
	})
}
