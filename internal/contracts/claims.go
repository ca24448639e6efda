package contracts

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// holder is the registrar who has an application in the first review; free tells that the one who has taken it is none of its office any more, so
// that it is anybody's.
func (a *Application) holder(q *gorm.DB, today when.Day) (holder *uuid.UUID, free bool, err error) {
	if !isHeld(a.State) || a.FirstReviewer == nil {
		return nil, false, nil
	}
	serving, err := people.Serving(q, []uuid.UUID{*a.FirstReviewer}, today)
	if err != nil || !slices.Contains(serving[*a.FirstReviewer], a.Office) {
		return nil, err == nil, err
	}
	return a.FirstReviewer, false, nil
}

// boundTo refuses to go on with what another registrar has taken, and says who: they finish it, hand it over, or it is released.
func (a *Application) boundTo(tx *work.Tx) error {
	holder, _, err := a.holder(tx.DB, when.DayOf(tx.Now))
	if err != nil || holder == nil || *holder == tx.Call.Actor.Account {
		return err
	}
	named, err := accounts.People(tx.DB, []uuid.UUID{*holder})
	if err != nil {
		return err
	}
	return fault.TakenByAnother.Because("该办件由%[1]s（%[2]s）受理，请由其办理，或先转交、退回。", "%[1]s (%[2]s) has taken it: it is theirs, until it is handed over or released.",
		named[*holder].Name, named[*holder].Username)
}

// HandOver gives the first review to another registrar.
func (a *Application) HandOver(to uuid.UUID, now time.Time) error {
	if err := work.In(a.State, held...); err != nil {
		return err
	}
	if a.FirstReviewer == nil {
		return fault.In(a.State, UnderReview, ExpertReview)
	}
	if a.FirstReviewer != nil && *a.FirstReviewer == to {
		return fault.InvalidInput.At("/username", fault.Unchanged, "已由该登记员办理", "It is theirs already")
	}
	a.hold(to, now)
	return nil
}

// Release puts it back into the queue, for whoever takes it next. While papers are missing it waits for them, and is nobody's.
func (a *Application) Release() error {
	if err := work.In(a.State, UnderReview, SupplementRequested); err != nil {
		return err
	}
	if a.FirstReviewer == nil {
		return fault.In(a.State, UnderReview)
	}
	if a.State == UnderReview {
		a.State = Submitted
	}
	a.FirstReviewer, a.TakenBy, a.TakenAt = nil, nil, nil
	return nil
}

// HandOver gives an application that is under review to another registrar of the office, or to the caller; by whoever could take it. The
// other must be free of ties as well.
func (s *Service) HandOver(ctx context.Context, call work.Call, id uuid.UUID, version int64, username string) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationHand, func() error {
			to, err := accounts.Find(tx.DB, username, "/username")
			if err != nil {
				return err
			}
			able, err := reviewersOf(tx.DB, a, tx.Now)
			if err != nil {
				return err
			}
			if !slices.Contains(able, to.ID) {
				return fault.InvalidInput.At("/username", fault.CannotReview,
					"须为本登记机构的在册登记员，且未录入、未提交该合同，不属于其当事人",
					"A registrar of this office who neither entered nor filed the contract nor belongs to a party")
			}
			return a.HandOver(to.ID, tx.Now)
		})
	})
}

// Release puts an application that is under review back into the queue; by whoever could take it.
func (s *Service) Release(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationFree, a.Release)
	})
}

// Reviewers tells who could review an application today: the registrars of its office without a tie to it; for whoever could take it.
func (s *Service) Reviewers(ctx context.Context, reader policy.Actor, id uuid.UUID) ([]accounts.Person, error) {
	var out []accounts.Person
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		a, err := work.Load[Application](q, id)
		if err != nil {
			return err
		}
		facts, err := a.FactsIn(q, policy.ApplicationHand)
		if err != nil {
			return err
		}
		if err := policy.Check(reader, policy.ApplicationHand, facts); err != nil {
			return err
		}
		able, err := reviewersOf(q, a, s.unit.Now())
		if err != nil {
			return err
		}
		named, err := accounts.People(q, able)
		if err != nil {
			return err
		}
		for _, id := range able {
			out = append(out, named[id])
		}
		return nil
	})
	return out, err
}

// reviewersOf are the registrars of an application's office who may take it now, in the order of their accounts.
func reviewersOf(q *gorm.DB, a *Application, now time.Time) ([]uuid.UUID, error) {
	facts, err := a.FactsIn(q, policy.ApplicationTake)
	if err != nil {
		return nil, err
	}
	registrars, err := people.RegistrarsAt(q, a.Office, when.DayOf(now))
	if err != nil {
		return nil, err
	}
	memberships, err := orgs.MembershipsOf(q, registrars)
	if err != nil {
		return nil, err
	}
	ties, err := orgs.TiesOf(q, registrars, now)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(registrars, func(id uuid.UUID) bool {
		actor := policy.Actor{Account: id, Member: memberships[id], Ties: ties[id], Registers: map[policy.Register][]string{policy.Registrar: {a.Office}}}
		return !policy.Allowed(actor, policy.ApplicationTake, facts)
	}), nil
}

// Withdraw takes an application back while nobody has it, or while it is the applicant's turn.
func (a *Application) Withdraw() error {
	return work.Step(&a.State, Withdrawn, Submitted, SupplementRequested)
}

// Withdraw takes an application back; by who may file it, until a registrar has taken it, and instead of an answer to what is missing. A contract that was filed for registration is a
// draft again, or refused as it was before, and its deal is agreed again.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		if a.Kind == Revoking { // which is its proposer's to take back
			return work.Change(tx, a, version, policy.RevocationWithdraw, a.Retract)
		}
		return work.Change(tx, a, version, policy.ApplicationBack, func() (err error) {
			if a.backTo, err = before(tx.DB, a); err != nil {
				return err
			}
			return a.Withdraw()
		})
	})
}

// before is where the contract stood when an application for its registration was filed.
func before(q *gorm.DB, a *Application) (State, error) {
	var refused int64
	err := q.Model(&Application{}).Where("contract_id = ? AND id <> ? AND state = ?", a.ContractID, a.ID, Refused).Count(&refused).Error
	if refused > 0 {
		return Refused, err
	}
	return Draft, err
}
