// Package people keeps the dated registers: who is a technology broker, who is an expert, and who is a registrar of which office. They are
// entries with a first and a last day, not roles that someone switches on, so that it can be asked who was what on a day.
package people

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/offices"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// records is how entries are read and written, on this day.
func (s *Service) records() work.Records[Entry, *Entry, View] {
	return work.Records[Entry, *Entry, View]{
		Read: policy.RegisterRead, Show: s.show, Joined: true,
		Acts: []work.Act[*Entry, View]{
			{Operation: "updateRegisterEntry", Action: policy.RegisterEdit, When: func(e *Entry, v *View) error { return e.notOver(v.today) }},
			{Operation: "endRegisterEntry", Action: policy.RegisterEnd, When: func(e *Entry, v *View) error { return e.notOver(v.today) }},
			{Operation: "confirmRegisterEntry", Action: policy.RegisterConfirm, When: func(e *Entry, v *View) error { return e.confirm(uuid.Nil, v.today.Start()) }},
			{Operation: "deleteRegisterEntry", Action: policy.RegisterEdit, When: func(e *Entry, v *View) error { return e.notBegun(v.today) }},
		},
	}
}

type (
	// Answer is the outcome of a use case that changed an entry.
	Answer = work.Answer[View]
	// Service runs the use cases about registers.
	Service struct{ unit *work.Unit }
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// Enter adds an entry; by an operator. It is in force once another operator confirms it.
func (s *Service) Enter(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return s.records().Do(ctx, s.unit, call, func(tx *work.Tx) (*Entry, error) {
		if err := policy.Check(call.Actor, policy.RegisterEnter, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.check(when.DayOf(tx.Now)); err != nil {
			return nil, err
		}
		account, err := accounts.Find(tx.DB, in.Username, "/username")
		if err != nil {
			return nil, err
		}
		if in.Office != "" {
			if err := offices.Works(tx.DB, in.Office, "/office", in.ValidFrom, when.DayOf(tx.Now)); err != nil {
				return nil, err
			}
		}
		expertise, err := in.Expertise.cleaned(tx, in.Kind)
		if err != nil {
			return nil, err
		}
		licence, err := in.Licence.cleaned(in.Kind, when.DayOf(tx.Now))
		if err != nil {
			return nil, err
		}
		e := &Entry{
			Expertise: expertise, Licence: licence,
			Head: tx.NewHead(), Kind: in.Kind, AccountID: account.ID, Office: in.Office, Certificate: in.Certificate,
			ValidFrom: in.ValidFrom, ValidTo: in.ValidTo, ProposedBy: &call.Actor.Account,
		}
		if err := e.fits(account, "/username"); err != nil {
			return nil, err
		}
		if err := alone(tx, e); err != nil {
			return nil, err
		}
		return e, work.Insert(tx, work.Did(policy.RegisterEnter), e)
	})
}

// Get reads one entry; for operators.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return s.records().Get(ctx, s.unit, reader, id)
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Kind     Register `query:"kind" where:"kind = ?"`
	Office   string   `query:"office" where:"office = ?"`
	Username string   `query:"username" where:"account_id IN (SELECT a.id FROM accounts a WHERE a.username = ?)"`
	Field    string   `query:"field" where:"REPLACE(fields, '\"' || ? || '\"', '') <> fields"`
	Chain    string   `query:"chain" where:"REPLACE(chains, '\"' || ? || '\"', '') <> chains"`
	On       when.Day `query:"on" where:"valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) AND confirmed_from <= ? AND (confirmed_to IS NULL OR confirmed_to >= ?)"`
	// Confirmed asks for those whose days another operator has confirmed, or has not yet.
	Confirmed *bool `query:"confirmed" where:"(confirmed_from IS NOT NULL AND confirmed_from <= valid_from AND (confirmed_to IS NULL OR (valid_to IS NOT NULL AND valid_to <= confirmed_to))) = ?"`
}

// List reads a register; for operators.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(reader, policy.RegisterRead, policy.Facts{}); err != nil {
		return db.Page[View]{}, err
	}
	if f.Office != "" { // an empty list would say that nobody is registered there
		var bad fault.Fields
		if err := offices.Check(s.unit.Query(ctx), &bad, f.Office, "query:office"); err != nil || len(bad) > 0 {
			return db.Page[View]{}, cmp.Or(err, bad.Err())
		}
	}
	if f.Username != "" {
		if err := accounts.CheckNamed(s.unit.Query(ctx), f.Username, "query:username"); err != nil {
			return db.Page[View]{}, err
		}
	}
	var bad fault.Fields
	if err := ref.CheckChain(s.unit.Query(ctx), &bad, f.Chain, "query:chain"); err != nil || len(bad) > 0 {
		return db.Page[View]{}, cmp.Or(err, bad.Err())
	}
	return s.records().List(ctx, s.unit, reader, f, p)
}

// View is an entry with the person it is about.
type View struct {
	Entry
	Person accounts.Person
	// Who proposed its days, and who confirmed them; nil where nobody has, or it is not known any more.
	By, ConfirmedBy *accounts.Person
	Over            bool        // its last day lies behind
	Chains          []ref.Chain // of an expert: what its codes are called
	Employer        *orgs.Ref
	today           when.Day
	work.Acts
}

// show names the people: one query for all.
func (s *Service) show(q *gorm.DB, reader policy.Actor, rows []Entry) ([]View, error) {
	ids := make([]uuid.UUID, 0, 3*len(rows))
	for _, e := range rows {
		ids = append(ids, e.AccountID)
		for _, by := range []*uuid.UUID{e.ProposedBy, e.ConfirmedBy} {
			if by != nil {
				ids = append(ids, *by)
			}
		}
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	told := func(id *uuid.UUID) *accounts.Person {
		if id == nil {
			return nil
		}
		p := people[*id]
		return &p
	}
	today := when.DayOf(s.unit.Now())
	out := make([]View, len(rows))
	for i, e := range rows {
		out[i] = View{Entry: e, Person: people[e.AccountID], By: told(e.ProposedBy), ConfirmedBy: told(e.ConfirmedBy), Over: e.over(today), today: today}
	}
	return out, showExpertise(q, reader, out)
}

// inForce is the condition on entries that they count on a day, which it takes four times: it is one of their days and was confirmed, and
// the person of a registrar's is no operator (accounts that were both before stay operators).
const inForce = "e.valid_from <= ? AND (e.valid_to IS NULL OR e.valid_to >= ?) AND e.confirmed_from <= ? AND (e.confirmed_to IS NULL OR e.confirmed_to >= ?)" +
	" AND NOT (e.kind = 'registrar' AND EXISTS (SELECT 1 FROM accounts b WHERE b.id = e.account_id AND b.operator))"

// Both lists who is an operator and has an entry as a registrar that is not over: it counts no more, and another person takes it over.
func Both(q *gorm.DB, today when.Day) ([]string, error) {
	var names []string
	err := q.Table("accounts AS a").Where("a.operator AND a.deactivated_at IS NULL AND EXISTS (SELECT 1 FROM register_entries e"+
		" WHERE e.account_id = a.id AND e.kind = ? AND (e.valid_to IS NULL OR e.valid_to >= ?))", policy.Registrar, today).Order("a.username").Pluck("a.username", &names).Error
	return names, err
}

// ActorPart is what an actor is by the registers on a day. A registrar acts for their office, and for those that it took over from.
func ActorPart(today when.Day) accounts.Part {
	return accounts.Part{
		SQL: offices.Reach + " SELECT e.account_id AS id, COALESCE(reach.code, '') AS name, e.kind AS kind, TRUE AS yes FROM register_entries e" +
			" LEFT JOIN reach ON reach.office = e.office" +
			" WHERE " + inForce + " AND (e.office = '' OR reach.code IS NOT NULL)" +
			" AND e.account_id IN (SELECT id FROM me)",
		Args: []any{today, today, today, today, today, today},
		Fill: func(actor *policy.Actor, row accounts.Row) {
			if actor.Registers == nil {
				actor.Registers = map[policy.Register][]string{}
			}
			of := Register(row.Kind)
			if !slices.Contains(actor.Registers[of], row.Name) {
				actor.Registers[of] = append(actor.Registers[of], row.Name)
			}
		},
	}
}

// CountOn counts the people whose entry in a register is in force on a day, each once.
func CountOn(q *gorm.DB, kind policy.Register, day when.Day) (int64, error) {
	var n int64
	err := q.Raw("SELECT COUNT(DISTINCT e.account_id) FROM register_entries e WHERE e.kind = ? AND "+inForce, kind, day, day, day, day).Scan(&n).Error
	return n, err
}

// RegistrarsAt lists the accounts that are registrars for an office on a day, each once: at it, or at one that took over from it.
func RegistrarsAt(q *gorm.DB, office string, day when.Day) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := q.Raw(offices.Reach+" SELECT DISTINCT e.account_id FROM register_entries e JOIN reach ON reach.office = e.office"+
		" WHERE e.kind = ? AND reach.code = ? AND "+inForce+
		" AND e.account_id IN (SELECT id FROM accounts WHERE "+accounts.Live+") ORDER BY e.account_id",
		day, day, policy.Registrar, office, day, day, day, day).Scan(&ids).Error
	return ids, err
}

// Serving tells for which offices each of some accounts is a registrar on a day, as RegistrarsAt does: one query for all.
func Serving(q *gorm.DB, of []uuid.UUID, day when.Day) (map[uuid.UUID][]string, error) {
	out := map[uuid.UUID][]string{}
	if len(of) == 0 {
		return out, nil
	}
	var rows []struct {
		AccountID uuid.UUID
		Code      string
	}
	err := q.Raw(offices.Reach+" SELECT DISTINCT e.account_id, reach.code FROM register_entries e JOIN reach ON reach.office = e.office"+
		" WHERE e.kind = ? AND e.account_id IN ? AND "+inForce+
		" AND e.account_id IN (SELECT id FROM accounts WHERE "+accounts.Live+")", day, day, policy.Registrar, of, day, day, day, day).Scan(&rows).Error
	for _, r := range rows {
		out[r.AccountID] = append(out[r.AccountID], r.Code)
	}
	return out, err
}

// Brokers tells which of some accounts are in the register of technology brokers on a day.
func Brokers(q *gorm.DB, of []uuid.UUID, day when.Day) (map[uuid.UUID]bool, error) {
	out := make(map[uuid.UUID]bool, len(of))
	if len(of) == 0 {
		return out, nil
	}
	var ids []uuid.UUID
	err := q.Session(&gorm.Session{NewDB: true}).Raw("SELECT DISTINCT e.account_id FROM register_entries e WHERE e.kind = ? AND e.account_id IN ? AND "+inForce,
		policy.Broker, of, day, day, day, day).Scan(&ids).Error
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}
