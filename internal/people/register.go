// Package people keeps the dated registers: who is a technology broker, and who is a registrar of which office. They are
// entries with a first and a last day, not roles that someone switches on, so that it can be asked who was what on a day.
package people

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Register names one register.
type Register string

const (
	Broker    Register = "broker"
	Registrar Register = "registrar"
)

// Entry is one line of a register.
type Entry struct {
	work.Head
	Register    Register `gorm:"column:kind"`
	AccountID   uuid.UUID
	Office      string // of a registrar; empty for others
	Certificate string
	ValidFrom   when.Day
	ValidTo     when.Day `json:",omitzero"` // the last day; none when open
}

func (Entry) TableName() string      { return "register_entries" }
func (*Entry) Kind() string          { return "register_entry" }
func (e *Entry) Facts() policy.Facts { return policy.Facts{Account: e.AccountID} }

// ValidOn tells whether the entry holds on a day.
func (e *Entry) ValidOn(d when.Day) bool {
	return !d.Before(e.ValidFrom) && (e.ValidTo.IsZero() || !d.After(e.ValidTo))
}

// Input is what an entry takes.
type Input struct {
	Register                      Register
	Username, Office, Certificate string
	ValidFrom, ValidTo            when.Day
}

func (in Input) check() error {
	var bad fault.Fields
	bad.Check(in.Register != Registrar || in.Office != "", "/office", "required", "登记员须属于一个登记机构 A registrar belongs to an office")
	bad.Check(in.Register == Registrar || in.Office == "", "/office", "not_allowed", "只有登记员有登记机构 Only a registrar has an office")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", "before_start", "止日早于起日 It ends before it begins")
	return bad.Err()
}

// Service runs the use cases.
type Service struct{ unit *work.Unit }

// New makes a Service.
func New(unit *work.Unit) *Service { return &Service{unit} }

// Enter adds an entry; by an operator.
func (s *Service) Enter(ctx context.Context, call work.Call, in Input) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := policy.Check(call.Actor, policy.RegisterEnter, policy.Facts{}); err != nil {
			return err
		}
		if err := in.check(); err != nil {
			return err
		}
		account, err := accounts.Find(tx.DB, in.Username, "/username")
		if err != nil {
			return err
		}
		if in.Office != "" {
			if err := orgs.OfficeExists(tx.DB, in.Office, "/office"); err != nil {
				return err
			}
		}
		return work.Insert(tx, policy.RegisterEnter, &Entry{
			Head: tx.NewHead(), Register: in.Register, AccountID: account.ID, Office: in.Office, Certificate: in.Certificate,
			ValidFrom: in.ValidFrom, ValidTo: in.ValidTo,
		})
	})
}

// View is an entry with the person it is about.
type View struct {
	Entry
	Account accounts.Account
}

// Get reads one entry; for operators.
func (s *Service) Get(ctx context.Context, actor policy.Actor, id uuid.UUID) (*View, error) {
	if err := policy.Check(actor, policy.RegisterRead, policy.Facts{}); err != nil {
		return nil, err
	}
	e, err := work.Load[Entry](s.unit.Query(ctx), id)
	if err != nil {
		return nil, work.Fault(err)
	}
	views, err := s.views(ctx, []Entry{*e})
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// List reads a register; for operators.
func (s *Service) List(ctx context.Context, actor policy.Actor, register string, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(actor, policy.RegisterRead, policy.Facts{}); err != nil {
		return db.Page[View]{}, err
	}
	q := s.unit.Query(ctx).Model(&Entry{})
	if register != "" {
		q = q.Where("kind = ?", register)
	}
	page, err := db.List(q, p, "id", func(e Entry) uuid.UUID { return e.ID })
	if err != nil {
		return db.Page[View]{}, work.Fault(err)
	}
	views, err := s.views(ctx, page.Items)
	return db.Page[View]{Items: views, Next: page.Next}, err
}

func (s *Service) views(ctx context.Context, entries []Entry) ([]View, error) {
	ids := make([]uuid.UUID, len(entries))
	for i, e := range entries {
		ids[i] = e.AccountID
	}
	people, err := accounts.ByIDs(s.unit.Query(ctx), ids)
	if err != nil {
		return nil, work.Fault(err)
	}
	views := make([]View, len(entries))
	for i, e := range entries {
		views[i] = View{e, people[e.AccountID]}
	}
	return views, nil
}

// Roles fills in what the actor is today by the registers: one query.
func (s *Service) Roles(ctx context.Context, actor *policy.Actor) error {
	var rows []Entry
	if err := s.unit.Query(ctx).Where("account_id = ?", actor.Account).Find(&rows).Error; err != nil {
		return work.Fault(err)
	}
	today := when.DayOf(s.unit.Now())
	for _, e := range rows {
		switch {
		case !e.ValidOn(today):
		case e.Register == Registrar:
			actor.RegistrarAt = append(actor.RegistrarAt, e.Office)
		case e.Register == Broker:
			actor.Broker = true
		}
	}
	return nil
}
