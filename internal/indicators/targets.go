package indicators

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

type (
	// TargetView is a target as one reader may see it: who said so, and why it was refused, is the bureau's affair.
	TargetView struct {
		Target
		Unit           Unit
		By, ApprovedBy *accounts.Person
		work.Acts
	}
	// TargetAnswer is the outcome of writing one.
	TargetAnswer = work.Answer[TargetView]
	// TargetInput is what a target takes.
	TargetInput struct {
		Code string
		Year int
		Scope
		Value      string
		Comparison Comparison
		Source     string
	}
)

var targets = work.Records[Target, *Target, TargetView]{
	Read: policy.TargetRead, Show: showTargets,
	Columns: work.Columns{string(policy.Public): "state IN ('confirmed', 'replaced')"},
	Acts: []work.Act[*Target, TargetView]{
		{Operation: "confirmIndicatorTarget", Action: policy.TargetConfirm, When: func(t *Target, _ *TargetView) error { return work.In(t.State, TargetProposed) }},
		{Operation: "refuseIndicatorTarget", Action: policy.TargetRefuse, When: func(t *Target, _ *TargetView) error { return work.In(t.State, TargetProposed) }},
		{Operation: "withdrawIndicatorTarget", Action: policy.TargetWithdraw, When: func(t *Target, _ *TargetView) error { return t.withdraw() }},
	},
}

func showTargets(q *gorm.DB, reader policy.Actor, rows []Target) ([]TargetView, error) {
	out := make([]TargetView, len(rows))
	var codes []string
	var ids []uuid.UUID
	for i, t := range rows {
		out[i] = TargetView{Target: t}
		codes = append(codes, t.Code)
		if reader.Operator {
			ids = append(ids, t.ProposedBy)
			if t.ConfirmedBy != nil {
				ids = append(ids, *t.ConfirmedBy)
			}
		}
	}
	units, err := unitsOf(q, codes)
	if err != nil {
		return nil, err
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	for i := range out {
		v := &out[i]
		v.Unit = units[v.Code]
		if !reader.Operator {
			v.Reason = ""
			continue
		}
		if p, known := people[v.ProposedBy]; known {
			v.By = &p
		}
		if v.ConfirmedBy != nil {
			if p, known := people[*v.ConfirmedBy]; known {
				v.ApprovedBy = &p
			}
		}
	}
	return out, nil
}

// unitsOf tells what indicators are measured in: one query for all.
func unitsOf(q *gorm.DB, codes []string) (map[string]Unit, error) {
	out := map[string]Unit{}
	if len(codes) == 0 {
		return out, nil
	}
	var rows []Definition
	err := q.Select("code", "unit").Where("code IN ?", codes).Find(&rows).Error
	for _, d := range rows {
		out[d.Code] = d.Unit
	}
	return out, err
}

func inBody(name string) string { return "/" + name }

// ProposeTarget says what an indicator is to reach in a year; by an operator. It is in force once another operator confirms it.
func (s *Service) ProposeTarget(ctx context.Context, call work.Call, in TargetInput) (TargetAnswer, error) {
	return targets.Do(ctx, s.unit, call, func(tx *work.Tx) (*Target, error) {
		if err := policy.Check(call.Actor, policy.TargetPropose, policy.Facts{}); err != nil {
			return nil, err
		}
		d, err := defined(db.ForUpdate(tx.DB), in.Code, "/code") // of two at once the second sees the first
		if err != nil {
			return nil, err
		}
		var bad fault.Fields
		value := readValue(&bad, in.Value, d.Unit, "/value")
		if in.Comparison == "" {
			in.Comparison = AtLeast
		}
		fault.Offered(&bad, in.Comparison, "/comparison", []Comparison{AtLeast, MoreThan, AtMost})
		if err := in.Scope.check(tx.DB, &bad, d, inBody); err != nil {
			return nil, err
		}
		if err := bad.Err(); err != nil {
			return nil, err
		}
		var waits []Target
		err = tx.Where("code = ? AND year = ? AND office = ? AND region = ? AND state = ?", d.Code, in.Year, in.Scope.Office, in.Scope.Region, TargetProposed).Limit(1).Find(&waits).Error
		if err != nil {
			return nil, err
		}
		if len(waits) > 0 {
			return nil, fault.TargetWaits.Because("待确认的是 %[1]s。", "It is %[1]s.", waits[0].ID)
		}
		t := &Target{
			Head: tx.NewHead(), Code: d.Code, Year: in.Year, Scope: in.Scope, Value: value, Comparison: in.Comparison, Source: in.Source,
			State: TargetProposed, ProposedBy: call.Actor.Account,
		}
		return t, work.Insert(tx, work.Did(policy.TargetPropose), t)
	})
}

// ConfirmTarget puts a target in force, in the place of the one before; by an operator who did not propose it.
func (s *Service) ConfirmTarget(ctx context.Context, call work.Call, id uuid.UUID, version int64) (TargetAnswer, error) {
	return targets.Change(ctx, s.unit, call, id, version, policy.TargetConfirm, func(tx *work.Tx, t *Target) error {
		var d []Definition
		if err := db.ForUpdate(tx.DB).Where("code = ?", t.Code).Find(&d).Error; err != nil { // of two at once the second sees the first
			return err
		}
		if err := t.confirm(call.Actor.Account, tx.Now); err != nil {
			return err
		}
		before, err := inForce(tx.DB, t.Code, t.Year, t.Scope)
		if err != nil || before == nil {
			return err
		}
		return work.Move(tx, before, "indicator_target.replace", before.replace)
	})
}

// inForce is the target of an indicator in a year, or nil.
func inForce(q *gorm.DB, code string, year int, s Scope) (*Target, error) {
	var found []Target
	err := q.Where("code = ? AND year = ? AND office = ? AND region = ? AND state = ?", code, year, s.Office, s.Region, TargetConfirmed).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// RefuseTarget refuses a proposed target, with a reason; by an operator who did not propose it.
func (s *Service) RefuseTarget(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (TargetAnswer, error) {
	return targets.Change(ctx, s.unit, call, id, version, policy.TargetRefuse, func(_ *work.Tx, t *Target) error { return t.refuse(reason) })
}

// WithdrawTarget takes a proposed target back; by whoever proposed it.
func (s *Service) WithdrawTarget(ctx context.Context, call work.Call, id uuid.UUID, version int64) (TargetAnswer, error) {
	return targets.Change(ctx, s.unit, call, id, version, policy.TargetWithdraw, func(_ *work.Tx, t *Target) error { return t.withdraw() })
}

// Target reads one target.
func (s *Service) Target(ctx context.Context, reader policy.Actor, id uuid.UUID) (TargetView, error) {
	return targets.Get(ctx, s.unit, reader, id)
}

// TargetFilter narrows a list of targets; empty fields do not.
type TargetFilter struct {
	Code   string      `query:"code" where:"code = ?"`
	Year   int         `query:"year" where:"year = ?"`
	Office string      `query:"office" where:"office = ?"`
	Region string      `query:"region" where:"region = ?"`
	State  TargetState `query:"state" where:"state = ?"`
}

// ListTargets lists targets, the newest first: those that are or were in force are everybody's to read.
func (s *Service) ListTargets(ctx context.Context, reader policy.Actor, f TargetFilter, p db.Paging) (db.Page[TargetView], error) {
	if err := s.known(ctx, f.Code, Scope{f.Office, f.Region}); err != nil {
		return db.Page[TargetView]{}, err
	}
	return targets.List(ctx, s.unit, reader, f, p)
}
