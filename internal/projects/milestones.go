package projects

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type (
	// MilestoneView is a milestone as who may read its project sees it.
	MilestoneView struct {
		Milestone
		Late          bool
		Paid, Granted money.Fen
		work.Acts
	}
	// MilestoneAnswer is the outcome of changing one.
	MilestoneAnswer = work.Answer[MilestoneView]
	// PayInput is what the poster pays for a milestone.
	PayInput struct {
		Amount     money.Fen
		PaidOn     when.Day
		Advance    bool
		ExternalID string
		Note       string
	}
)

const (
	planned  work.Deed = "milestone.plan"
	late     work.Deed = "milestone.late"
	lateness jobs.Kind = "milestone.late"
)

// running refuses what is done on a milestone of a project that does not run.
func running(q *gorm.DB, m *Milestone) error {
	p, err := work.Load[Project](q, m.ProjectID)
	if err != nil {
		return err
	}
	return work.In(p.State, Running)
}

var milestones = work.Records[Milestone, *Milestone, MilestoneView]{
	Read: policy.MilestoneRead, Show: showMilestones, Joined: true,
	Acts: []work.Act[*Milestone, MilestoneView]{
		{Operation: "submitMilestone", Action: policy.MilestoneSubmit, Asks: running, When: mayTake("submitMilestone")},
		{Operation: "withdrawMilestone", Action: policy.MilestoneBack, Asks: running, When: mayTake("withdrawMilestone")},
		{Operation: "acceptMilestone", Action: policy.MilestoneJudge, Asks: running, When: mayTake("acceptMilestone")},
		{Operation: "returnMilestone", Action: policy.MilestoneJudge, Asks: running, When: mayTake("returnMilestone")},
		{Operation: "payMilestone", Action: policy.MilestonePay, Asks: payable, When: func(m *Milestone, v *MilestoneView) error { return v.room() }},
		{Operation: "grantMilestone", Action: policy.GrantPay, Asks: payable, When: func(m *Milestone, v *MilestoneView) error { return v.room() }},
	},
}

// room refuses to pay for what was paid in whole.
func (v *MilestoneView) room() error {
	if v.Paid+v.Granted >= v.Amount {
		return fault.PaysTooMuch.New()
	}
	return nil
}

// payable refuses money on a milestone of a project that never ran.
func payable(q *gorm.DB, m *Milestone) error {
	p, err := work.Load[Project](q, m.ProjectID)
	if err != nil {
		return err
	}
	return p.payable()
}

// MilestoneKind is how files hang on milestones: as evidence, for both sides, the bureau and the experts.
var MilestoneKind = kinds.Of(milestones, kinds.Kind{
	ZH: "节点", Path: "/v1/milestones", Inner: policy.MilestoneRead, Edit: policy.MilestoneSubmit,
	Hangs: func(r work.Record, public bool) error {
		if public {
			return fault.WrongState.New()
		}
		return MilestoneWays.In(r.(*Milestone).State, "submitMilestone")
	},
})

func showMilestones(q *gorm.DB, _ policy.Actor, rows []Milestone) ([]MilestoneView, error) {
	ids := make([]uuid.UUID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	paid, err := contracts.PaidFor(q, ids)
	if err != nil {
		return nil, err
	}
	granted, err := programmes.GrantedFor(q, ids)
	if err != nil {
		return nil, err
	}
	today := db.DayOf(q)
	out := make([]MilestoneView, len(rows))
	for i, m := range rows {
		out[i] = MilestoneView{Milestone: m, Late: m.late(today), Paid: paid[m.ID].Total, Granted: granted[m.ID]}
	}
	return out, nil
}

// plannedOf are the milestones of projects in their order.
func plannedOf(q *gorm.DB, projects []uuid.UUID) ([]Milestone, error) {
	var rows []Milestone
	err := q.Where("project_id IN ?", projects).Order("project_id, nth").Find(&rows).Error
	return rows, err
}

// milestonesOf are the milestones of projects as their readers see them, by project.
func milestonesOf(q *gorm.DB, reader policy.Actor, projects []uuid.UUID) (map[uuid.UUID][]MilestoneView, error) {
	rows, err := plannedOf(q, projects)
	if err != nil {
		return nil, err
	}
	views, err := showMilestones(q, reader, rows)
	out := map[uuid.UUID][]MilestoneView{}
	for _, v := range views {
		out[v.ProjectID] = append(out[v.ProjectID], v)
	}
	return out, err
}

// GetMilestone reads one milestone.
func (s *Service) GetMilestone(ctx context.Context, reader policy.Actor, id uuid.UUID) (MilestoneView, error) {
	return milestones.Get(ctx, s.unit, reader, id)
}

// judged runs a use case on a milestone of a running project.
func (s *Service) judged(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(tx *work.Tx, m *Milestone) error) (MilestoneAnswer, error) {
	return milestones.Change(ctx, s.unit, call, id, version, action, func(tx *work.Tx, m *Milestone) error {
		if err := running(db.ForUpdate(tx.DB), m); err != nil {
			return err
		}
		return method(tx, m)
	})
}

// SubmitMilestone hands its evidence to the poster; by the winner.
func (s *Service) SubmitMilestone(ctx context.Context, call work.Call, id uuid.UUID, version int64, evidence string) (MilestoneAnswer, error) {
	return s.judged(ctx, call, id, version, policy.MilestoneSubmit, func(tx *work.Tx, m *Milestone) error {
		return m.submit(evidence, call.Actor.Account, tx.Now)
	})
}

// WithdrawMilestone takes back what was handed in; by the winner, until the poster has judged it.
func (s *Service) WithdrawMilestone(ctx context.Context, call work.Call, id uuid.UUID, version int64) (MilestoneAnswer, error) {
	return s.judged(ctx, call, id, version, policy.MilestoneBack, func(_ *work.Tx, m *Milestone) error { return m.withdraw() })
}

// AcceptMilestone is the poster's word that it was reached.
func (s *Service) AcceptMilestone(ctx context.Context, call work.Call, id uuid.UUID, version int64) (MilestoneAnswer, error) {
	return s.judged(ctx, call, id, version, policy.MilestoneJudge, func(tx *work.Tx, m *Milestone) error { return m.judge("acceptMilestone", "", tx.Now) })
}

// ReturnMilestone gives it back to be reworked, with a reason.
func (s *Service) ReturnMilestone(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (MilestoneAnswer, error) {
	return s.judged(ctx, call, id, version, policy.MilestoneJudge, func(tx *work.Tx, m *Milestone) error { return m.judge("returnMilestone", reason, tx.Now) })
}

// held loads a milestone and its project, which runs or ran, to pay for it: of two payments at once the second sees the first.
func held(tx *work.Tx, id uuid.UUID, action policy.Action) (*Milestone, *Project, error) {
	m, err := work.Load[Milestone](tx.DB, id)
	if err != nil {
		return nil, nil, err
	}
	p, err := work.Load[Project](db.ForUpdate(tx.DB), m.ProjectID)
	if err != nil {
		return nil, nil, err
	}
	if err := policy.Check(tx.Call.Actor, action, p.Facts()); err != nil {
		return nil, nil, err
	}
	return m, p, p.payable()
}

// Pay records what the poster paid for a milestone: a payment on the contract, never more than was agreed.
func (s *Service) Pay(ctx context.Context, call work.Call, id uuid.UUID, in PayInput) (MilestoneAnswer, error) {
	return milestones.Do(ctx, s.unit, call, func(tx *work.Tx) (*Milestone, error) {
		m, p, err := held(tx, id, policy.MilestonePay)
		if err != nil {
			return nil, err
		}
		sums, contract, err := moneyOf(tx.DB, []Project{*p})
		if err != nil {
			return nil, err
		}
		on, there := contract[p.ID]
		if !there {
			return nil, fault.ContractMissing.New()
		}
		if err := p.mayPay(tx, m, sums[p.ID].Received, in.Amount); err != nil {
			return nil, err
		}
		_, err = contracts.Pay(tx, on, contracts.PaymentInput{
			Amount: in.Amount, PaidOn: in.PaidOn, Payer: contracts.FromBuyer, Advance: in.Advance, Milestone: &m.ID, ExternalID: in.ExternalID, Note: in.Note,
		})
		return m, err
	})
}

// Grant records what the bureau paid for a milestone, within its share of what the poster has paid; by an operator.
func (s *Service) Grant(ctx context.Context, call work.Call, id uuid.UUID, in programmes.GrantInput) (programmes.GrantAnswer, error) {
	return programmes.ShowGrant(ctx, s.unit, call, func(tx *work.Tx) (*programmes.Grant, error) {
		m, p, err := held(tx, id, policy.GrantPay)
		if err != nil {
			return nil, err
		}
		all, _, err := moneyOf(tx.DB, []Project{*p})
		if err != nil {
			return nil, err
		}
		room, err := m.room(tx)
		if err != nil {
			return nil, err
		}
		return programmes.Pay(tx, programmes.GrantTerms{
			Round: p.RoundID, Project: p.ID, Milestone: m.ID, Payee: p.WinnerID, Payer: p.PosterID, Promised: p.GrantMost, Paid: all[p.ID].Paid, Room: room,
		}, in)
	})
}

// Lateness writes down that the day of a milestone went by, so that both sides are told.
func Lateness() jobs.Handler {
	return jobs.Handler{Kind: lateness, Do: func(tx *work.Tx, j jobs.Job) error {
		m, err := milestones.Lock(tx, j.ObjectID)
		if fault.NotVisible.Of(err) {
			return jobs.ErrNothing
		}
		if err != nil {
			return err
		}
		p, err := work.Load[Project](tx.DB, m.ProjectID)
		switch {
		case err != nil:
			return err
		case j.Now.Before(m.DueOn.End()):
			return jobs.Later(m.DueOn.End())
		case p.State.over() || !m.late(when.DayOf(j.Now)) || m.LateSince != nil:
			return jobs.ErrNothing
		}
		return work.Move(tx, m, late, func() error { m.LateSince = &tx.Now; return nil })
	}}
}
