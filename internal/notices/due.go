package notices

import (
	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/ref"
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

const (
	reckoned work.Deed = "objection.due_reckoned"
	// reckonedAtOnce is how many one transaction reckons anew.
	reckonedAtOnce = 100
)

// DueDays reckons anew what was reckoned before a calendar was known, and tells who was told the day of before.
func DueDays(tx *work.Tx, j jobs.Job) error {
	calendar, err := ref.CalendarIn(tx.DB)
	if err != nil {
		return err
	}
	moved := 0
	for after := uuid.Nil; ; {
		var some []Objection
		err := tx.Where("answer_due_provisional AND state IN ? AND id > ?", open, after).Order("id").Limit(reckonedAtOnce).Find(&some).Error
		if err != nil {
			return err
		}
		for i := range some {
			o := &some[i]
			after = o.ID
			n, err := work.Load[Notice](tx.DB, o.NoticeID)
			if err != nil {
				return err
			}
			was, again := o.AnswerDue, *o
			if again.reckon(n, calendar); again.AnswerDue == was && again.AnswerDueProvisional {
				continue // it goes through another year that is not known yet
			}
			// Should somebody answer it at this moment, one of the two comes too late, and is tried again.
			if err := work.Move(tx, o, reckoned, func() error { o.reckon(n, calendar); return nil }); err != nil {
				return err
			}
			if err := tell(tx, n, o, o.moved(was)); err != nil {
				return err
			}
			if moved++; moved == reckonedAtOnce {
				return jobs.At(tx, j.Kind, j.ObjectID, j.Now)
			}
		}
		if len(some) < reckonedAtOnce {
			break
		}
	}
	if moved == 0 {
		return jobs.ErrNothing
	}
	return nil
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
