// Package people keeps the dated registers: who is a technology broker, and who is a registrar of which office. They are
// entries with a first and a last day, not roles that someone switches on, so that it can be asked who was what on a day.
package people

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// records is how entries are read and written.
var records = work.Records[Entry, *Entry, View]{Read: policy.RegisterRead, Show: show, Joined: true}

type (
	// Answer is the outcome of a use case that changed an entry.
	Answer = work.Answer[View]
	// Service runs the use cases about registers.
	Service struct{ unit *work.Unit }
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// Enter adds an entry; by an operator.
func (s *Service) Enter(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Entry, error) {
		if err := policy.Check(call.Actor, policy.RegisterEnter, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		account, err := accounts.Find(tx.DB, in.Username, "/username")
		if err != nil {
			return nil, err
		}
		if in.Office != "" {
			if err := offices.Exists(tx.DB, in.Office, "/office"); err != nil {
				return nil, err
			}
		}
		e := &Entry{
			Head: tx.NewHead(), Kind: in.Kind, AccountID: account.ID, Office: in.Office, Certificate: in.Certificate,
			ValidFrom: in.ValidFrom, ValidTo: in.ValidTo,
		}
		return e, work.Insert(tx, work.Did(policy.RegisterEnter), e)
	})
}

// Get reads one entry; for operators.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Kind Register `query:"kind" where:"kind = ?"`
}

// List reads a register; for operators.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(reader, policy.RegisterRead, policy.Facts{}); err != nil {
		return db.Page[View]{}, err
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// View is an entry with the person it is about.
type View struct {
	Entry
	Person accounts.Person
}

// show names the people: one query for all.
func show(q *gorm.DB, _ policy.Actor, rows []Entry) ([]View, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, e := range rows {
		ids[i] = e.AccountID
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, e := range rows {
		out[i] = View{e, people[e.AccountID]}
	}
	return out, nil
}

// ActorPart is what an actor is by the registers on a day.
func ActorPart(today when.Day) accounts.Part {
	return accounts.Part{
		SQL: "SELECT account_id AS id, office AS name, kind, TRUE AS yes FROM register_entries" +
			" WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) AND account_id IN (SELECT id FROM me)",
		Args: []any{today, today},
		Fill: func(actor *policy.Actor, row accounts.Row) {
			if actor.Registers == nil {
				actor.Registers = map[policy.Register][]string{}
			}
			actor.Registers[Register(row.Kind)] = append(actor.Registers[Register(row.Kind)], row.Name)
		},
	}
}

// RegistrarsAt lists the accounts that are registrars of an office on a day, each once.
func RegistrarsAt(q *gorm.DB, office string, day when.Day) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := q.Model(&Entry{}).Distinct("account_id").Where("kind = ? AND office = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
		policy.Registrar, office, day, day).Order("account_id").Pluck("account_id", &ids).Error
	return ids, err
}
