package contracts

import (
	"github.com/google/uuid"

	"jiebang/internal/jobs"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// reckoned names the step by which an application gets another due day because a calendar was loaded.
const reckoned work.Deed = "application.due_reckoned"

// reckonedAtOnce is how many applications one transaction reckons anew.
const reckonedAtOnce = 100

// DueDays reckons anew what was reckoned before a calendar was known: a decision is due on a day that only the holidays of its year tell.
// It goes by and by, so that registrars need not wait.
func DueDays(tx *work.Tx, j jobs.Job) error {
	calendar, err := ref.CalendarIn(tx.DB)
	if err != nil {
		return err
	}
	moved := 0
	for after := uuid.Nil; ; {
		var open []Application
		err = tx.Where("due_provisional AND state IN ? AND id > ?", running, after).
			Order("id").Limit(reckonedAtOnce).Find(&open).Error
		if err != nil {
			return err
		}
		for i := range open {
			a := &open[i]
			after = a.ID
			again := *a
			if err := again.reckon(calendar); err != nil {
				return err
			}
			if again.DueOn == a.DueOn && again.DueProvisional {
				continue // it goes through another year that is not known yet
			}
			// Should somebody decide on it at this moment, one of the two comes too late, and is tried again.
			was := a.DueOn
			if err := work.Move(tx, a, reckoned, func() error { return a.reckon(calendar) }); err != nil {
				return err
			}
			c, err := work.Load[Contract](tx.DB, a.ContractID)
			if err != nil {
				return err
			}
			// Whoever was told one day is told the other.
			if err := tell(tx, a, c, was); err != nil {
				return err
			}
			if moved++; moved == reckonedAtOnce {
				return jobs.At(tx, j.Kind, j.ObjectID, j.Now)
			}
		}
		if len(open) < reckonedAtOnce {
			break
		}
	}
	if moved == 0 {
		return jobs.ErrNothing
	}
	return nil
}
