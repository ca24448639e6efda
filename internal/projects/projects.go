package projects

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/challenges"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type (
	// Sums is the money of a project.
	Sums struct {
		Paid money.Fen // by the poster, less what it took back
		// Received is what was paid on the contract in all, be it by others on the poster's behalf.
		Received money.Fen
		Granted  money.Fen // by the bureau, less what came back
		Ceiling  money.Fen // what the bureau may have granted at most by what the poster has paid
		Excess   money.Fen // what it granted beyond that, since the poster took money back
	}
	// View is a project as who may read it sees it.
	View struct {
		Project
		Winner, Poster orgs.Ref
		Contract       *uuid.UUID      // once there is one
		Signed         contracts.Brief // what the contract is called, for who may read it
		Milestones     []MilestoneView
		Findings       []Finding
		Sums           Sums
		Late           int                           // milestones whose day went by
		People         map[uuid.UUID]accounts.Person // who wrote in it
		work.Acts
	}
	// Answer is the outcome of changing a project.
	Answer = work.Answer[View]
	// Service runs the use cases about projects.
	Service struct{ unit *work.Unit }
)

// New gives the use cases about projects.
func New(unit *work.Unit) *Service {
	s := &Service{unit}
	unit.Knows("projects", fault.UnknownRecord, s.records().Known)
	unit.Knows("milestones", fault.UnknownRecord, milestones.Known)
	return s
}

// acts are the operations on a project.
func acts() []work.Act[*Project, View] {
	unsigned := func(p *Project, _ *View) error { return p.unsigned() }
	waits := func(p *Project, _ *View) error {
		if winner, poster := p.awaits(); !winner && !poster {
			return fault.WrongState.New()
		}
		return p.unsigned()
	}
	out := []work.Act[*Project, View]{
		{Operation: "proposeDeviation", Action: policy.ProjectDeviate, When: unsigned},
		{Operation: "agreeDeviation", Action: policy.ProjectDeviate, When: waits, Facts: func(f policy.Facts, v *View) policy.Facts {
			winner, poster := v.awaits()
			if !winner {
				f.Owner = uuid.Nil
			}
			if !poster {
				f.Others = nil
			}
			return f
		}},
		{Operation: "endDeviation", Action: policy.ProjectDeviate, When: waits},
		{Operation: "draftPledge", Action: policy.ProjectPledge, When: unsigned},
		{Operation: "nameProjectExperts", Action: policy.ProjectExperts, When: func(p *Project, _ *View) error { return work.In(p.State, Pledging, Running) }},
		{Operation: "checkTarget", Action: policy.ProjectCheck, When: func(p *Project, _ *View) error { return work.In(p.State, Running) }},
		{Operation: "recordRecovery", Action: policy.ProjectRecover, When: func(p *Project, _ *View) error {
			if p.State != Failed || p.Outcome.Recovered == p.Outcome.Recovery {
				return fault.WrongState.New()
			}
			return nil
		}},
	}
	for _, s := range Steps {
		if s.Operation == "" {
			continue
		}
		when := func(p *Project, _ *View) error { return Steps.In(p.State, s.Name) }
		if s.To == Running {
			when = func(p *Project, v *View) error { return p.sign(s.Name, uuid.Nil, v.UpdatedAt) }
		}
		out = append(out, work.Act[*Project, View]{Operation: s.Operation, Action: s.Action, When: when})
	}
	return out
}

// records is how projects are read and written.
func (s *Service) records() work.Records[Project, *Project, View] {
	return work.Records[Project, *Project, View]{
		Read: policy.ProjectRead, Show: s.show, Acts: acts(), Joined: true,
		Columns: work.Columns{
			string(policy.Member): "winner_id IN ?", string(policy.Counterpart): "poster_id IN ?",
			string(policy.Adviser): "id IN (SELECT project_id FROM project_experts WHERE account_id IN ?)",
		},
	}
}

// show tells projects: one query for each thing that stands beside them.
func (s *Service) show(q *gorm.DB, reader policy.Actor, rows []Project) ([]View, error) {
	out := make([]View, len(rows))
	ids, rounds, standings := make([]uuid.UUID, len(rows)), make([]uuid.UUID, len(rows)), make([]orgs.Standing, 0, 2*len(rows))
	var who []uuid.UUID
	for i := range rows {
		p := &rows[i]
		ids[i], rounds[i] = p.ID, p.RoundID
		standings = append(standings, orgs.Standing{Organization: p.WinnerID}, orgs.Standing{Organization: p.PosterID})
		who = append(who, p.wrote()...)
	}
	refs, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	sums, contract, err := moneyOf(q, rows)
	if err != nil {
		return nil, err
	}
	of, err := milestonesOf(q, reader, ids)
	if err != nil {
		return nil, err
	}
	people := map[uuid.UUID]accounts.Person{}
	if len(who) > 0 {
		if people, err = accounts.People(q, who); err != nil {
			return nil, err
		}
	}
	briefs, err := contracts.BriefsFor(q, reader, slices.Collect(maps.Values(contract)))
	if err != nil {
		return nil, err
	}
	for i, p := range rows {
		v := View{Project: p, Winner: refs[2*i], Poster: refs[2*i+1], Milestones: of[p.ID], Findings: p.findings(), Sums: sums[p.ID], People: people}
		if id, there := contract[p.ID]; there {
			v.Contract, v.Signed = &id, briefs[id]
		}
		for _, m := range v.Milestones {
			if m.Late && !p.State.over() {
				v.Late++
			}
		}
		out[i] = v
	}
	return out, nil
}

// wrote are the people whom a project names.
func (p *Project) wrote() []uuid.UUID {
	out := append([]uuid.UUID{}, p.Experts...)
	for _, by := range []*uuid.UUID{p.Pledge.WinnerBy, p.Pledge.PosterBy} {
		if by != nil {
			out = append(out, *by)
		}
	}
	for _, d := range p.Deviations {
		if d.EndedBy != nil {
			out = append(out, *d.EndedBy)
		}
	}
	for _, c := range p.Checks {
		out = append(out, c.Expert)
	}
	return out
}

// moneyOf sums up the money of projects, and tells their contracts.
func moneyOf(q *gorm.DB, rows []Project) (map[uuid.UUID]Sums, map[uuid.UUID]uuid.UUID, error) {
	var ids, deal, rounds []uuid.UUID
	for _, p := range rows {
		ids, rounds = append(ids, p.ID), append(rounds, p.RoundID)
		if p.DealID != nil {
			deal = append(deal, *p.DealID)
		}
	}
	contract, err := contractsOf(q, rows, deal)
	if err != nil {
		return nil, nil, err
	}
	var signed []uuid.UUID
	for _, id := range contract {
		signed = append(signed, id)
	}
	paid, err := contracts.Paid(q, signed)
	if err != nil {
		return nil, nil, err
	}
	granted, err := programmes.Granted(q, ids)
	if err != nil {
		return nil, nil, err
	}
	of, err := programmes.Of(q, rounds)
	out := make(map[uuid.UUID]Sums, len(rows))
	for _, p := range rows {
		sum := Sums{Granted: granted[p.ID]}
		if id, there := contract[p.ID]; there {
			sum.Paid, sum.Received = paid[id].FromBuyer, paid[id].Total
		}
		sum.Ceiling = programmes.Ceiling(sum.Paid, of[p.RoundID].Rules.GrantShare, p.GrantMost)
		sum.Excess = max(sum.Granted-sum.Ceiling, 0)
		out[p.ID] = sum
	}
	return out, contract, err
}

// contractsOf are the contracts that deals of projects led to, by project.
func contractsOf(q *gorm.DB, rows []Project, ids []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	out := map[uuid.UUID]uuid.UUID{}
	if len(ids) == 0 {
		return out, nil
	}
	found, err := work.ByIDs[deals.Deal](q, ids)
	for _, d := range found {
		for _, p := range rows {
			if p.DealID != nil && *p.DealID == d.ID && d.ContractID != nil {
				out[p.ID] = *d.ContractID
			}
		}
	}
	return out, err
}

// Stage is one milestone as the award has it.
type Stage struct {
	Title  string
	DueOn  when.Day
	Amount money.Fen
}

// Opening is what a project takes of an award.
type Opening struct {
	Award, Challenge, Winner uuid.UUID
	Deal                     *uuid.UUID
	Agreed, GrantMost        money.Fen
	Stages                   []Stage
}

const opened work.Deed = "project.open"

// Open makes the project of an award; once more for the same award does nothing.
func Open(tx *work.Tx, in Opening) (*Project, error) {
	c, err := work.Load[challenges.Challenge](db.ForUpdate(tx.DB), in.Challenge)
	if err != nil {
		return nil, err
	}
	var there []Project
	if err := tx.Where("award_id = ?", in.Award).Limit(1).Find(&there).Error; err != nil {
		return nil, err
	}
	if len(there) > 0 {
		return &there[0], nil
	}
	p := &Project{
		Head: tx.NewHead(), ChallengeID: c.ID, AwardID: in.Award, RoundID: c.RoundID, WinnerID: in.Winner, PosterID: c.OwnerID, DealID: in.Deal, Title: c.Title,
		State: Pledging, Agreed: in.Agreed, GrantMost: in.GrantMost, Bottleneck: c.Bottleneck, Targets: c.Indicators, Deviations: []Deviation{}, Experts: []uuid.UUID{}, Checks: []Check{},
	}
	if err := work.Insert(tx, opened, p); err != nil {
		return nil, err
	}
	var rows []*Milestone
	for i, st := range in.Stages {
		rows = append(rows, &Milestone{Head: tx.NewHead(), ProjectID: p.ID, Nth: i + 1, Title: st.Title, DueOn: st.DueOn, Amount: st.Amount, State: Planned})
	}
	if len(rows) == 0 {
		return p, nil
	}
	if err := work.InsertAll(tx, planned, rows); err != nil {
		return nil, err
	}
	for _, m := range rows {
		if err := jobs.At(tx, lateness, m.ID, m.DueOn.End()); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Get reads one project.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return s.records().Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of projects; empty fields do not.
type Filter struct {
	Challenge uuid.UUID `query:"challenge_id" where:"challenge_id = ?" of:"challenges"`
	Round     uuid.UUID `query:"round_id" where:"round_id = ?" of:"rounds"`
	Winner    uuid.UUID `query:"winner_id" where:"winner_id = ?" of:"organizations"`
	Poster    uuid.UUID `query:"poster_id" where:"poster_id = ?" of:"organizations"`
	State     State     `query:"state" where:"state = ?"`
}

// List lists projects: to operators all, to others those of either side and those that they check.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return s.records().List(ctx, s.unit, reader, f, p)
}
