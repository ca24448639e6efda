package people

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// alone refuses an entry whose person is in the same register, at the same office, on one of its days already. The account is locked, so
// that of two at once one is refused.
func alone(tx *work.Tx, e *Entry) error {
	person, err := work.Load[accounts.Account](db.ForUpdate(tx.DB), e.AccountID)
	if err != nil {
		return err
	}
	q := tx.Where("kind = ? AND account_id = ? AND office = ? AND id <> ? AND (valid_to IS NULL OR valid_to >= ?)", e.Kind, e.AccountID, e.Office, e.ID, e.ValidFrom)
	if !e.ValidTo.IsZero() {
		q = q.Where("valid_from <= ?", e.ValidTo)
	}
	var rows []Entry
	if err := q.Order("valid_from, id").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	r := rows[0]
	zh, en := "起，无止日", "on, without an end"
	if !r.ValidTo.IsZero() {
		zh, en = " 至 "+r.ValidTo.String(), "to "+r.ValidTo.String()
	}
	return fault.RegisterOverlap.Because("%[1]s（%[2]s）已有条目 %[3]s，期间为 %[4]s%[5]s。", "%[1]s (%[2]s) has the entry %[3]s, from %[4]s %[6]s.",
		person.Name, person.Username, r.ID, r.ValidFrom, zh, en)
}

// Correct changes an entry; by an operator.
func (s *Service) Correct(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Correction) (Answer, error) {
	return s.change(ctx, call, id, version, policy.RegisterEdit, func(tx *work.Tx, e *Entry, today when.Day) (err error) {
		if in.Expertise, err = in.Expertise.cleaned(tx, e.Kind); err != nil {
			return err
		}
		if in.Licence, err = in.Licence.cleaned(e.Kind, today); err != nil {
			return err
		}
		return e.correct(in, today)
	})
}

// End gives an entry its last day; by an operator.
func (s *Service) End(ctx context.Context, call work.Call, id uuid.UUID, version int64, last when.Day) (Answer, error) {
	return s.change(ctx, call, id, version, policy.RegisterEnd, func(_ *work.Tx, e *Entry, today when.Day) error { return e.end(last, today) })
}

func (s *Service) change(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(*work.Tx, *Entry, when.Day) error) (Answer, error) {
	return s.records().Do(ctx, s.unit, call, func(tx *work.Tx) (*Entry, error) {
		if err := policy.Check(call.Actor, action, policy.Facts{}); err != nil {
			return nil, err
		}
		e, err := s.records().Lock(tx, id)
		if err != nil {
			return nil, err
		}
		return e, work.Change(tx, e, version, action, func() error {
			from, to := e.ValidFrom, e.ValidTo
			if err := method(tx, e, when.DayOf(tx.Now)); err != nil {
				return err
			}
			if e.shorten(); e.ConfirmedAt == nil || e.ValidFrom.Before(from) || later(e.ValidTo, to) {
				e.ProposedBy = &call.Actor.Account
			}
			return alone(tx, e)
		})
	})
}

// Confirm puts the days of an entry in force that one operator has proposed; by another, who is not the person.
func (s *Service) Confirm(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.records().Do(ctx, s.unit, call, func(tx *work.Tx) (*Entry, error) {
		if err := policy.Check(call.Actor, policy.RegisterConfirm, policy.Facts{}); err != nil {
			return nil, err
		}
		e, err := s.records().Lock(tx, id)
		if err != nil {
			return nil, err
		}
		return e, work.Change(tx, e, version, policy.RegisterConfirm, func() error {
			person, err := work.Load[accounts.Account](db.ForShare(tx.DB), e.AccountID)
			if err != nil {
				return err
			}
			if err := e.fits(person, "/kind"); err != nil { // they may have become one since
				return err
			}
			return e.confirm(call.Actor.Account, tx.Now)
		})
	})
}

// fits refuses a registrar who is an operator: the bureau enters registrars and decides on no contract.
func (e *Entry) fits(person *accounts.Account, pointer string) error {
	if e.Kind == policy.Registrar && person.Bureau() {
		return fault.InvalidInput.At(pointer, fault.NotOffered, "运营方账号不能兼任合同登记员，请用另一人的账号", "An operator is no registrar; it takes another person's account")
	}
	return nil
}

// Delete takes out an entry that has not begun; by an operator.
func (s *Service) Delete(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := policy.Check(call.Actor, policy.RegisterEdit, policy.Facts{}); err != nil {
			return err
		}
		e, err := s.records().Lock(tx, id)
		if err != nil {
			return err
		}
		if e.Version != version {
			return fault.VersionStale.New()
		}
		if err := e.notBegun(when.DayOf(tx.Now)); err != nil {
			return err
		}
		return work.Remove(tx, e, deleted)
	})
}

// deleted names an entry that never began, in the audit trail; ended one that ended with its account.
const (
	deleted work.Deed = "register.delete"
	ended   work.Deed = "register.end_with_account"
)

// AccountEnds ends the entries of an account that ends, with this day; those to come are taken out.
func AccountEnds(tx *work.Tx, account uuid.UUID, _ bool) error {
	today := when.DayOf(tx.Now)
	var rows []Entry
	err := db.ForUpdate(tx.DB).Where("account_id = ? AND (valid_to IS NULL OR valid_to >= ?)", account, today).Order("id").Find(&rows).Error
	if err != nil {
		return err
	}
	for i := range rows {
		e := &rows[i]
		if e.ValidFrom.After(today) {
			err = work.Remove(tx, e, deleted)
		} else {
			err = work.Move(tx, e, ended, func() error {
				e.ValidTo = today
				e.shorten()
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Mine are the account's own entries that are not over, the first to begin first.
func (s *Service) Mine(ctx context.Context, actor policy.Actor) ([]Entry, error) {
	var rows []Entry
	err := s.unit.Query(ctx).Where("account_id = ? AND (valid_to IS NULL OR valid_to >= ?)", actor.Account, when.DayOf(s.unit.Now())).
		Order("valid_from, id").Limit(100).Find(&rows).Error
	return rows, err
}
