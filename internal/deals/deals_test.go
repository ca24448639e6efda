package deals_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// side is a verified organization with one member.
type side struct {
	org uuid.UUID
	work.Call
}

// market is a university with a result, a firm with a need, and those who look on.
type market struct {
	*casttest.Cast
	deals    *deals.Service
	results  *results.Service
	needs    *needs.Service
	operator work.Call

	university, firm, bystander side
	result, need                uuid.UUID // published
}

func setUp(c *casttest.Cast) *market {
	m := &market{Cast: c, deals: deals.New(c.Unit), results: results.New(c.Unit), needs: needs.New(c.Unit), operator: c.Operator}
	m.university, m.firm, m.bystander = m.side("盛北理工大学"), m.side("辽浑智造装备有限公司"), m.side("辽穹先进材料研究所")
	m.result, m.need = m.published(m.university, "低温等离子体废气净化装置"), m.opened(m.firm, "喷涂车间废气异味大")
	return m
}

func (m *market) side(name string) side {
	o := m.Single(name, "enterprise", "210112")
	return side{o.ID, o.Editor}
}

// must ends the test on an error and tells what the call was about.
func (m *market) must(answer any, err error) (about struct{ ID uuid.UUID }) {
	m.Helper()
	m.Must(err)
	if id := reflect.ValueOf(answer).FieldByName("ID"); id.IsValid() {
		about.ID = id.Interface().(uuid.UUID)
	}
	return about
}

func (m *market) refused(want fault.Definition) func(any, error) {
	return func(_ any, err error) {
		m.Helper()
		m.Refused(err, want)
	}
}

func (m *market) draft(s side, title string) uuid.UUID {
	return m.must(m.results.Create(m.Context(), s.Call, results.Input{Owner: s.org, Content: results.Content{
		Title: title, Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Keywords: []string{}, Field: "environment", TransferModes: []string{},
	}})).ID
}

func (m *market) published(s side, title string) uuid.UUID {
	id := m.draft(s, title)
	m.must(m.results.Submit(m.Context(), s.Call, id, 1))
	m.must(m.results.Publish(m.Context(), m.operator, id, 2))
	return id
}

func (m *market) opened(s side, title string) uuid.UUID {
	id := m.must(m.needs.Create(m.Context(), s.Call, needs.Input{Owner: s.org, Content: needs.Content{
		Title: title, Problem: "喷涂车间排气有异味，周边居民投诉。", Field: "environment",
	}})).ID
	m.must(m.needs.Submit(m.Context(), s.Call, id, 1))
	m.must(m.needs.Publish(m.Context(), m.operator, id, 2))
	return id
}

// propose has a side propose; nil leaves the result or need out.
func (m *market) propose(s side, result, need *uuid.UUID) (deals.IntroductionAnswer, error) {
	return m.deals.Propose(m.Context(), s.Call, deals.Proposal{From: s.org, Result: result, Need: need, Message: "贵方需求与我校成果相符，愿面谈。"})
}

// accepted is the deal of the university's result for the firm's need.
func (m *market) accepted() uuid.UUID {
	id := m.must(m.propose(m.university, &m.result, &m.need)).ID
	m.must(m.deals.Accept(m.Context(), m.firm.Call, id, 1))
	return *m.introduction(m.firm.Actor, id).DealID
}

// agreed is the same deal, led to an agreement.
func (m *market) agreed() uuid.UUID {
	deal := m.accepted()
	for i, to := range []deals.Stage{deals.StageContacting, deals.StageNegotiating, deals.StageAgreed} {
		m.must(m.deals.Advance(m.Context(), m.firm.Call, deal, int64(i+1), deals.Progress{Stage: to}))
	}
	m.must(m.deals.Advance(m.Context(), m.university.Call, deal, 4, deals.Progress{Stage: deals.StageAgreed}))
	return deal
}

func (m *market) introduction(actor policy.Actor, id uuid.UUID) deals.IntroductionView {
	m.Helper()
	v, err := m.deals.GetIntroduction(m.Context(), actor, id)
	m.Must(err)
	return v
}

func (m *market) deal(id uuid.UUID) deals.DealView {
	m.Helper()
	v, err := m.deals.GetDeal(m.Context(), m.operator.Actor, id)
	m.Must(err)
	return v
}

// contract files a contract for a deal, as package contracts does within its own transaction.
func (m *market) contract(s side, deal uuid.UUID) (work.Done, error) {
	return m.Unit.Do(m.Context(), s.Call, func(tx *work.Tx) error { return deals.Contracted(tx, deal, work.NewID(), deals.Signing{}, anybody) })
}

// anybody may be a contract's sides: whose they are is contracts' rule.
func anybody(uuid.UUID, uuid.UUID) error { return nil }

// reopened is the end of that contract, when its registration is refused.
func (m *market) reopened(deal uuid.UUID) (work.Done, error) {
	return m.Unit.Do(m.Context(), m.operator, func(tx *work.Tx) error { return deals.Reopened(tx, deal) })
}

// told is what others can hear of records, in order.
func (m *market) told(ids ...uuid.UUID) (kinds []string) {
	m.Helper()
	m.Must(m.DB.Reader.Model(&work.OutboxRow{}).Where("object_id IN ?", ids).Order("id").Pluck("kind", &kinds).Error)
	return kinds
}

func TestFromAProposalToAContract(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		id := m.must(m.propose(m.university, &m.result, &m.need)).ID
		asked := m.introduction(m.firm.Actor, id)
		if asked.State != deals.Proposed || asked.From.Name != "盛北理工大学" || asked.ToID != m.firm.org || asked.AnswerDue != when.MustDay("2026-03-24") {
			m.Errorf("proposed: %+v", asked)
		}
		if accepted := m.must(m.deals.Accept(ctx, m.firm.Call, id, 1)); accepted.ID != id {
			m.Errorf("accepting tells of %s, not of the introduction", accepted.ID)
		}
		deal := *m.introduction(m.university.Actor, id).DealID
		for i, step := range []struct {
			by   side
			to   deals.Stage
			note string
		}{
			{m.university, deals.StageContacting, "电话沟通工况"},
			{m.firm, deals.StageNegotiating, "到校看样机"},
			{m.university, deals.StageAgreed, "价格一百二十万元"},
			{m.firm, deals.StageAgreed, "同意"},
		} {
			m.must(m.deals.Advance(ctx, step.by.Call, deal, int64(i+1), deals.Progress{Stage: step.to, Note: step.note}))
		}
		m.refused(fault.WrongState)(m.deals.Advance(ctx, m.firm.Call, deal, 5, deals.Progress{Stage: deals.StageContracted}))
		m.must(m.contract(m.university, deal))

		d := m.deal(deal)
		var log []string
		for _, s := range d.Steps {
			log = append(log, string(s.Stage)+" "+s.Note)
		}
		want := []string{"lead 对接获同意，建立撮合项目。", "contacting 电话沟通工况", "negotiating 到校看样机", "negotiating 价格一百二十万元", "agreed 同意", "contracted 技术合同已提交登记。"}
		if strings.Join(log, "\n") != strings.Join(want, "\n") {
			m.Errorf("log:\n%s", strings.Join(log, "\n"))
		}
		if d.SupplierID != m.university.org || d.DemanderID != m.firm.org || d.Supplier.Name != "盛北理工大学" || d.ContractID == nil || d.Version != 6 {
			m.Errorf("deal: %+v", d)
		}
		told := []string{"introduction.propose", "introduction.answer", "deal.open", "deal.advance", "deal.advance", "deal.advance", "deal.advance", "deal.advance"}
		if got := m.told(id, deal); !slices.Equal(got, told) {
			m.Errorf("others are told of %v, want %v", got, told)
		}
	})
}

func TestADealWhoseContractIsRefusedIsAgreedAgain(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		deal := m.agreed()
		m.refused(fault.WrongState)(m.reopened(deal)) // there is no contract yet
		m.must(m.contract(m.university, deal))
		m.must(m.reopened(deal))
		if d := m.deal(deal); d.Stage != deals.StageAgreed || d.ContractID != nil || d.Steps[len(d.Steps)-1].Note != "技术合同未予登记，可修改后另行提交。" {
			m.Errorf("reopened: %+v", d)
		}
		m.must(m.contract(m.university, deal)) // another takes its place
	})
}

func TestWhoSuppliesFollowsFromWhatIsNamed(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		for _, row := range []struct {
			name         string
			from, to     side
			result, need *uuid.UUID
			supplier     side
		}{
			{"the owner of the result proposes", m.university, m.firm, &m.result, &m.need, m.university},
			{"the owner of the need proposes", m.firm, m.university, &m.result, &m.need, m.university},
			{"somebody wants a result", m.bystander, m.university, &m.result, nil, m.university},
			{"somebody offers to meet a need", m.bystander, m.firm, nil, &m.need, m.bystander},
		} {
			id := m.must(m.propose(row.from, row.result, row.need)).ID
			m.must(m.deals.Accept(m.Context(), row.to.Call, id, 1))
			i := m.introduction(row.to.Actor, id)
			d := m.deal(*i.DealID)
			demander := row.from.org
			if demander == row.supplier.org {
				demander = row.to.org
			}
			if d.SupplierID != row.supplier.org || d.DemanderID != demander || *d.IntroductionID != id {
				m.Errorf("%s: %+v", row.name, d.Deal)
			}
			m.must(m.deals.Advance(m.Context(), row.from.Call, d.ID, 1, deals.Progress{Stage: deals.StageLost, Note: "只为试验"})) // it makes room for the next
		}
	})
}

func TestADealIsTheTwoSidesBusiness(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		deal := m.accepted()
		m.refused(fault.NotVisible)(m.deals.Advance(ctx, m.bystander.Call, deal, 1, deals.Progress{Stage: deals.StageContacting}))
		m.refused(fault.NotAllowed)(m.deals.Advance(ctx, m.operator, deal, 1, deals.Progress{Stage: deals.StageContacting}))
		m.refused(fault.VersionStale)(m.deals.Advance(ctx, m.firm.Call, deal, 2, deals.Progress{Stage: deals.StageContacting}))
		m.refused(fault.WrongState)(m.deals.Advance(ctx, m.firm.Call, deal, 1, deals.Progress{Stage: deals.StageAgreed}))
		m.refused(fault.InvalidInput)(m.deals.Advance(ctx, m.firm.Call, deal, 1, deals.Progress{Stage: deals.StageLost}))
		_, err := m.deals.GetDeal(ctx, m.bystander.Actor, deal)
		m.refused(fault.NotVisible)(nil, err)

		m.must(m.deals.Advance(ctx, m.firm.Call, deal, 1, deals.Progress{Stage: deals.StageLost, Note: "已选用其他方案"}))
		if d := m.deal(deal); d.LostReason != "已选用其他方案" || len(d.Steps) != 2 || d.Steps[1].Stage != deals.StageLost {
			m.Errorf("lost: %+v", d)
		}
		m.refused(fault.DealNotAgreed)(m.contract(m.university, deal))
	})
}

func TestAContractSeesTheDealsOfItsOwnSides(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		deal := m.accepted()
		load := func(s side) (d *deals.Deal, err error) {
			_, err = m.Unit.Do(m.Context(), s.Call, func(tx *work.Tx) error {
				d, err = deals.LoadForContract(tx, deal)
				return err
			})
			return d, err
		}
		d, err := load(m.university)
		if m.Must(err); d.SupplierID != m.university.org || d.DemanderID != m.firm.org {
			m.Errorf("loaded: %+v", d)
		}
		_, err = load(m.bystander)
		m.refused(fault.NotVisible)(nil, err)
		m.refused(fault.DealNotAgreed)(m.contract(m.university, deal)) // a lead is no agreement
	})
}

func TestListsBelongToTheirOrganization(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		m.accepted()
		m.must(m.propose(m.bystander, &m.result, nil))
		for _, row := range []struct {
			name                 string
			actor                policy.Actor
			of                   side
			state                deals.State
			stage                deals.Stage
			introductions, deals int
		}{
			{"the side that proposed one and was asked for another", m.university.Actor, m.university, "", "", 2, 1},
			{"one of the two, by state", m.university.Actor, m.university, deals.Accepted, deals.StageLead, 1, 1},
			{"none in that state", m.university.Actor, m.university, deals.Declined, deals.StageLost, 0, 0},
			{"the side that accepted", m.firm.Actor, m.firm, "", "", 1, 1},
			{"the operator asks for anyone's", m.operator.Actor, m.bystander, "", "", 1, 0},
		} {
			is, err := m.deals.ListIntroductions(ctx, row.actor, deals.IntroductionFilter{Organization: row.of.org, State: row.state}, db.Paging{Limit: 20})
			m.Must(err)
			ds, err := m.deals.ListDeals(ctx, row.actor, deals.DealFilter{Organization: row.of.org, Stage: row.stage}, db.Paging{Limit: 20})
			m.Must(err)
			if len(is.Items) != row.introductions || len(ds.Items) != row.deals {
				m.Errorf("%s: %d introductions, %d deals", row.name, len(is.Items), len(ds.Items))
			}
		}
		_, err := m.deals.ListIntroductions(ctx, m.firm.Actor, deals.IntroductionFilter{Organization: m.university.org}, db.Paging{Limit: 20})
		m.refused(fault.NotAllowed)(nil, err)
		_, err = m.deals.ListDeals(ctx, m.firm.Actor, deals.DealFilter{Organization: m.university.org}, db.Paging{Limit: 20})
		m.refused(fault.NotAllowed)(nil, err)
	})
}

func TestOneOfTwoContractsFiledAtOnceTakesTheDeal(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		deal := m.agreed()
		outcomes := together(8, func() error { _, err := m.contract(m.university, deal); return err })
		if n := count(m, outcomes, fault.DealHasContract); n != 1 {
			m.Errorf("%d of 8 contracts took the deal", n)
		}
	})
}

func TestListsShowWhatCheckAllows(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m := setUp(c)
		m.accepted()
		m.must(m.propose(m.bystander, &m.result, nil))
		m.must(m.propose(m.firm, &m.result, nil))
		for i := range 4 {
			result := m.published(m.university, fmt.Sprintf("第%d号装置", i))
			by := []side{m.bystander, m.firm}[i%2]
			id := m.must(m.propose(by, &result, nil)).ID
			m.must(m.deals.Accept(c.Context(), m.university.Call, id, 1))
		}
		m.awarded(deals.Award{Challenge: work.NewID(), Title: "喷涂废气近零排放", Poster: m.bystander.org, Winner: m.university.org})
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, deals.Introductions)
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, deals.Deals)
	})
}

func TestAPageTakesAFewQueriesHoweverLongItIs(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		const many = 6
		for i := range many {
			result := m.published(m.university, fmt.Sprintf("第%d号装置", i))
			id := m.must(m.propose(m.university, &result, &m.need)).ID
			m.must(m.deals.Accept(ctx, m.firm.Call, id, 1))
		}
		queries := 0
		err := m.DB.Reader.Callback().Query().After("gorm:query").Register("count", func(*gorm.DB) { queries++ })
		m.Must(err)
		is, err := m.deals.ListIntroductions(ctx, m.firm.Actor, deals.IntroductionFilter{Organization: m.firm.org}, db.Paging{Limit: 20})
		m.Must(err)
		if len(is.Items) != many || is.Items[0].Contacts == nil || queries != 7 { // the page, the names, the contacts, those that results and needs name, the deals, and who proposed and answered
			m.Errorf("%d introductions in %d queries", len(is.Items), queries)
		}
		queries = 0
		ds, err := m.deals.ListDeals(ctx, m.firm.Actor, deals.DealFilter{Organization: m.firm.org}, db.Paging{Limit: 20})
		m.Must(err)
		if len(ds.Items) != many || len(ds.Items[0].Steps) != 1 || queries != 6 { // the page, the names, who of them is a public institution, the results, the needs, who took the steps; and the logs by hand
			m.Errorf("%d deals in %d queries", len(ds.Items), queries)
		}
	})
}

// together runs fn n times at once.
func together(n int, fn func() error) []error {
	out := make([]error, n)
	var all sync.WaitGroup
	for i := range out {
		all.Go(func() { out[i] = fn() })
	}
	all.Wait()
	return out
}

// count tells how many went through; all others must have been refused for the one reason.
func count(m *market, outcomes []error, otherwise fault.Definition) int {
	m.Helper()
	n := 0
	for _, err := range outcomes {
		switch {
		case err == nil:
			n++
		case !otherwise.Of(err):
			m.Errorf("refused with %v, want %s", err, otherwise.Code)
		}
	}
	return n
}
