package results

import (
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/work"
)

// A result for which the owner's word has run out is dormant: search and match leave it out from then on. The record stays as it is, but
// whoever keeps a copy of it, such as the index, has to hear that the day is over.
const (
	dormancy jobs.Kind = "result.rest"
	rested   work.Deed = "result.rest"
)

// writeDormancy has a result rest by itself once it is no longer confirmed.
func writeDormancy(tx *work.Tx, r *Result) error {
	if r.ConfirmedUntil.IsZero() {
		return jobs.Drop(tx, dormancy, r.ID)
	}
	return jobs.At(tx, dormancy, r.ID, r.ConfirmedUntil.End())
}

// Dormancy tells that results have ceased to be confirmed.
func Dormancy() jobs.Handler {
	return jobs.Handler{Kind: dormancy, Do: func(tx *work.Tx, j jobs.Job) error {
		r, err := listings.Lock(tx, j.ObjectID)
		if fault.NotVisible.Of(err) {
			return jobs.ErrNothing
		} else if err != nil {
			return err
		}
		if r.ConfirmedUntil.IsZero() || j.Now.Before(r.ConfirmedUntil.End()) {
			return jobs.ErrNothing
		}
		tx.Emit(rested, work.RefOf(r))
		return tx.Record(rested, work.RefOf(r), nil, nil)
	}}
}
