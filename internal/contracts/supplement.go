package contracts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// AskSupplement says what is missing: it is the applicant's turn, and the clock stands still. Whoever has the application keeps it.
func (a *Application) AskSupplement(by uuid.UUID, wanted string, now time.Time) error {
	if err := work.In(a.State, Submitted, UnderReview, ExpertReview); err != nil {
		return err
	}
	if err := bounded("/note", wanted, 2, 2000); err != nil {
		return err
	}
	a.State, a.SupplementWanted, a.SupplementAnswer, a.SupplementAskedBy, a.SupplementAskedAt = SupplementRequested, wanted, "", &by, &now
	return nil
}

// Supply completes an application: it goes back to where it was, and the clock starts again on this day.
func (a *Application) Supply(answer string, now time.Time, calendar when.Calendar) error {
	today := when.DayOf(now)
	to := Submitted
	if a.FirstReviewer != nil {
		to = UnderReview
	}
	if err := work.Step(&a.State, to, SupplementRequested); err != nil {
		return err
	}
	if err := bounded("/note", answer, 2, 2000); err != nil {
		return err
	}
	a.SupplementAnswer, a.ClockFrom, a.HandedAt = answer, today, &now
	return a.reckon(calendar)
}

// RequestSupplement asks the applicant for what is missing; by a registrar of the office with no tie to it.
func (s *Service) RequestSupplement(ctx context.Context, call work.Call, id uuid.UUID, version int64, wanted string) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationWant, func() error {
			if err := a.boundTo(tx); err != nil {
				return err
			}
			return a.AskSupplement(call.Actor.Account, wanted, tx.Now)
		})
	})
}

// Supplement is the applicant's answer to what was missing: with other terms, if they had to be mended. Papers are hung on the contract.
type Supplement struct {
	Note  string
	Terms *Terms
}

// AnswerSupplement completes an application; by who may file it.
func (s *Service) AnswerSupplement(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Supplement) (ApplicationAnswer, error) {
	return s.do(ctx, call, func(tx *work.Tx) (*Application, error) {
		a, c, err := loadForReview(tx.DB, id)
		if err != nil {
			return nil, err
		}
		var ps *persons
		err = work.Change(tx, a, version, policy.ApplicationFill, func() error {
			calendar, err := ref.CalendarIn(tx.DB)
			if err != nil {
				return err
			}
			if in.Terms != nil && a.State == SupplementRequested {
				if ps, err = s.mend(tx, c, a, *in.Terms); err != nil {
					return err
				}
			}
			return a.Supply(in.Note, tx.Now, calendar)
		})
		if err != nil {
			return nil, err
		}
		if err := wrote(tx, c.ID); err != nil {
			return nil, err
		}
		if a.movesContract() {
			if err := follow(tx, c, a); err != nil {
				return nil, err
			}
		}
		if ps == nil {
			return a, nil
		}
		if err := ps.keep(tx, c); err != nil {
			return nil, err
		}
		return a, keepApplicationParties(tx, a)
	})
}

// mend gives an application other terms, under everything that held when it was filed. It stays with its office and its applicant.
func (s *Service) mend(tx *work.Tx, c *Contract, a *Application, terms Terms) (*persons, error) {
	if err := terms.ratesBy(when.DayOf(tx.Now)); err != nil {
		return nil, err
	}
	switch a.Kind {
	case Cancellation:
		return nil, fault.InvalidInput.At("/terms", fault.NotOffered, "注销登记不改变条款", "A cancellation changes no terms")
	case Amendment:
		terms, ps, err := s.amended(tx, c, terms)
		if err != nil {
			return nil, err
		}
		if err := terms.check(c.Kind); err != nil {
			return nil, err
		}
		if terms.same(c.Terms) {
			return nil, fault.InvalidInput.At("/terms", fault.Unchanged, "条款没有变更", "Nothing is changed")
		}
		if err := c.maySignAs(tx, terms); err != nil {
			return nil, err
		}
		a.Terms = terms
		return ps, nil
	}
	ps, err := s.persons(tx, c.ID, c.Terms, &terms)
	if err != nil {
		return nil, err
	}
	mended := *c
	mended.State = Draft // for as long as it is looked at
	if err := mended.enter(tx, Input{Kind: c.Kind, Deal: c.DealID, Terms: terms, Elsewhere: c.Elsewhere, Challenge: c.ChallengeID}, s.kinds); err != nil {
		return nil, err
	}
	if mended.Office != c.Office {
		return nil, fault.InvalidInput.At("/terms", fault.Immutable,
			"补正不能改变登记机构；登记机构有误的，请由其不予登记后重新提交",
			"A supplement stays with its office; if that is the wrong one, have it refused and file again")
	}
	if err := c.maySignAs(tx, mended.Terms); err != nil {
		return nil, err
	}
	regime, _ := ref.RegimeOf(a.Regime)
	if err := mended.inTime(regime, a.FiledOn); err != nil {
		return nil, err
	}
	a.Terms, a.supplied = mended.Terms, true
	return ps, nil
}

// maySignAs refuses terms of a lower price or an earlier day than was filed, where a deal's price must be shown and that was not. What was filed
// stood when it was filed.
func (c *Contract) maySignAs(tx *work.Tx, t Terms) error {
	if c.DealID == nil || t.Turnover >= c.Turnover && !t.SignedOn.Before(c.Terms.SignedOn) {
		return nil
	}
	then := *c
	if err := then.write(t); err != nil {
		return err
	}
	return deals.MaySign(tx, *c.DealID, then.signing())
}
