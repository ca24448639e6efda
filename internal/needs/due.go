package needs

import (
	"time"

	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/work"
)

// An open need ends with its deadline's day in Shanghai.
const (
	expiry  jobs.Kind = "need.expire"
	expired work.Deed = "need.expire"
)

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
			case n.State != Open || !ends:
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
