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
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// ApplicationAnswer is the outcome of a use case that changed an application.
type ApplicationAnswer = work.Answer[ApplicationView]

// Change of a registered contract is asked for with its reason.
type Change struct {
	Terms   Terms // as they shall be
	Reason  string
	Version int64 // of the contract that the writer read; 0: they do not say
}

// Ending of a registration is asked for with its reason.
type Ending struct {
	Reason  string
	Version int64 // as in Change
}

// Amend applies for other terms of a registered contract; by who may file it.
func (s *Service) Amend(ctx context.Context, call work.Call, contract uuid.UUID, in Change) (ApplicationAnswer, error) {
	return s.apply(ctx, call, contract, in.Reason, in.Version, func(tx *work.Tx, c *Contract, f Filing) (*Application, error) {
		terms, ps, err := s.amended(tx, c, in.Terms)
		if err != nil {
			return nil, err
		}
		a, err := c.Amend(f, terms)
		if err != nil {
			return nil, err
		}
		if err := c.maySignAs(tx, terms); err != nil {
			return nil, err
		}
		return a, ps.keep(tx, c)
	})
}

// amended completes the terms that an amendment asks for by what only the database knows.
func (s *Service) amended(tx *work.Tx, c *Contract, terms Terms) (Terms, *persons, error) {
	ps, err := s.persons(tx, c.ID, c.Terms, &terms)
	if err != nil {
		return terms, nil, err
	}
	return terms, ps, terms.settle(tx)
}

// Cancel applies for the end of a registration; by who may file it.
func (s *Service) Cancel(ctx context.Context, call work.Call, contract uuid.UUID, in Ending) (ApplicationAnswer, error) {
	return s.apply(ctx, call, contract, in.Reason, in.Version, func(_ *work.Tx, c *Contract, f Filing) (*Application, error) { return c.Cancel(f) })
}

// apply is the body of the applications about a registered contract. They leave the contract and its version alone, so that none need be named;
// where the version that was read is named, what was amended since is not undone. The contract is locked, so that nobody decides about it
// meanwhile.
func (s *Service) apply(ctx context.Context, call work.Call, contract uuid.UUID, reason string, version int64,
	method func(*work.Tx, *Contract, Filing) (*Application, error)) (ApplicationAnswer, error) {
	return s.do(ctx, call, func(tx *work.Tx) (*Application, error) {
		c, err := work.Load[Contract](db.ForUpdate(tx.DB), contract)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ContractFile, c.Facts()); err != nil {
			return nil, err
		}
		if version != 0 && version != c.Version {
			return nil, fault.VersionStale.New()
		}
		if err := bounded("/reason", reason, 2, 2000); err != nil {
			return nil, err
		}
		f, err := filing(tx, reason)
		if err != nil {
			return nil, err
		}
		a, err := method(tx, c, f)
		if err != nil {
			return nil, err
		}
		return a, file(tx, c, a)
	})
}

func filing(tx *work.Tx, reason string) (Filing, error) {
	calendar, err := ref.CalendarIn(tx.DB)
	return Filing{Head: tx.NewHead(), By: tx.Call.Actor.Account, Reason: reason, Calendar: calendar}, err
}

// file enters an application into the queue of its office, unless another about the same contract is open.
func file(tx *work.Tx, c *Contract, a *Application) error {
	if err := enqueue(tx, a, work.Did(policy.ContractFile)); err != nil {
		return err
	}
	if err := wrote(tx, c.ID); err != nil {
		return err
	}
	return tell(tx, a, c, when.Day{})
}

// enqueue writes an application, unless another about the same contract is open.
func enqueue(tx *work.Tx, a *Application, deed work.Deed) error {
	// By its number, and no clock, one knows which is the latest: whoever files holds the contract.
	err := tx.Model(&Application{}).Where("contract_id = ?", a.ContractID).Select("COALESCE(MAX(nth), 0) + 1").Scan(&a.Nth).Error
	if err != nil {
		return err
	}
	err = work.Insert(tx, deed, a)
	if db.Duplicate(err) {
		return fault.ApplicationOpen.New()
	} else if err != nil {
		return err
	}
	return keepApplicationParties(tx, a)
}

// StartReview takes an application into the first review; by a registrar of the office with no tie to it.
func (s *Service) StartReview(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationTake, func() error {
			_, free, err := a.holder(tx.DB, when.DayOf(tx.Now))
			if err != nil {
				return err
			}
			return a.Take(call.Actor.Account, tx.Now, free)
		})
	})
}

// Pass hands an application on to the second review.
func (s *Service) Pass(ctx context.Context, call work.Call, id uuid.UUID, version int64, note string) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationPass, func() error {
			if err := a.boundTo(tx); err != nil {
				return err
			}
			return a.Pass(call.Actor.Account, note, tx.Now)
		})
	})
}

// Grant ends an application with a yes; by another registrar than the first. What it changes about the contract's figures is
// posted to the ledger at once.
func (s *Service) Grant(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Grant) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, c *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationEnd, func() error {
			if err := a.Grant(call.Actor.Account, in, tx.Now); err != nil {
				return err
			}
			// Before twins are looked for: whoever has the number by now is told as its holder and not as a twin.
			if err := claimNumber(tx, &a.officialNumber, c.ID); err != nil {
				return heldBy(tx.DB, a.officialNumber, err)
			}
			if err := a.twinStands(tx.DB); err != nil {
				return err
			}
			return a.explained(tx.DB, c, call.Actor)
		})
	})
}

// Refuse ends an application with a no and its reason; in the second review, by another registrar than the first.
func (s *Service) Refuse(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		action := policy.ApplicationDeny
		if a.State == SecondReview {
			action = policy.ApplicationEnd
		}
		if a.Kind == Revoking { // by a name of its own: whoever was told of the proposal is told that it came to nothing
			action = policy.RevocationDeny
		}
		return work.Change(tx, a, version, action, func() error {
			if err := a.boundTo(tx); err != nil {
				return err
			}
			return a.Refuse(call.Actor.Account, reason, tx.Now)
		})
	})
}

// review is the body of every step of a registrar: the application moves, the contract follows, and the ledger counts what
// became different by that.
func (s *Service) review(ctx context.Context, call work.Call, id uuid.UUID, step func(*work.Tx, *Application, *Contract) error) (ApplicationAnswer, error) {
	return s.do(ctx, call, func(tx *work.Tx) (*Application, error) {
		a, c, err := loadForReview(tx.DB, id)
		if err != nil {
			return nil, err
		}
		if err := lookAgain(tx); err != nil {
			return nil, err
		}
		was := a.State
		if err := step(tx, a, c); err != nil || a.State == was || !a.movesContract() {
			return a, err
		}
		before := *c
		if err := follow(tx, c, a); err != nil {
			return nil, err
		}
		return a, s.letters(tx, &before, c, a)
	})
}

// follow brings a contract to where an application about it stands, and everything that hangs on it.
func follow(tx *work.Tx, c *Contract, a *Application) error {
	was := c.standing()
	deed := followed
	if a.Kind == Revoking {
		deed = revoked
	}
	err := work.Move(tx, c, deed, func() error {
		if err := c.follow(a, when.DayOf(tx.Now)); err != nil || a.State != Granted {
			return err
		}
		return claimNumber(tx, c.OfficialNumber, c.ID)
	})
	if db.Duplicate(err) { // the only unique column that following changes
		return fault.OfficialNumberTaken.New()
	} else if err != nil {
		return err
	}
	if a.State == Granted || a.supplied {
		if err := keepFound(tx, c); err != nil {
			return err
		}
	}
	if a.State == Granted && a.Kind == Registration {
		if err := certify(tx, c.ID); err != nil {
			return err
		}
	}
	if (a.State == Refused || a.State == Withdrawn) && c.DealID != nil { // an amendment that was refused does not come here
		if err := deals.Reopened(tx, *c.DealID); err != nil {
			return err
		}
	}
	from := ledger.Source{ContractID: c.ID, ContractVersion: c.Version, ApplicationID: a.ID}
	return ledger.Append(tx, ledger.Post(from, was, c.standing())...)
}

// followed names what happens to a contract when an application about it moves.
const followed work.Deed = "contract.follow"

// loadForReview locks the contract and then reads the application about it. Everyone locks the contract first, so that nobody
// waits for somebody who waits for them; the application's version tells if it moved while we waited.
func loadForReview(q *gorm.DB, id uuid.UUID) (*Application, *Contract, error) {
	a, err := work.Load[Application](q, id)
	if err != nil {
		return nil, nil, err
	}
	c, err := work.Load[Contract](db.ForUpdate(q), a.ContractID)
	return a, c, err
}
