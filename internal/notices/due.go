package notices

import (
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// ending is the job that ends a period with its last day.
const (
	ending jobs.Kind = "notice.end"
	lapsed work.Deed = "objection.lapse"
)

// Ending ends periods whose last day is over: what was not completed by then is not taken up, and the notice is closed unless an objection
// waits for its answer. Then whoever answers the last one closes it.
func Ending() jobs.Handler {
	return jobs.Handler{Kind: ending, Do: func(tx *work.Tx, j jobs.Job) error {
		n, err := notices.Lock(tx, j.ObjectID)
		if fault.NotVisible.Of(err) {
			return jobs.ErrNothing
		} else if err != nil {
			return err
		}
		switch {
		case n.State != Running:
			return jobs.ErrNothing
		case j.Now.Before(n.LastDay.End()):
			return jobs.Later(n.LastDay.End())
		}
		var rows []Objection
		if err := tx.Where("notice_id = ? AND state = ?", n.ID, Incomplete).Order("id").Find(&rows).Error; err != nil {
			return err
		}
		for i := range rows {
			o := &rows[i]
			if err := work.Move(tx, o, lapsed, func() error { return o.Lapse(j.Now) }); err != nil {
				return err
			}
			if err := tell(tx, n, o, o.ended()); err != nil {
				return err
			}
		}
		left, err := waiting(tx, n)
		if err != nil {
			return err
		}
		switch {
		case left == 0:
			return work.Move(tx, n, closed, func() error { return n.Close(j.Now) })
		case len(rows) == 0:
			return jobs.ErrNothing
		}
		return nil
	}}
}

const reckoned work.Deed = "objection.due_reckoned"

// DueDays reckons anew what was reckoned before a calendar was known, and tells who was told the day of before.
func DueDays(tx *work.Tx, j jobs.Job) error {
	return ref.Reckon(tx, j, func(o *Objection, calendar when.Calendar) (bool, error) {
		n, err := work.Load[Notice](tx.DB, o.NoticeID)
		if err != nil {
			return false, err
		}
		was, again := o.AnswerDue, *o
		if again.reckon(n, calendar); again.AnswerDue == was && again.AnswerDueProvisional {
			return false, nil
		}
		// Should somebody answer it at this moment, one of the two comes too late, and is tried again.
		if err := work.Move(tx, o, reckoned, func() error { o.reckon(n, calendar); return nil }); err != nil {
			return false, err
		}
		return true, tell(tx, n, o, o.moved(was))
	}, "answer_due_provisional AND state IN ?", open)
}

// waiting counts the open objections to a notice.
func waiting(tx *work.Tx, n *Notice) (int64, error) {
	var left int64
	err := tx.Model(&Objection{}).Where("notice_id = ? AND state IN ?", n.ID, open).Count(&left).Error
	return left, err
}

// settle closes a notice whose period is over once nothing waits for an answer any more. The notice is locked.
func settle(tx *work.Tx, n *Notice) error {
	now := tx.Moment()
	if n.State != Running || n.InTime(now) {
		return nil
	}
	left, err := waiting(tx, n)
	if err != nil || left > 0 {
		return err
	}
	return work.Move(tx, n, closed, func() error { return n.Close(now) })
}
