package contracts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Amend applies for other terms of a registered contract; by who may file it.
func (s *Service) Amend(ctx context.Context, call work.Call, id uuid.UUID, t Terms, reason string) (work.Done, error) {
	return s.apply(ctx, call, id, reason, func(tx *work.Tx, c *Contract, f Filing) (*Application, error) {
		if err := t.link(tx); err != nil {
			return nil, err
		}
		a, err := c.Amend(f, t)
		if err != nil {
			return nil, err
		}
		return a, organizationsExist(tx, t)
	})
}

// Cancel applies for the end of a registration; by who may file it.
func (s *Service) Cancel(ctx context.Context, call work.Call, id uuid.UUID, reason string) (work.Done, error) {
	return s.apply(ctx, call, id, reason, func(_ *work.Tx, c *Contract, f Filing) (*Application, error) { return c.Cancel(f) })
}

// apply is the body of the applications about a registered contract. They leave the contract and its version alone, so that no
// version is asked for; the contract is locked, so that nobody decides about it meanwhile.
func (s *Service) apply(ctx context.Context, call work.Call, id uuid.UUID, reason string,
	method func(*work.Tx, *Contract, Filing) (*Application, error)) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		c, err := work.Load[Contract](db.ForUpdate(tx.DB), id)
		if err != nil {
			return err
		}
		if err := policy.Check(call.Actor, policy.ContractFile, c.Facts()); err != nil {
			return err
		}
		if err := text("/reason", reason, 2, 2000); err != nil {
			return err
		}
		a, err := method(tx, c, filing(tx, reason))
		if err != nil {
			return err
		}
		return file(tx, a)
	})
}

func filing(tx *work.Tx, reason string) Filing {
	return Filing{Head: tx.NewHead(), By: tx.Call.Actor.Account, Reason: reason}
}

// file enters an application into the queue of its office, unless another about the same contract is open.
func file(tx *work.Tx, a *Application) error {
	err := work.Insert(tx, policy.ContractFile, a)
	if db.Duplicate(err) {
		return fault.ApplicationOpen.New()
	}
	return err
}

// StartReview takes an application into the first review; by a registrar of the office with no tie to it.
func (s *Service) StartReview(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.review(ctx, call, id, version, policy.ApplicationTake, func(_ *work.Tx, a *Application) error {
		return a.Take(call.Actor.Account)
	})
}

// Pass hands an application on to the second review.
func (s *Service) Pass(ctx context.Context, call work.Call, id uuid.UUID, version int64, note string) (work.Done, error) {
	return s.review(ctx, call, id, version, policy.ApplicationPass, func(_ *work.Tx, a *Application) error {
		return a.Pass(call.Actor.Account, note)
	})
}

// Grant ends an application with a yes; by another registrar than the first. What it changes about the contract's figures is
// posted to the ledger at once.
func (s *Service) Grant(ctx context.Context, call work.Call, id uuid.UUID, version int64, officialNumber string) (work.Done, error) {
	return s.review(ctx, call, id, version, policy.ApplicationEnd, func(tx *work.Tx, a *Application) error {
		return a.Grant(call.Actor.Account, officialNumber, tx.Now)
	})
}

// Refuse ends an application with a no and its reason; in the second review, by another registrar than the first.
func (s *Service) Refuse(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (work.Done, error) {
	return s.reviewAs(ctx, call, id, version, refusalOf, func(tx *work.Tx, a *Application) error {
		return a.Refuse(call.Actor.Account, reason, tx.Now)
	})
}

// refusalOf is what refusing an application means where it stands.
func refusalOf(a *Application) policy.Action {
	if a.State == SecondReview {
		return policy.ApplicationEnd
	}
	return policy.ApplicationDeny
}

// review is the body of every step of a registrar: the application moves, the contract follows, and the ledger counts what
// became different by that.
func (s *Service) review(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action,
	method func(*work.Tx, *Application) error) (work.Done, error) {
	return s.reviewAs(ctx, call, id, version, func(*Application) policy.Action { return action }, method)
}

// reviewAs is review for a step whose action depends on where the application stands.
func (s *Service) reviewAs(ctx context.Context, call work.Call, id uuid.UUID, version int64, actionOf func(*Application) policy.Action,
	method func(*work.Tx, *Application) error) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		a, err := loadApplication(tx.DB, id)
		if err != nil {
			return err
		}
		c, action := a.Contract, actionOf(a)
		if err := work.Change(tx, a, version, action, func() error { return method(tx, a) }); err != nil || !a.movesContract() {
			return err
		}
		was := c.standing()
		err = work.Move(tx, c, action, func() error { return c.follow(a, when.DayOf(tx.Now)) })
		if db.Duplicate(err) { // the only unique column that following changes
			return fault.OfficialNumberTaken.New()
		} else if err != nil {
			return err
		}
		if a.State == Granted && a.ApplicationKind == Amendment {
			if err := keepParties(tx, c); err != nil {
				return err
			}
		}
		if c.State == Refused && c.DealID != nil {
			if err := deals.Reopened(tx, *c.DealID); err != nil {
				return err
			}
		}
		from := ledger.Source{ContractID: c.ID, ContractVersion: c.Version, ApplicationID: a.ID}
		return ledger.Append(tx, ledger.Post(from, was, c.standing())...)
	})
}

// loadApplication locks the contract and then reads the application about it. Everyone locks the contract first, so that nobody
// waits for somebody who waits for them; the application's version tells if it moved while we waited.
func loadApplication(q *gorm.DB, id uuid.UUID) (*Application, error) {
	a, err := work.Load[Application](q, id)
	if err != nil {
		return nil, err
	}
	a.Contract, err = work.Load[Contract](db.ForUpdate(q), a.ContractID)
	return a, err
}

// GetApplication reads one application; by the contract's parties, the registrars of its office and operators.
func (s *Service) GetApplication(ctx context.Context, actor policy.Actor, id uuid.UUID) (*Application, error) {
	q := s.unit.Query(ctx)
	a, err := work.Load[Application](q, id)
	if err != nil {
		return nil, work.Fault(err)
	}
	if a.Contract, err = work.Load[Contract](q, a.ContractID); err != nil {
		return nil, work.Fault(err)
	}
	return a, policy.Check(actor, policy.ApplicationRead, a.Facts())
}

// ListApplications is the queue of one office, the newest first; for its registrars and operators. An empty state is every state.
func (s *Service) ListApplications(ctx context.Context, actor policy.Actor, office string, state State, p db.Paging) (db.Page[Application], error) {
	if err := policy.Check(actor, policy.ApplicationList, policy.Facts{Office: office}); err != nil {
		return db.Page[Application]{}, err
	}
	q := s.unit.Query(ctx)
	rows := q.Model(&Application{}).Where("office = ?", office)
	if state != "" {
		rows = rows.Where("state = ?", state)
	}
	page, err := db.List(rows, p, "id", func(a Application) uuid.UUID { return a.ID })
	if err != nil {
		return page, work.Fault(err)
	}
	return page, work.Fault(withContracts(q, page.Items))
}

// withContracts loads the contracts of applications: one query for all.
func withContracts(q *gorm.DB, applications []Application) error {
	ids := make([]uuid.UUID, len(applications))
	for i, a := range applications {
		ids[i] = a.ContractID
	}
	var contracts []Contract
	if len(ids) > 0 {
		if err := q.Where("id IN ?", ids).Find(&contracts).Error; err != nil {
			return err
		}
	}
	of := make(map[uuid.UUID]*Contract, len(contracts))
	for i := range contracts {
		of[contracts[i].ID] = &contracts[i]
	}
	for i := range applications {
		applications[i].Contract = of[applications[i].ContractID]
	}
	return nil
}
