package notices

import (
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
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
