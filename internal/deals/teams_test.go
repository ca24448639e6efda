package deals_test

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/relay"
	"jiebang/internal/teams"
)

// team lists a team of a side, published or not.
func (m *market) team(s side, title string, publish bool) uuid.UUID {
	m.Helper()
	service := teams.New(m.Unit)
	id := casttest.Create(m.Cast, s.Call, service.Create, teams.Input{Owner: s.org, Content: teams.Content{
		Title: title, Introduction: "长期从事工业废气低温净化研究，有校内中试平台。", Field: "environment", Leader: teams.Person{Name: "林砚舟"},
	}})
	if publish {
		casttest.Change(m.Cast, s.Call, service.Submit, id, 1)
		casttest.Change(m.Cast, m.operator, service.Publish, id, 2)
	}
	return id
}

// ask proposes an introduction to or by a team.
func (m *market) ask(s side, team, need *uuid.UUID) (deals.IntroductionAnswer, error) {
	return m.deals.Propose(m.Context(), s.Call, deals.Proposal{From: s.org, Team: team, Need: need, Message: "贵方团队与我厂的问题相符，愿面谈。"})
}

// An introduction starts from a team, whoever proposes it and whether or not the other side has listed anything; the deal names the team.
func TestAnIntroductionStartsFromATeam(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		team := m.team(m.university, "工业废气低温净化团队", true)
		for _, row := range []struct {
			name       string
			from, to   side
			team, need *uuid.UUID
		}{
			{"the owner of a need asks a team", m.firm, m.university, &team, &m.need},
			{"a team offers to meet a need", m.university, m.firm, &team, &m.need},
			{"somebody without a listing asks a team", m.bystander, m.university, &team, nil},
		} {
			id := m.must(m.ask(row.from, row.team, row.need)).ID
			if i := m.introduction(row.to.Actor, id); i.TeamTitle != "工业废气低温净化团队" || *i.TeamID != team || i.ResultID != nil || i.To.ID != row.to.org {
				t.Errorf("%s: %+v", row.name, i)
			}
			m.must(m.deals.Accept(m.Context(), row.to.Call, id, 1))
			d := m.deal(*m.introduction(row.to.Actor, id).DealID)
			demander := row.from.org
			if demander == m.university.org {
				demander = row.to.org
			}
			if d.SupplierID != m.university.org || d.DemanderID != demander || d.TeamID == nil || *d.TeamID != team || d.TeamTitle != "工业废气低温净化团队" {
				t.Errorf("%s: %+v", row.name, d.Deal)
			}
			m.refused(fault.AlreadyIntroduced)(m.ask(row.from, row.team, row.need)) // its deal is open
			m.must(m.deals.Advance(m.Context(), row.from.Call, d.ID, 1, deals.Progress{Stage: deals.StageLost, Note: "只为试验"}))
		}
	})
}

func TestAProposalNamesATeamThatIsPublicAndAnothers(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		team, draft, gone := m.team(m.university, "工业废气低温净化团队", true), m.team(m.university, "还在起草的团队", false), uuid.New()
		m.refused(fault.InvalidInput)(m.ask(m.firm, &draft, nil))
		m.refused(fault.InvalidInput)(m.ask(m.firm, &gone, nil))
		m.refused(fault.InvalidInput)(m.ask(m.university, &team, nil))    // their own
		m.refused(fault.InvalidInput)(m.ask(m.bystander, &team, &m.need)) // neither is theirs
		_, err := m.deals.Propose(c.Context(), m.firm.Call, deals.Proposal{From: m.firm.org, Result: &m.result, Team: &team, Message: "贵方团队与成果都想了解。"})
		c.Refused(err, fault.InvalidInput)
		other := m.team(m.university, "另一个团队", true)
		m.must(m.ask(m.firm, &team, &m.need))
		m.refused(fault.AlreadyIntroduced)(m.ask(m.university, &team, &m.need)) // the other side answers instead
		m.must(m.ask(m.firm, &other, &m.need))                                  // another team is another question
		m.must(m.propose(m.firm, &m.result, &m.need))                           // and so is a result
	})
}

func TestATeamThatIsWithdrawnEndsItsIntroductions(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		service, team := teams.New(c.Unit), m.team(m.university, "工业废气低温净化团队", true)
		id := m.must(m.ask(m.firm, &team, &m.need)).ID
		casttest.Change(c, m.university.Call, service.Withdraw, team, 3)
		m.refused(fault.ListingOver)(m.deals.Accept(ctx, m.university.Call, id, 1))
		c.Must(m.deals.Consumer().Handle(ctx, []relay.Change{{Kind: "team.withdraw", ObjectID: team}}))
		if i := m.introduction(m.firm.Actor, id); i.State != deals.Lapsed || i.LapseReason != deals.TeamWithdrawn || i.TeamTitle != "工业废气低温净化团队" {
			t.Errorf("ended: %+v", i)
		}
	})
}

// Whom a team names to be asked is told to the two sides once both have agreed, and to nobody before.
func TestTheContactThatATeamNamesIsShownByConsent(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		team := m.team(m.university, "工业废气低温净化团队", true)
		casttest.Decide(c, m.university.Call, teams.New(c.Unit).SetOffer, team, 3, teams.OfferInput{Offer: teams.Offer{Contact: &orgs.Contact{Name: "林老师", Phone: "024-23890001"}}})
		id := m.must(m.ask(m.firm, &team, nil)).ID
		if i := m.introduction(m.firm.Actor, id); i.Contacts != nil {
			t.Errorf("before consent: %+v", i.Contacts)
		}
		m.must(m.deals.Accept(ctx, m.university.Call, id, 1))
		if i := m.introduction(m.firm.Actor, id); i.Contacts == nil || i.Contacts.To.Name != "林老师" || i.Contacts.From.Name == "林老师" {
			t.Errorf("after consent: %+v", i.Contacts)
		}
	})
}
