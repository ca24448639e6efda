package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// A month that is closed takes no postings any more, and none does before it: what is taken over later and belongs there counts on the first day of the
// first month that is open, and its entry names the month that it belongs to. So a figure that was reported of a closed month stays what it was. A
// year is closed with its December. Nothing opens a month again; two operators close one.

// Closing is the closing of a month, or the proposal of it.
type Closing struct {
	work.Head
	Month       when.Month
	ProposedBy  uuid.UUID
	ConfirmedBy *uuid.UUID // none: it is proposed, and the month is open
	ConfirmedAt *time.Time
}

// TableName is the table of closings.
func (Closing) TableName() string { return "ledger_closings" }

// Noun is what a closing is called.
func (*Closing) Noun() string { return "ledger_closing" }

// Facts: everybody may know which months are closed; who proposed to close one does not confirm it.
func (c *Closing) Facts() policy.Facts {
	return policy.Facts{Public: true, Submitter: c.ProposedBy}
}

// confirm closes the month.
func (c *Closing) confirm(by uuid.UUID, now time.Time) error {
	if c.ConfirmedBy != nil {
		return fault.NothingToConfirm.Because("%[1]s 已经关账。", "%[1]s is closed already.", c.Month)
	}
	c.ConfirmedBy, c.ConfirmedAt = &by, &now
	return nil
}

// mayBeDropped tells whether a proposal may be taken back.
func (c *Closing) mayBeDropped() error {
	if c.ConfirmedBy != nil {
		return fault.NothingToConfirm.Because("%[1]s 已经关账，不能撤回。", "%[1]s is closed, and that is not taken back.", c.Month)
	}
	return nil
}

// ClosingView is a closing as its reader sees it: the public is told no names.
type ClosingView struct {
	Closing
	Closed                  bool // with it or with a later one
	ProposedBy, ConfirmedBy *accounts.Person
	work.Acts
}

// ClosingAnswer is the outcome of a use case that changed a closing.
type ClosingAnswer = work.Answer[ClosingView]

var closings = work.Records[Closing, *Closing, ClosingView]{
	Read: policy.ClosingRead, Show: showClosings,
	Columns: work.Columns{string(policy.Submitter): "proposed_by IN ?"},
	Orders:  []db.Order[Closing]{{Name: "month", Columns: []string{"month"}, Desc: true, Key: func(c *Closing) []any { return []any{c.Month.String()} }}},
	Acts: []work.Act[*Closing, ClosingView]{
		{Operation: "confirmLedgerClosing", Action: policy.ClosingConfirm, When: func(c *Closing, _ *ClosingView) error { return c.confirm(uuid.Nil, time.Time{}) }},
		{Operation: "dropLedgerClosing", Action: policy.ClosingPropose, When: func(c *Closing, _ *ClosingView) error { return c.mayBeDropped() }},
	},
}

func showClosings(q *gorm.DB, reader policy.Actor, rows []Closing) ([]ClosingView, error) {
	through, err := closedThrough(q)
	if err != nil {
		return nil, err
	}
	out, people := make([]ClosingView, len(rows)), accounts.Roll{}
	for i := range rows {
		out[i] = ClosingView{Closing: rows[i], Closed: !through.IsZero() && !rows[i].Month.After(through)}
		if policy.Allowed(reader, policy.ClosingPropose, rows[i].Facts()) {
			people.Name(&rows[i].ProposedBy, &out[i].ProposedBy)
			people.Name(rows[i].ConfirmedBy, &out[i].ConfirmedBy)
		}
	}
	return out, people.Call(q)
}

// ProposeClosing proposes to close a month that is over, and with it all before; by an operator.
func (s *Service) ProposeClosing(ctx context.Context, call work.Call, month when.Month) (ClosingAnswer, error) {
	return closings.Do(ctx, s.unit, call, func(tx *work.Tx) (*Closing, error) {
		c := &Closing{Head: tx.NewHead(), Month: month, ProposedBy: call.Actor.Account}
		if err := policy.Check(call.Actor, policy.ClosingPropose, c.Facts()); err != nil {
			return nil, err
		}
		closed, err := closedThrough(tx.DB)
		if err != nil {
			return nil, err
		}
		var bad fault.Fields
		bad.Check(!month.After(over(tx.Now)), "/month", fault.OutOfRange, "该月尚未结束，不能关账", "The month is not over")
		bad.Check(month.After(closed), "/month", fault.OutOfRange, "已关账至 %[1]s", "Months are closed through %[1]s", closed)
		if err := bad.Err(); err != nil {
			return nil, err
		}
		err = work.Insert(tx, work.Did(policy.ClosingPropose), c)
		if db.Duplicate(err) {
			err = fault.InvalidInput.At("/month", fault.Repeated, "该月已有人提请关账", "Somebody has proposed it already")
		}
		return c, err
	})
}

// ConfirmClosing closes a month; by another operator than who proposed it. Whoever is appending is waited for.
func (s *Service) ConfirmClosing(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ClosingAnswer, error) {
	return closings.Change(ctx, s.unit, call, id, version, policy.ClosingConfirm, func(tx *work.Tx, c *Closing) error {
		if _, err := head(db.ForUpdate(tx.DB)); err != nil {
			return err
		}
		return c.confirm(call.Actor.Account, tx.Now)
	})
}

// DropClosing takes back a proposal; by any operator.
func (s *Service) DropClosing(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return closings.Delete(ctx, s.unit, call, id, version, policy.ClosingPropose, work.Deed("ledger_closing.drop"), func(_ *work.Tx, c *Closing) error { return c.mayBeDropped() })
}

// Closing reads one.
func (s *Service) Closing(ctx context.Context, reader policy.Actor, id uuid.UUID) (ClosingView, error) {
	return closings.Get(ctx, s.unit, reader, id)
}

// Closings lists which months are closed, or proposed to be, the last first; anyone may.
func (s *Service) Closings(ctx context.Context, reader policy.Actor, _ struct{}, p db.Paging) (db.Page[ClosingView], error) {
	return closings.List(ctx, s.unit, reader, struct{}{}, p)
}

// closedThrough is the last month that is closed; none: zero.
func closedThrough(q *gorm.DB) (when.Month, error) {
	var months []when.Month
	err := q.Model(&Closing{}).Where("confirmed_by IS NOT NULL").Order("month DESC").Limit(1).Pluck("month", &months).Error
	if err != nil || len(months) == 0 {
		return when.Month{}, err
	}
	return months[0], nil
}
