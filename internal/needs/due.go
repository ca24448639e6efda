package needs

import (
	"time"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// An open need ends with its deadline's day in Shanghai.
const (
	expiry  jobs.Kind = "need.expire"
	expired work.Deed = "need.expire"
)

// over says of rows what AsOf says of a need: open, held by nothing, and its last day is past. It is the columns' side of the one rule.
const over = "(state = 'open' AND held_by IS NULL AND COALESCE(deadline < " + db.Today + ", FALSE))"

// AsOf closes an open need whose last day is past, from the first moment of the next day on. Whoever reads needs reads them so; the job
// writes it down.
func (n *Need) AsOf(day when.Day) {
	if n.State == Open && n.HeldBy == nil && !n.Deadline.IsZero() && n.Deadline.Before(day) {
		n.State, n.CloseReason = Closed, Expired
	}
}

// ends is when an open need ends by itself; none where it has no deadline.
func (n *Need) ends() (time.Time, bool) { return n.Deadline.End(), !n.Deadline.IsZero() }

// writeExpiry has a need that was just opened, or opened anew with another deadline, end by itself.
func writeExpiry(tx *work.Tx, n *Need) error {
	at, ends := n.ends()
	if !ends {
		return jobs.Drop(tx, expiry, n.ID)
	}
	return jobs.At(tx, expiry, n.ID, at)
}

// Expiry closes needs whose deadline is over.
func Expiry() jobs.Handler {
	return jobs.Handler{Kind: expiry, Do: func(tx *work.Tx, j jobs.Job) error {
		err := listings.TakeOff(tx, j.ObjectID, expired, func(n *Need) error {
			at, ends := n.ends()
			switch {
			case n.State != Open || !ends || n.HeldBy != nil: // what is held ends with its challenge, or is written anew when released
				return jobs.ErrNothing
			case j.Now.Before(at): // written when it was not known when
				return jobs.Later(at)
			}
			return n.Close(Expired)
		})
		if fault.NotVisible.Of(err) {
			return jobs.ErrNothing
		}
		return err
	}}
}
