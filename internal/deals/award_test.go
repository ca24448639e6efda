package deals_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// awarded opens the deal of a winner, as a challenge does within its own transaction.
func (m *market) awarded(a deals.Award) (deal uuid.UUID) {
	m.Helper()
	_, err := m.Unit.Do(m.Context(), m.operator, func(tx *work.Tx) (err error) {
		deal, err = deals.OpenAwarded(tx, a)
		return err
	})
	m.Must(err)
	return deal
}

func TestAnAwardOpensADealForEachWinner(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		price, challenge := 1_200_000*money.Yuan, work.NewID()
		won := m.awarded(deals.Award{Challenge: challenge, Title: "喷涂废气近零排放", Poster: m.firm.org, Winner: m.university.org, Price: &price})
		second := m.awarded(deals.Award{Challenge: challenge, Title: "喷涂废气近零排放", Poster: m.firm.org, Winner: m.bystander.org, Need: &m.need})
		if again := m.awarded(deals.Award{Challenge: challenge, Title: "喷涂废气近零排放", Poster: m.firm.org, Winner: m.university.org}); again != won || second == won {
			m.Errorf("the deals of two winners: %s, %s, and again %s", won, second, again)
		}
		m.awarded(deals.Award{Challenge: work.NewID(), Title: "另一榜题", Poster: m.firm.org, Winner: m.university.org})
		_, err := m.Unit.Do(ctx, m.operator, func(tx *work.Tx) error {
			_, err := deals.OpenAwarded(tx, deals.Award{Challenge: challenge, Poster: m.firm.org, Winner: m.firm.org})
			return err
		})
		m.Refused(err, fault.OwnDecision)

		d, err := m.deals.GetDeal(ctx, m.university.Actor, won)
		m.Must(err)
		if d.Stage != deals.StageNegotiating || d.IntroductionID != nil || *d.ChallengeID != challenge || d.Title != "喷涂废气近零排放" || *d.Price != price ||
			d.Supplier.ID != m.university.org || d.Demander.ID != m.firm.org || d.NeedID != nil || d.ResultID != nil || len(d.Steps) != 1 || d.Steps[0].Kind != deals.StepOpened {
			m.Errorf("%+v", d)
		}
		if d.Contacts == nil || !slices.Contains(d.Actions, "advanceDeal") {
			m.Errorf("a side is told contacts %v and may %v", d.Contacts, d.Actions)
		}
		if d := m.deal(won); d.Contacts != nil {
			m.Error("the operator is told contacts")
		}
		_, err = m.deals.GetDeal(ctx, m.bystander.Actor, won) // a winner of the same challenge is no side of another's deal
		m.Refused(err, fault.NotVisible)
		if d := m.deal(second); d.NeedTitle != "喷涂车间废气异味大" || d.Price != nil {
			m.Errorf("with its need: %+v", d)
		}
		for who, want := range map[*side]int{&m.firm: 2, &m.university: 1, &m.bystander: 1} {
			page, err := m.deals.ListDeals(ctx, who.Actor, deals.DealFilter{Challenge: challenge}, db.Paging{Limit: 20})
			if m.Must(err); len(page.Items) != want {
				m.Errorf("%s lists %d deals of the challenge, want %d", who.Actor.Username, len(page.Items), want)
			}
		}
		if told := m.told(won); !slices.Equal(told, []string{"deal.open"}) {
			m.Errorf("told %v", told)
		}

		m.must(m.deals.Advance(ctx, m.university.Call, won, 1, deals.Progress{Stage: deals.StageAgreed}))
		m.refused(fault.AlreadyAgreed)(m.deals.Advance(ctx, m.university.Call, won, 2, deals.Progress{Stage: deals.StageAgreed}))
		m.must(m.deals.Advance(ctx, m.firm.Call, won, 2, deals.Progress{Stage: deals.StageAgreed}))
		_, err = m.contract(m.university, won)
		m.Must(err)
		if d := m.deal(won); d.Stage != deals.StageContracted {
			m.Errorf("%+v", d)
		}
		m.must(m.deals.Advance(ctx, m.firm.Call, second, 1, deals.Progress{Stage: deals.StageLost, Note: "里程碑评审未通过"}))
		m.must(m.deals.Revert(ctx, m.bystander.Call, second, 2, deals.Progress{Stage: deals.StageNegotiating, Note: "复核后继续"}))
	})
}

func TestANeedThatIsAChallengeTakesNoIntroductions(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx, challenge := setUp(c), c.Context(), work.NewID()
		before := m.must(m.propose(m.university, &m.result, &m.need)).ID
		_, err := m.Unit.Do(ctx, m.operator, func(tx *work.Tx) error { return needs.Hold(tx, m.need, challenge) })
		m.Must(err)
		m.refused(fault.NeedHeld)(m.propose(m.bystander, nil, &m.need))
		other := m.published(m.bystander, "旋流洗涤塔")
		m.refused(fault.NeedHeld)(m.propose(m.bystander, &other, &m.need))
		m.refused(fault.NeedHeld)(m.propose(m.firm, &other, &m.need))
		if i := m.introduction(m.firm.Actor, before); i.State != deals.Proposed {
			m.Errorf("an introduction of before: %+v", i)
		}
		m.must(m.deals.Accept(ctx, m.firm.Call, before, 1))

		waiting := m.must(m.propose(m.firm, &other, nil)).ID // about another matter
		_, err = m.Unit.Do(ctx, m.operator, func(tx *work.Tx) error { return needs.Release(tx, m.need, challenge, needs.Reopened) })
		m.Must(err)
		m.must(m.propose(m.bystander, nil, &m.need))
		if i := m.introduction(m.firm.Actor, waiting); i.State != deals.Proposed {
			m.Errorf("another introduction: %+v", i)
		}
		if _, err := m.needs.Get(ctx, policy.Actor{}, m.need); err != nil {
			m.Error(err)
		}
	})
}
