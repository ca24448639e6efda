package deals

import (
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/work"
)

// An introduction that nobody has answered lapses with the day on which the answer was due.
const (
	lapsing jobs.Kind = "introduction.lapse"
	lapsed  work.Deed = "introduction.lapse"
)

// Lapsing ends introductions whose answer is overdue. Of an answer and a lapse at the same moment one finds the other done.
func Lapsing() jobs.Handler {
	return jobs.Handler{Kind: lapsing, Do: func(tx *work.Tx, j jobs.Job) error {
		i, err := work.Load[Introduction](db.AsStored(db.ForUpdate(tx.DB)), j.ObjectID)
		if fault.NotVisible.Of(err) {
			return jobs.ErrNothing
		} else if err != nil {
			return err
		}
		switch {
		case i.State != Proposed:
			return jobs.ErrNothing
		case j.Now.Before(i.AnswerDue.End()): // written when it was not known when
			return jobs.Later(i.AnswerDue.End())
		}
		return work.Move(tx, i, lapsed, func() error { return i.Lapse(NoAnswer, j.Now) })
	}}
}
