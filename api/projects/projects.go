// Package projects is the HTTP edge of what follows an award: the routes of projects, milestones and grants, and the translation between the
// API's types and theirs.
package projects

import (
	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/money"
	"jiebang/internal/programmes"
	"jiebang/internal/projects"
)

// Routes hangs the operations on projects on the edge.
func Routes(e *edge.Edge, s *projects.Service, p *programmes.Service) {
	project := edge.Kind[projects.View, wire.Project]{Path: "/v1/projects", Get: s.Get, Wire: written}
	edge.Read(e, "getProject", project)
	edge.List(e, "listProjects", project, s.List)
	edge.Decide(e, "proposeDeviation", project, deviation, s.ProposeDeviation)
	edge.Decide(e, "agreeDeviation", project, func(b *wire.DeviationAgreement) (uuid.UUID, error) { return b.DeviationId, nil }, s.AgreeDeviation)
	edge.Decide(e, "endDeviation", project, deviationEnd, s.EndDeviation)
	edge.Decide(e, "draftPledge", project, pledge, s.DraftPledge)
	edge.Change(e, "signProject", project, s.Sign)
	edge.Change(e, "countersignProject", project, s.Countersign)
	edge.Decide(e, "eliminateProject", project, wire.Reason, s.Eliminate)
	edge.Decide(e, "withdrawProject", project, wire.Reason, s.Withdraw)
	edge.Decide(e, "nameProjectExperts", project, func(b *wire.ProjectExpertsInput) ([]string, error) { return b.Experts, nil }, s.NameExperts)
	edge.Decide(e, "checkTarget", project, check, s.CheckTarget)
	edge.Decide(e, "acceptProject", project, acceptance, s.Accept)
	edge.Decide(e, "failProject", project, failure, s.Fail)
	edge.Decide(e, "recordRecovery", project, func(b *wire.RecoveryInput) (money.Fen, error) { return wire.Fen(b.Amount, "/amount") }, s.RecordRecovery)

	milestone := edge.Kind[projects.MilestoneView, wire.Milestone]{Path: "/v1/milestones", Get: s.GetMilestone, Wire: writtenMilestone}
	edge.Read(e, "getMilestone", milestone)
	edge.Decide(e, "submitMilestone", milestone, func(b *wire.MilestoneEvidence) (string, error) { return b.Evidence, nil }, s.SubmitMilestone)
	edge.Change(e, "withdrawMilestone", milestone, s.WithdrawMilestone)
	edge.Change(e, "acceptMilestone", milestone, s.AcceptMilestone)
	edge.Decide(e, "returnMilestone", milestone, wire.Reason, s.ReturnMilestone)
	edge.CreateUnder(e, "payMilestone", milestone, payment, s.Pay)

	grant := edge.Kind[programmes.GrantView, wire.Grant]{Path: "/v1/grants", Get: p.GetGrant, Wire: writtenGrant}
	edge.CreateUnder(e, "grantMilestone", grant, grantInput, s.Grant)
	edge.Read(e, "getGrant", grant)
	edge.List(e, "listGrants", grant, p.ListGrants)
	edge.CreateUnder(e, "reverseGrant", grant, reversal, p.ReverseGrant)
	figureRoutes(e, s)
}

func deviation(b *wire.DeviationInput) (projects.DeviationInput, error) {
	return projects.DeviationInput{Indicator: b.Indicator, Value: b.Value, Upper: wire.Text(b.Upper), Reason: b.Reason}, nil
}

func deviationEnd(b *wire.DeviationEnd) (projects.EndInput, error) {
	return projects.EndInput{Deviation: b.DeviationId, Reason: wire.Value(b.Reason)}, nil
}

func pledge(b *wire.PledgeInput) (projects.PledgeInput, error) {
	return projects.PledgeInput{EndsOn: wire.DayOf(b.EndsOn), BarredYears: b.BarredYears, Consequences: b.Consequences}, nil
}

func check(b *wire.TargetCheckInput) (projects.CheckInput, error) {
	return projects.CheckInput{Indicator: b.Indicator, Measured: b.Measured, Met: b.Met, Evidence: b.Evidence, Reason: wire.Value(b.Reason)}, nil
}

func acceptance(b *wire.ProjectAcceptance) (projects.AcceptInput, error) {
	return projects.AcceptInput{
		Reason: b.Reason, Level: wire.Text(b.Level), Solved: wire.Value(b.Solved), Result: b.ResultId, EndsOthers: wire.Value(b.EndsOthers),
	}, nil
}

func failure(b *wire.ProjectFailure) (projects.FailInput, error) {
	in := projects.FailInput{Reason: b.Reason, WithFault: b.WithFault, RecoveryDue: wire.OptionalDay(b.RecoveryDue)}
	if b.Recovery == nil {
		return in, nil
	}
	var err error
	in.Recovery, err = wire.Fen(*b.Recovery, "/recovery")
	return in, err
}

func payment(b *wire.MilestonePayment) (projects.PayInput, error) {
	amount, err := wire.Fen(b.Amount, "/amount")
	return projects.PayInput{Amount: amount, PaidOn: wire.DayOf(b.PaidOn), Advance: wire.Value(b.Advance), ExternalID: wire.Value(b.ExternalId), Note: wire.Value(b.Note)}, err
}

func grantInput(b *wire.BureauGrantInput) (programmes.GrantInput, error) {
	amount, err := wire.Fen(b.Amount, "/amount")
	return programmes.GrantInput{Amount: amount, PaidOn: wire.DayOf(b.PaidOn), Note: wire.Value(b.Note)}, err
}

func reversal(b *wire.GrantReversalInput) (programmes.GrantReversal, error) {
	amount, err := wire.Fen(b.Amount, "/amount")
	return programmes.GrantReversal{Amount: amount, PaidOn: wire.DayOf(b.PaidOn), Note: b.Note}, err
}

func written(v *projects.View) wire.Project {
	w := wire.Project{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, ChallengeId: v.ChallengeID, RoundId: v.RoundID, DealId: v.DealID, ContractId: v.Contract, ContractNumber: wire.Some(v.Signed.Number), ContractTitle: wire.Some(v.Signed.Title), Title: v.Title,
		State: wire.ProjectState(v.State), StateName: v.State.Text().ZH, Winner: wire.RefOf(v.Winner), Poster: wire.RefOf(v.Poster),
		Targets: make([]wire.ProjectTarget, len(v.Findings)), Deviations: make([]wire.Deviation, len(v.Deviations)), Experts: make([]string, len(v.Experts)),
		Checks: make([]wire.TargetCheck, len(v.Checks)), Milestones: make([]wire.Milestone, len(v.Milestones)), LateMilestones: v.Late,
		Money: wire.ProjectMoney{
			Agreed: wire.MoneyOf(v.Agreed), GrantMost: wire.MoneyOf(v.GrantMost), Paid: wire.MoneyOf(v.Sums.Paid), Granted: wire.MoneyOf(v.Sums.Granted),
			GrantCeiling: wire.MoneyOf(v.Sums.Ceiling), Excess: wire.MoneyOf(v.Sums.Excess),
		},
		Pledge: writtenPledge(v), Outcome: outcome(v), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	for i, f := range v.Findings {
		t := f.Target
		w.Targets[i] = wire.ProjectTarget{Checked: f.Checked, Indicator: wire.ChallengeIndicator{
			Name: t.Name, Unit: wire.Some(t.Unit), Comparison: wire.Some(wire.IndicatorComparison(t.Comparison)), Value: wire.Some(t.Value), Upper: wire.Some(t.Upper), Method: wire.Some(t.Method),
		}}
		if f.Checked > 0 {
			w.Targets[i].Met = &f.Met
		}
	}
	for i, d := range v.Deviations {
		w.Deviations[i] = wire.Deviation{
			Id: d.ID, Indicator: d.Indicator, Value: d.Value, Upper: wire.Some(d.Upper), Reason: d.Reason, ByPoster: d.ByPoster, State: wire.DeviationState(d.State()), ProposedAt: d.ProposedAt,
			AgreedAt: d.AgreedAt, EndedAt: d.EndedAt, EndReason: wire.Some(d.EndReason),
		}
		if d.EndedBy != nil {
			w.Deviations[i].EndedBy = wire.Some(v.People[*d.EndedBy].Name)
		}
	}
	for i, id := range v.Experts {
		w.Experts[i] = v.People[id].Name
	}
	for i, c := range v.Checks {
		w.Checks[i] = wire.TargetCheck{
			Expert: wire.Some(v.People[c.Expert].Name), Indicator: c.Indicator, Measured: c.Measured, Met: c.Met, Evidence: c.Evidence, Reason: wire.Some(c.Reason), CheckedAt: c.At,
		}
	}
	for i := range v.Milestones {
		w.Milestones[i] = writtenMilestone(&v.Milestones[i])
	}
	return w
}

func writtenPledge(v *projects.View) *wire.Pledge {
	p := v.Pledge
	if p.Text == "" {
		return nil
	}
	w := &wire.Pledge{Text: p.Text, EndsOn: wire.DateOf(p.EndsOn), BarredYears: p.BarredYears, WinnerSignedAt: p.WinnerAt, PosterSignedAt: p.PosterAt}
	if p.WinnerBy != nil {
		w.WinnerSignedBy = wire.Some(v.People[*p.WinnerBy].Name)
	}
	if p.PosterBy != nil {
		w.PosterSignedBy = wire.Some(v.People[*p.PosterBy].Name)
	}
	return w
}

func outcome(v *projects.View) *wire.ProjectOutcome {
	if v.EndedAt == nil {
		return nil
	}
	o := v.Outcome
	w := &wire.ProjectOutcome{Reason: wire.Some(o.Reason), Level: wire.Some(wire.SolutionLevel(o.Level)), ResultId: o.ResultID, EndedAt: v.EndedAt}
	switch v.State {
	case projects.Accepted:
		w.Solved = &o.Solved
	case projects.Failed:
		w.WithFault = &o.WithFault
	}
	if o.Recovery > 0 {
		w.Recovery, w.RecoveryDue, w.Recovered = wire.Ptr(wire.MoneyOf(o.Recovery)), wire.OptionalDate(o.RecoveryDue), wire.Ptr(wire.MoneyOf(o.Recovered))
	}
	return w
}

func writtenMilestone(m *projects.MilestoneView) wire.Milestone {
	return wire.Milestone{
		Actions: wire.ActionsOf(m.Acts), Id: m.ID, Version: m.Version, ProjectId: m.ProjectID, Nth: m.Nth, Title: m.Title, DueOn: wire.DateOf(m.DueOn), Amount: wire.MoneyOf(m.Amount),
		State: wire.MilestoneState(m.State), StateName: m.State.Text().ZH, Late: m.Late, Evidence: wire.Some(m.Evidence), SubmittedAt: m.SubmittedAt, Reason: wire.Some(m.Reason),
		JudgedAt: m.JudgedAt, Paid: wire.MoneyOf(m.Paid), Granted: wire.MoneyOf(m.Granted), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}

func writtenGrant(g *programmes.GrantView) wire.Grant {
	w := wire.Grant{
		Actions: wire.ActionsOf(g.Acts), Id: g.ID, Version: g.Version, RoundId: g.RoundID, ProjectId: g.ProjectID, MilestoneId: g.MilestoneID, Amount: wire.MoneyOf(g.Amount),
		Reverses: g.Reverses, PaidOn: wire.DateOf(g.PaidOn), Note: wire.Some(g.Note), RecordedBy: wire.SomePerson(g.RecordedBy), CreatedAt: g.CreatedAt,
	}
	if g.Reverses == nil {
		w.Left = wire.Ptr(wire.MoneyOf(g.Left))
	}
	return w
}
