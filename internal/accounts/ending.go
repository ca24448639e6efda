package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Ending is what another package does, or refuses, when an account ends, in the same transaction: memberships, registers. own tells that
// the account leaves by itself, and not by the bureau.
type Ending func(tx *work.Tx, account uuid.UUID, own bool) error

// AtEnd adds what happens when an account ends. It is called while the system is put together.
func (s *Service) AtEnd(endings ...Ending) { s.endings = append(s.endings, endings...) }

// State is whether an account can sign in.
type State string

// The states of an account.
const (
	Active      State = "active"
	Deactivated State = "deactivated"
)

// State tells whether the account can sign in.
func (a *Account) State() State {
	if a.DeactivatedAt != nil {
		return Deactivated
	}
	return Active
}

// deactivate ends an account. Its user name stays taken, since what it did bears it.
func (a *Account) deactivate(by uuid.UUID, now time.Time, reason string) error {
	if a.DeactivatedAt != nil {
		return fault.In(Deactivated, Active)
	}
	a.DeactivatedAt, a.DeactivatedBy, a.DeactivationReason = &now, &by, reason
	return nil
}

func (a *Account) reactivate() error {
	if a.DeactivatedAt == nil {
		return fault.In(Active, Deactivated)
	}
	a.DeactivatedAt, a.DeactivatedBy, a.DeactivationReason = nil, nil, ""
	a.Operator, a.OperatorProposedBy, a.OperatorConfirmedBy = false, nil, nil // which two give anew
	return nil
}

// records is how operators read and change accounts.
var records = work.Records[Account, *Account, View]{
	Read: policy.AccountManage, Show: show,
	Acts: []work.Act[*Account, View]{
		{Operation: "deactivateAccount", Action: policy.AccountEnd, When: func(a *Account, _ *View) error { return a.deactivate(uuid.Nil, time.Time{}, "") }},
		{Operation: "reactivateAccount", Action: policy.AccountRestore, When: func(a *Account, _ *View) error { return a.reactivate() }},
		{Operation: "endAccountSessions", Action: policy.SessionsEnd, When: func(a *Account, _ *View) error { return a.canSignIn() }},
		{Operation: "proposeOperator", Action: policy.OperatorPropose, When: func(a *Account, _ *View) error { return a.propose(uuid.Nil) }},
		{Operation: "confirmOperator", Action: policy.OperatorConfirm, When: func(a *Account, _ *View) error { return a.confirm(uuid.Nil) }},
		{Operation: "dismissOperator", Action: policy.OperatorDismiss, When: func(a *Account, _ *View) error { return a.dismiss() }},
	},
}

type (
	// View is an account as an operator sees it.
	View struct {
		Account
		Ended *Person // who deactivated it
		// Who proposed that it is an operator's, and who confirmed it.
		ProposedBy, ConfirmedBy *Person
		work.Acts
	}
	// Answer is the outcome of a use case that changed an account.
	Answer = work.Answer[View]
)

func show(q *gorm.DB, _ policy.Actor, rows []Account) ([]View, error) {
	var ids []uuid.UUID
	for _, a := range rows {
		for _, by := range []*uuid.UUID{a.DeactivatedBy, a.OperatorProposedBy, a.OperatorConfirmedBy} {
			if by != nil {
				ids = append(ids, *by)
			}
		}
	}
	people, err := People(q, ids)
	if err != nil {
		return nil, err
	}
	told := func(id *uuid.UUID) *Person {
		if id == nil {
			return nil
		}
		p := people[*id]
		return &p
	}
	out := make([]View, len(rows))
	for i, a := range rows {
		out[i] = View{Account: a, Ended: told(a.DeactivatedBy), ProposedBy: told(a.OperatorProposedBy), ConfirmedBy: told(a.OperatorConfirmedBy)}
	}
	return out, nil
}

// Deactivate ends an account by an operator: its sessions, its links, and what the endings of other packages know.
func (s *Service) Deactivate(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Account, error) {
		a, err := work.Load[Account](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, missing(call.Actor, err)
		}
		var bad fault.Fields
		bad.Length(reason, "/reason", 2, 2000)
		err = work.Change(tx, a, version, policy.AccountEnd, func() error { return orElse(bad.Err(), a.deactivate(call.Actor.Account, tx.Now, reason)) })
		if err != nil {
			return nil, err
		}
		return a, s.end(tx, a, false)
	})
}

// Reactivate lets an account sign in again; by an operator. Memberships and register entries that ended with it are granted anew by whoever
// grants them, and so is the bureau's own power.
func (s *Service) Reactivate(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Account, error) {
		a, err := work.Load[Account](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, missing(call.Actor, err)
		}
		return a, work.Change(tx, a, version, policy.AccountRestore, a.reactivate)
	})
}

// missing keeps from who may not manage accounts whether there is such a one.
func missing(actor policy.Actor, err error) error {
	if refused := policy.Check(actor, policy.AccountManage, policy.Facts{}); refused != nil {
		return refused
	}
	return err
}

// Leave ends the caller's own account, by its password.
func (s *Service) Leave(ctx context.Context, call work.Call, password string) error {
	a, err := work.Load[Account](s.unit.Query(ctx), call.Actor.Account)
	if err != nil {
		return err
	}
	if err := policy.Check(call.Actor, policy.AccountLeave, a.Facts()); err != nil {
		return err
	}
	if right, err := s.try(ctx, a.Username, a.hashed, password); err != nil || !right {
		return orElse(err, fault.WrongPassword.New())
	}
	s.hit(ctx, a.Username)
	_, err = s.unit.Do(ctx, call, func(tx *work.Tx) error {
		now, err := s.own(tx, policy.AccountLeave)
		if err != nil {
			return err
		}
		if now.PasswordHash != a.PasswordHash {
			return fault.WrongPassword.New()
		}
		if err := work.Move(tx, now, work.Did(policy.AccountLeave), func() error { return now.deactivate(call.Actor.Account, tx.Now, "") }); err != nil {
			return err
		}
		return s.end(tx, now, true)
	})
	return err
}

// end ends what hangs on an account.
func (s *Service) end(tx *work.Tx, a *Account, own bool) error {
	if a.Operator {
		if err := othersThan(tx, a.ID); err != nil {
			return err
		}
	}
	if err := endTokens(tx, a.ID, uuid.Nil); err != nil {
		return err
	}
	for _, p := range []purpose{toVerify, toReset} {
		if err := voidLinks(tx, a.ID, p); err != nil {
			return err
		}
	}
	for _, ending := range s.endings {
		if err := ending(tx, a.ID, own); err != nil {
			return err
		}
	}
	if a.Email == "" {
		return nil
	}
	return accountEnded.Write(tx, a.to(), a.greeting(), mail.Offer{})
}

// Filter narrows a list of accounts; empty fields do not.
type Filter struct {
	Username string `query:"username" where:"username = ?"`
	Name     string `query:"name" where:"name = ?"`
	Operator *bool  `query:"operator" where:"operator = ?"`
	State    State  `query:"state" where:"CASE WHEN deactivated_at IS NULL THEN 'active' ELSE 'deactivated' END = ?"`
}

// List lists accounts; for operators.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(reader, policy.AccountManage, policy.Facts{}); err != nil {
		return db.Page[View]{}, err
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// Read reads one account; for operators.
func (s *Service) Read(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	if err := policy.Check(reader, policy.AccountManage, policy.Facts{}); err != nil {
		return View{}, err
	}
	return records.Get(ctx, s.unit, reader, id)
}
