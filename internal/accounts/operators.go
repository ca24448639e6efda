package accounts

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// The bureau's power is given by two: an operator proposes an account, and another, who is not the person, confirms it. The first two come by
// a command on the server, and so does a second one where one alone is left.

// proposed tells whether an account waits for the word of a second operator.
func (a *Account) proposed() bool { return !a.Operator && a.OperatorProposedBy != nil }

func (a *Account) propose(by uuid.UUID) error {
	switch {
	case a.DeactivatedAt != nil:
		return fault.In(Deactivated, Active)
	case a.Operator || a.proposed():
		return fault.OperatorAlready.New()
	}
	a.OperatorProposedBy, a.OperatorConfirmedBy = &by, nil
	return nil
}

func (a *Account) confirm(by uuid.UUID) error {
	switch {
	case !a.proposed():
		return fault.NothingToConfirm.New()
	case a.DeactivatedAt != nil:
		return fault.In(Deactivated, Active)
	}
	a.Operator, a.OperatorConfirmedBy = true, &by
	return nil
}

// dismiss takes the bureau's power, or its proposal, from an account, which stays.
func (a *Account) dismiss() error {
	if !a.Operator && !a.proposed() {
		return fault.NotOperator.New()
	}
	a.Operator, a.OperatorProposedBy, a.OperatorConfirmedBy = false, nil, nil
	return nil
}

// ProposeOperator proposes an account as an operator's; by an operator. It is one once another operator confirms it.
func (s *Service) ProposeOperator(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.operators(ctx, call, id, version, policy.OperatorPropose, func(_ *work.Tx, a *Account) error { return a.propose(call.Actor.Account) })
}

// ConfirmOperator makes a proposed account an operator's; by an operator who neither proposed it nor is the person.
func (s *Service) ConfirmOperator(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.operators(ctx, call, id, version, policy.OperatorConfirm, func(_ *work.Tx, a *Account) error { return a.confirm(call.Actor.Account) })
}

// DismissOperator takes the bureau's power from an account, or the proposal to give it; by another operator. What takes power away needs one.
func (s *Service) DismissOperator(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.operators(ctx, call, id, version, policy.OperatorDismiss, func(tx *work.Tx, a *Account) error {
		if a.Operator {
			if err := othersThan(tx, a.ID); err != nil {
				return err
			}
		}
		return a.dismiss()
	})
}

func (s *Service) operators(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(*work.Tx, *Account) error) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Account, error) {
		a, err := work.Load[Account](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, missing(call.Actor, err)
		}
		return a, work.Change(tx, a, version, action, func() error { return method(tx, a) })
	})
}

// othersThan refuses where no operator but one is left. The others are locked, so that two cannot end each other at once.
func othersThan(tx *work.Tx, account uuid.UUID) error {
	left, err := bureau(tx)
	if err != nil {
		return err
	}
	for _, a := range left {
		if a.ID != account {
			return nil
		}
	}
	return fault.LastOperator.New()
}

// bureau reads the operators' accounts that can sign in, under lock.
func bureau(tx *work.Tx) ([]Account, error) {
	var rows []Account
	err := db.ForUpdate(tx.DB).Where("operator AND " + Live).Order("id").Find(&rows).Error
	return rows, err
}

// firstOperators are how many of the bureau's accounts come by a command on the server: with two the others are appointed by them.
const firstOperators = 2

// CreateOperator creates an account of the bureau. Only the command line calls it: who can run commands on the machine
// owns the system. Where there are two operators already it wants a reason, which stays in the audit trail.
func (s *Service) CreateOperator(ctx context.Context, in SignUpInput, reason string) (Person, error) {
	return s.create(ctx, work.Call{Operation: "user create"}, in, func(tx *work.Tx, a *Account) error {
		there, err := bureau(tx)
		if err != nil {
			return err
		}
		if len(there) >= firstOperators && reason == "" {
			return fault.OperatorsThere.New()
		}
		a.Operator, a.OperatorReason = true, reason
		return nil
	})
}
