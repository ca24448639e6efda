package contracts

import (
	"jiebang/internal/jobs"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// reckoned names the step by which an application gets another due day because a calendar was loaded.
const reckoned work.Deed = "application.due_reckoned"

// DueDays reckons anew what was reckoned before a calendar was known: a decision is due on a day that only the holidays of its year tell.
func DueDays(tx *work.Tx, j jobs.Job) error {
	return ref.Reckon(tx, j, func(a *Application, calendar when.Calendar) (bool, error) {
		was, again := a.DueOn, *a
		if err := again.reckon(calendar); err != nil || again.DueOn == was && again.DueProvisional {
			return false, err
		}
		// Should somebody decide on it at this moment, one of the two comes too late, and is tried again.
		if err := work.Move(tx, a, reckoned, func() error { return a.reckon(calendar) }); err != nil {
			return false, err
		}
		c, err := work.Load[Contract](tx.DB, a.ContractID)
		if err != nil {
			return false, err
		}
		return true, tell(tx, a, c, was) // whoever was told one day is told the other
	}, "due_provisional AND state IN ?", running)
}
