package demo

import (
	"fmt"

	"github.com/google/uuid"

	"jiebang/internal/challenges"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/money"
	"jiebang/internal/programmes"
	"jiebang/internal/projects"
	"jiebang/internal/when"
)

// The days of what follows an award, from the challenge's draft on.
const (
	dayPledge, dayAnswer, dayContract = dayAward + 6, dayAward + 8, dayAward + 20
	dayReached, dayPaid               = dayAward + 80, dayAward + 85
	dayFinal                          = dayAward + 150
	dayFirstDue, daySecondDue         = dayReached + 10, dayFinal + 10 // of the milestones
)

// project is what one winner does, and what the story needs to know of it.
type project struct {
	*seeder
	c  challenge
	id uuid.UUID
}

// begin has the projects of what was awarded made, as the background would.
func (s *seeder) begin() error {
	for {
		n, err := s.Relay.Stamp(s)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	for {
		n, err := s.Relay.Step(s, s.Projects.Consumer())
		if err != nil || n == 0 {
			return err
		}
	}
}

// planProject tells what follows the award: the pledge, the contract, the first milestone with its payments, and the end where there is one.
func (s *seeder) planProject(c challenge, challenge *uuid.UUID, step func(day, hour int, what string, do func() error)) {
	p := &project{seeder: s, c: c}
	step(dayPledge, 10, "pledge", func() error {
		if err := p.find(*challenge); err != nil {
			return err
		}
		return p.pledge()
	})
	step(dayContract, 10, "contract", p.contract)
	step(dayReached, 10, "first milestone", func() error { return p.reach(0) })
	step(dayPaid, 10, "first payment", func() error { return p.pay(0) })
	step(dayFinal, 10, "end", p.end)
}

func (p *project) poster() string { return p.editor[p.c.Owner] }
func (p *project) winner() string { return p.editor[p.c.Winners[0]] }

// find finds the project of the challenge's winner.
func (p *project) find(challenge uuid.UUID) error {
	call, err := p.call(p.role["operator"])
	if err != nil {
		return err
	}
	page, err := p.Projects.List(p, call.Actor, projects.Filter{Challenge: challenge}, db.Paging{Limit: 2})
	if err != nil {
		return err
	}
	if len(page.Items) != 1 {
		return fmt.Errorf("%d projects of %s", len(page.Items), p.c.Key)
	}
	p.id = page.Items[0].ID
	return nil
}

// now is the project as it is by now.
func (p *project) now() (projects.View, error) {
	call, err := p.call(p.role["operator"])
	if err != nil {
		return projects.View{}, err
	}
	return p.Projects.Get(p, call.Actor, p.id)
}

// then runs use cases on the project one after the other, each at the version by then.
func (p *project) then(steps ...func(v projects.View) error) error {
	for _, do := range steps {
		v, err := p.now()
		if err == nil {
			err = do(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *project) pledge() error {
	return p.then(func(v projects.View) error {
		last := v.Milestones[len(v.Milestones)-1].DueOn
		return decide(p.seeder, p.poster(), p.Projects.DraftPledge, p.id, v.Version, projects.PledgeInput{EndsOn: last, BarredYears: 3, Consequences: "逾期未达到节点的，发榜方有权暂停支付后续经费，并要求限期整改。"})
	}, func(v projects.View) error {
		return change(p.seeder, p.winner(), p.Projects.Sign, p.id, v.Version)
	}, func(v projects.View) error {
		return change(p.seeder, p.poster(), p.Projects.Countersign, p.id, v.Version)
	})
}

// contract has both sides agree, and the contract registered.
func (p *project) contract() error {
	return p.then(func(v projects.View) error {
		for _, by := range []string{p.winner(), p.poster()} {
			call, err := p.call(by)
			if err != nil {
				return err
			}
			deal, err := p.Deals.GetDeal(p, call.Actor, *v.DealID)
			if err != nil {
				return err
			}
			if err := decide(p.seeder, by, p.Deals.Advance, *v.DealID, deal.Version, deals.Progress{Stage: deals.StageAgreed, Note: "按军令状约定签订合同。"}); err != nil {
				return err
			}
		}
		terms, err := p.terms(contract{
			Key: p.c.Key, Title: p.c.Title + "委托开发", Subkind: "commissioned_development", Seller: p.c.Winners[0], Buyer: buyer{Key: p.c.Owner}, Turnover: v.Agreed.String(), Field: p.c.Field,
			Targets: p.c.Targets, Acceptance: "按军令状所列指标逐项测试，验收专家出具意见后双方签署验收单。", Months: 18,
		}, when.DayOf(p.clock.Now()))
		if err != nil {
			return err
		}
		_, err = p.register(contract{Key: p.c.Key, Seller: p.c.Winners[0]}, contracts.Input{Kind: codes.Development, Deal: v.DealID, Terms: terms})
		return err
	})
}

// reach has the nth milestone handed in and accepted.
func (p *project) reach(nth int) error {
	return p.then(func(v projects.View) error {
		m := v.Milestones[nth]
		if err := decide(p.seeder, p.winner(), p.Projects.SubmitMilestone, m.ID, m.Version, "样机照片、测试记录与第三方报告见附件，原始数据可到现场查阅。"); err != nil {
			return err
		}
		return change(p.seeder, p.poster(), p.Projects.AcceptMilestone, m.ID, m.Version+1)
	})
}

// pay has the poster pay its part of the nth milestone, and the bureau what its share of that lets it.
func (p *project) pay(nth int) error {
	today := when.DayOf(p.clock.Now())
	return p.then(func(v projects.View) error {
		m := v.Milestones[nth]
		part := money.Part(m.Amount, int64(v.Agreed), int64(v.Agreed+v.GrantMost))
		_, err := under(p.seeder, p.poster(), p.Projects.Pay, m.ID, projects.PayInput{Amount: part, PaidOn: today, Note: m.Title})
		return err
	}, func(v projects.View) error {
		m := v.Milestones[nth]
		grant := min(m.Amount-m.Paid, v.Sums.Ceiling-v.Sums.Granted)
		_, err := under(p.seeder, p.role["operator"], p.Projects.Grant, m.ID, programmes.GrantInput{Amount: grant, PaidOn: today, Note: m.Title})
		return err
	})
}

// end has experts check each target, and the bureau conclude.
func (p *project) end() error {
	accepted := p.c.Stage == string(challenges.Accepted)
	if accepted {
		if err := p.reach(1); err != nil {
			return err
		}
		if err := p.pay(1); err != nil {
			return err
		}
	}
	experts := p.experts[:3]
	steps := []func(v projects.View) error{func(v projects.View) error {
		return decide(p.seeder, p.role["operator"], p.Projects.NameExperts, p.id, v.Version, experts)
	}}
	for _, e := range experts {
		for _, m := range p.c.Measured {
			steps = append(steps, func(v projects.View) error {
				return decide(p.seeder, e, p.Projects.CheckTarget, p.id, v.Version, projects.CheckInput{Indicator: m.Indicator, Measured: m.Value, Met: m.Met, Evidence: m.Evidence})
			})
		}
	}
	steps = append(steps, func(v projects.View) error {
		if accepted {
			return decide(p.seeder, p.role["operator"], p.Projects.Accept, p.id, v.Version, projects.AcceptInput{Reason: p.c.Reason, Level: p.c.Level, Solved: p.c.Bottleneck})
		}
		return decide(p.seeder, p.role["operator"], p.Projects.Fail, p.id, v.Version, projects.FailInput{Reason: p.c.Reason})
	})
	return p.then(steps...)
}

// answer has everyone who took part answered, with a reason.
func (s *seeder) answer(c challenge, bids map[string]uuid.UUID) error {
	operator, err := s.call(s.role["operator"])
	if err != nil {
		return err
	}
	for _, b := range c.Bids {
		v, err := s.Challenges.GetBid(s, operator.Actor, bids[b.By])
		if err != nil {
			return err
		}
		text := "评审意见一致，拟定榜公示无异议，请按期签署军令状。"
		if v.State != challenges.BidWon {
			text = "方案思路清晰，与中榜方案相比中试数据较少，本次未能入选；欢迎就同一产业链的其他榜题继续揭榜。"
		}
		if err := decide(s, s.role["operator"], s.Challenges.AnswerBid, v.ID, v.Version, text); err != nil {
			return err
		}
	}
	return nil
}
