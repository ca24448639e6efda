package exchange

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Action is what is done with several records at once.
type Action string

// The actions.
const (
	Submit  Action = "submit"
	Publish Action = "publish"
	Return  Action = "return"
	Confirm Action = "confirm" // the owner's word holds until a day
)

// MaxAtOnce is how many records one call deals with: each 200 are one transaction.
const MaxAtOnce = 1000

// Step is something that is done with several records: those of a list, or those that an import brought. Each has an outcome of its own; by the
// same rules as for one.
type Step struct {
	Kind     string
	Action   Action
	IDs      []uuid.UUID
	Import   uuid.UUID
	Deciding []Deciding // of applications, instead of the two above
	Reason   string
	Note     string
	Username string
	Until    when.Day
}

// Stepped is what became of the records of a step.
type Stepped struct {
	Fates []listing.Fate
	Left  bool // there are more of the import than one call deals with: call again
}

// Each runs a step. Of an import it takes those records that are where the step begins.
func (s *Service) Each(ctx context.Context, call work.Call, step Step) (Stepped, error) {
	if !call.Actor.SignedIn() {
		return Stepped{}, fault.SignInRequired.New()
	}
	if step.Kind == Applications {
		return s.decide(ctx, call, step)
	}
	k, err := s.kind(step.Kind, "/kind")
	if err != nil {
		return Stepped{}, err
	}
	if err := step.check(s.unit.Now()); err != nil {
		return Stepped{}, err
	}
	if err := k.takes(step.Action); err != nil {
		return Stepped{}, err
	}
	var out Stepped
	if step.Import != uuid.Nil {
		if step.IDs, out.Left, err = s.ofImport(ctx, call.Actor, k, step); err != nil {
			return Stepped{}, err
		}
	}
	for from := 0; from < len(step.IDs); from += batchRows {
		fates, err := k.each(ctx, work.Call{Operation: call.Operation, Actor: call.Actor, RequestID: call.RequestID}, step, step.IDs[from:min(from+batchRows, len(step.IDs))])
		if err != nil {
			return out, err
		}
		out.Fates = append(out.Fates, fates...)
	}
	return out, nil
}

// check holds a step to what its action needs.
func (s Step) check(now time.Time) error {
	var bad fault.Fields
	fault.Offered(&bad, s.Action, "/action", []Action{Submit, Publish, Return, Confirm})
	bad.Check((len(s.IDs) > 0) != (s.Import != uuid.Nil), "/ids", fault.Required, "请给出 ids 或 import_id 之一", "Give either ids or import_id")
	bad.Check(len(s.Deciding) == 0, "/applications", fault.Unexpected, "仅用于办件", "It is for applications")
	bad.Check(len(s.IDs) <= MaxAtOnce, "/ids", fault.TooManyItems, "一次最多 %[1]d 条", "At most %[1]d at a time", MaxAtOnce)
	bad.Check(s.Action != Return || s.Reason != "", "/reason", fault.Required, "退回须说明原因", "A return has a reason")
	bad.Check(s.Action != Confirm || !s.Until.IsZero(), "/confirmed_until", fault.Required, "请填写确认有效至哪一天", "Say until which day it holds")
	bad.Check(s.Action != Confirm || s.Until.IsZero() || !s.Until.Before(when.DayOf(now)), "/confirmed_until", fault.TooEarly, "不能早于今日", "It is not before today")
	return bad.Err()
}

// from are the states in which a step finds the records of an import, by which those that it has done already are left out.
func (s *Service) ofImport(ctx context.Context, actor policy.Actor, k kind, step Step) (ids []uuid.UUID, left bool, err error) {
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		i, err := records.Load(q, actor, step.Import)
		if err != nil {
			return err
		}
		if i.Kind != step.Kind {
			return fault.InvalidInput.At("/kind", fault.NotOffered, "该导入的种类是 %[1]s", "The import is of %[1]s", i.Kind)
		}
		where, args := k.where(step)
		return q.Table("import_rows AS w").Joins("JOIN "+k.table()+" AS r ON r.id = w.object_id").
			Where("w.import_id = ? AND w.outcome <> ?", i.ID, listing.Refused).Where(where, args...).Order("w.row_number").Limit(MaxAtOnce+1).Pluck("r.id", &ids).Error
	})
	if len(ids) > MaxAtOnce {
		ids, left = ids[:MaxAtOnce], true
	}
	return ids, left, err
}
