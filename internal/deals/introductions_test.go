package deals_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

func TestAProposalNamesWhatIsPublic(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		own, theirs, gone := m.draft(m.university, "湿式静电除尘器"), m.draft(m.bystander, "高温合金粉末"), uuid.New()
		m.refused(fault.InvalidInput)(m.propose(m.firm, &own, nil)) // a draft is its owner's secret
		m.refused(fault.InvalidInput)(m.propose(m.firm, &gone, nil))
		m.refused(fault.InvalidInput)(m.propose(m.firm, nil, &gone))
		m.refused(fault.InvalidInput)(m.propose(m.firm, nil, nil))
		m.refused(fault.InvalidInput)(m.propose(m.firm, nil, &m.need))
		m.refused(fault.InvalidInput)(m.propose(m.bystander, &m.result, &m.need))
		m.refused(fault.InvalidInput)(m.propose(m.university, &own, &m.need)) // the other side could not read it

		// Somebody who belongs to both does not carry one's secrets into the other's name.
		m.firm.Actor.Member = append(m.firm.Actor.Member, m.bystander.org)
		m.refused(fault.InvalidInput)(m.propose(m.firm, &theirs, nil))
	})
}

func TestWhoMayProposeAndAnswer(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		m.refused(fault.NotAllowed)(m.propose(side{m.firm.org, m.bystander.Call}, &m.result, nil))
		m.refused(fault.NotAllowed)(m.propose(side{m.firm.org, m.operator}, &m.result, nil))
		m.refused(fault.SignInRequired)(m.propose(side{m.firm.org, work.Call{}}, &m.result, nil))

		id := m.must(m.propose(m.firm, &m.result, nil)).ID
		m.refused(fault.NotAllowed)(m.deals.Accept(ctx, m.firm.Call, id, 1)) // not the one who is asked
		m.refused(fault.NotAllowed)(m.deals.Accept(ctx, m.operator, id, 1))
		m.refused(fault.NotVisible)(m.deals.Accept(ctx, m.bystander.Call, id, 1))
		m.refused(fault.NotVisible)(m.deals.Decline(ctx, m.bystander.Call, id, 1, deals.Refusal{Reason: deals.ReasonPrice}))
		both := m.firm.Call
		both.Actor.Member = []uuid.UUID{m.firm.org, m.university.org}
		m.refused(fault.OwnDecision)(m.deals.Accept(ctx, both, id, 1))
		m.refused(fault.OwnDecision)(m.deals.Decline(ctx, both, id, 1, deals.Refusal{Reason: deals.ReasonPrice}))
		m.refused(fault.VersionStale)(m.deals.Accept(ctx, m.university.Call, id, 2))

		m.must(m.deals.Decline(ctx, m.university.Call, id, 1, deals.Refusal{Reason: deals.ReasonTooEarly, Note: "尚在小试"}))
		m.refused(fault.WrongState)(m.deals.Accept(ctx, m.university.Call, id, 2))
		if i := m.introduction(m.firm.Actor, id); i.DeclineReason != deals.ReasonTooEarly || i.DeclineNote != "尚在小试" || i.Contacts != nil || i.DealID != nil {
			m.Errorf("declined: %+v", i)
		}
		c.Clock.Set("2026-03-12T04:00:01Z")
		m.must(m.propose(m.firm, &m.result, nil)) // a refusal is not for ever
	})
}

// What the same two have accepted, and is under way, is not proposed again by either side; what came to nothing, or to a contract, is.
func TestAnIntroductionWhoseDealIsOpenIsNotProposedAgain(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		i := m.must(m.propose(m.firm, &m.result, &m.need)).ID
		m.must(m.deals.Accept(ctx, m.university.Call, i, 1))
		m.refused(fault.AlreadyIntroduced)(m.propose(m.firm, &m.result, &m.need))
		m.refused(fault.AlreadyIntroduced)(m.propose(m.university, &m.result, &m.need))
		m.must(m.propose(m.firm, &m.result, nil)) // about something else
		deal := *m.introduction(m.firm.Actor, i).DealID
		m.must(m.deals.Advance(ctx, m.firm.Call, deal, 1, deals.Progress{Stage: deals.StageLost, Note: "预算取消"}))
		m.must(m.propose(m.university, &m.result, &m.need))
	})
}

// Of acceptances and proposals at once, none passes the other: there is one open introduction or deal of the two.
func TestAProposalDoesNotPassAnAcceptance(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		i := m.must(m.propose(m.firm, &m.result, nil)).ID
		var wait sync.WaitGroup
		wait.Go(func() { _, err := m.deals.Accept(ctx, m.university.Call, i, 1); m.Must(err) })
		for range 8 {
			wait.Go(func() {
				if _, err := m.propose(m.firm, &m.result, nil); !fault.AlreadyIntroduced.Of(err) {
					m.Errorf("a second proposal: %v", err)
				}
			})
		}
		wait.Wait()
	})
}

func TestAPendingOrganizationProposesNothing(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		o := c.Pending("新设企业", "enterprise", "210112")
		pending := side{o.ID, o.Editor}
		m.refused(fault.OrganizationPending)(m.propose(pending, &m.result, nil))
	})
}

func TestContactsAreShownByConsentAndToTheTwoSidesOnly(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		id := m.must(m.propose(m.firm, &m.result, nil)).ID
		for _, actor := range []policy.Actor{m.firm.Actor, m.university.Actor, m.operator.Actor} {
			if v := m.introduction(actor, id); v.Contacts != nil {
				m.Errorf("%s sees contacts before consent", actor.Username)
			}
		}
		_, err := m.deals.GetIntroduction(ctx, m.bystander.Actor, id)
		m.refused(fault.NotVisible)(nil, err)

		accepted, err := m.deals.Accept(ctx, m.university.Call, id, 1)
		m.Must(err)
		for who, v := range map[string]deals.IntroductionView{
			"who accepted, at once": accepted.View, "who proposed": m.introduction(m.firm.Actor, id), "who was asked": m.introduction(m.university.Actor, id),
		} {
			if v.Contacts == nil || v.Contacts.From.Email != m.firm.Actor.Username+"@example.org" || v.Contacts.To.Email != m.university.Actor.Username+"@example.org" {
				m.Errorf("%s sees after consent: %+v", who, v.Contacts)
			}
		}
		if v := m.introduction(m.operator.Actor, id); v.Contacts != nil {
			m.Errorf("the operator sees contacts")
		}
		_, err = m.deals.GetIntroduction(ctx, m.bystander.Actor, id)
		m.refused(fault.NotVisible)(nil, err)
	})
}

func TestTheSameIsProposedOnceAtATime(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		outcomes := together(8, func() error { _, err := m.propose(m.university, &m.result, &m.need); return err })
		if n := count(m, outcomes, fault.AlreadyIntroduced); n != 1 {
			m.Errorf("%d of 8 proposals went through", n)
		}
		m.refused(fault.AlreadyIntroduced)(m.propose(m.firm, &m.result, &m.need)) // the other side answers instead
		m.must(m.propose(m.bystander, &m.result, nil))                            // another organization asks for itself
		m.must(m.propose(m.firm, &m.result, nil))                                 // another question
	})
}

func TestAnIntroductionAcceptedByManyAtOnceOpensOneDeal(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		id := m.must(m.propose(m.university, &m.result, &m.need)).ID
		outcomes := together(8, func() error { _, err := m.deals.Accept(m.Context(), m.firm.Call, id, 1); return err })
		if n := count(m, outcomes, fault.VersionStale); n != 1 {
			m.Errorf("%d of 8 were accepted", n)
		}
		page, err := m.deals.ListDeals(m.Context(), m.firm.Actor, deals.DealFilter{Organization: m.firm.org}, db.Paging{Limit: 20})
		if m.Must(err); len(page.Items) != 1 || len(page.Items[0].Steps) != 1 {
			m.Errorf("deals: %+v", page.Items)
		}
	})
}

// An answer at the last moment and the lapse at once: one of them finds the other done. A job that was written when it was not known when the
// answer is due waits for that day.
func TestOfAnAnswerAndALapseAtOnceOneHolds(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		lapse := jobs.New(c.Unit, c.DB, c.Clock.Now, time.Second, relay.New(c.DB, c.Clock.Now, time.Second).Woken, deals.Lapsing())
		answered := 0
		for round := range 12 {
			c.Clock.Set("2026-03-10T04:00:00Z")
			id := m.must(m.propose(m.university, &m.result, &m.need)).ID
			m.Must(c.DB.Writer.Exec("UPDATE jobs SET due_at = ? WHERE object_id = ?", c.Clock.Now().Add(-time.Hour), id).Error)
			if _, err := lapse.Run(c.Context()); err != nil || m.introduction(m.firm.Actor, id).State != deals.Proposed {
				m.Fatalf("it lapsed too early, or %v", err)
			}
			c.Clock.Set("2026-03-24T16:00:00Z")
			var answer, lapsing error
			var both sync.WaitGroup
			both.Go(func() {
				time.Sleep(time.Duration(round%4) * 500 * time.Microsecond)
				_, answer = m.deals.Decline(c.Context(), m.firm.Call, id, 1, deals.Refusal{Reason: deals.ReasonTooEarly})
			})
			both.Go(func() { _, lapsing = lapse.Run(c.Context()) })
			both.Wait()
			i := m.introduction(m.firm.Actor, id)
			want := deals.Lapsed
			if answer == nil {
				want, answered = deals.Declined, answered+1
			} else if !fault.VersionStale.Of(answer) && !fault.WrongState.Of(answer) {
				m.Errorf("the answer: %v", answer)
			}
			if lapsing != nil || i.State != want || i.Version != 2 {
				m.Errorf("%s in version %d, want %s; %v", i.State, i.Version, want, lapsing)
			}
		}
		m.Logf("%d of 12 answers were in time", answered)
		var left int64
		if m.Must(c.DB.Reader.Table("jobs").Where("kind = 'introduction.lapse'").Count(&left).Error); left != 0 {
			m.Errorf("%d jobs are left", left)
		}
	})
}

// Whom a result names to be asked is who the other side calls; until both have agreed, nobody learns of them.
func TestTheContactThatAResultNamesIsShownByConsent(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		service := results.New(c.Unit)
		v, err := service.Get(c.Context(), m.university.Actor, m.result)
		c.Must(err)
		casttest.Decide(c, m.university.Call, service.SetOffer, m.result, v.Version, results.OfferInput{Offer: results.Offer{Contact: &orgs.Contact{Name: "课题组王老师", Phone: "024-00000001"}}})
		if seen, err := service.Get(c.Context(), m.firm.Actor, m.result); err != nil || seen.Contact != nil {
			c.Errorf("a stranger sees %+v, %v", seen.Contact, err)
		}
		id := m.must(m.propose(m.firm, &m.result, nil)).ID
		if i := m.introduction(m.firm.Actor, id); i.Contacts != nil {
			c.Errorf("shown before consent: %+v", i.Contacts)
		}
		m.must(m.deals.Accept(c.Context(), m.university.Call, id, 1))
		if i := m.introduction(m.firm.Actor, id); i.Contacts == nil || i.Contacts.To.Name != "课题组王老师" || i.Contacts.From.Name == "课题组王老师" {
			c.Errorf("after consent: %+v", i.Contacts)
		}
	})
}
