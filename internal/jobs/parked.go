package jobs

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Filter narrows the list of jobs; empty fields do not.
type Filter struct {
	Kind  Kind   `query:"kind" where:"kind = ?"`
	State string `query:"state"` // Waiting or Parked
}

// The states of a job.
const (
	Waiting = "waiting" // for its time, or to be tried again
	Parked  = "parked"  // for an operator, since it failed too often
)

// State tells which it is.
func (j Job) State() string {
	if j.ParkedAt != nil {
		return Parked
	}
	return Waiting
}

// List lists jobs, what was written last in front; for operators.
func (r *Runner) List(ctx context.Context, actor policy.Actor, f Filter, p db.Paging) (db.Page[Job], error) {
	if err := policy.Check(actor, policy.JobRead, policy.Facts{}); err != nil {
		return db.Page[Job]{}, err
	}
	if _, known := r.handlers[f.Kind]; f.Kind != "" && !known {
		var there []string // of a kind that another version of the program knows
		if err := r.unit.Query(ctx).Model(&Job{}).Where("kind = ?", f.Kind).Limit(1).Pluck("kind", &there).Error; err != nil {
			return db.Page[Job]{}, err
		}
		if len(there) == 0 {
			var kinds []string
			for kind := range r.handlers {
				kinds = append(kinds, string(kind))
			}
			slices.Sort(kinds)
			return db.Page[Job]{}, fault.InvalidInput.At("query:kind", fault.NotOffered, "没有这类任务，取值应为：%[1]s", "There is no such kind of job; one of: %[2]s", strings.Join(kinds, "、"), strings.Join(kinds, ", "))
		}
	}
	q := db.Filter(r.unit.Query(ctx).Model(&Job{}), f)
	switch f.State {
	case Parked:
		q = q.Where("parked_at IS NOT NULL")
	case Waiting:
		q = q.Where("parked_at IS NULL")
	}
	return db.List(q, p, db.Newest(func(j *Job) uuid.UUID { return j.ID }))
}

const retried work.Deed = "job.retry"

// Retry has a parked job begin anew, at once; by an operator.
func (r *Runner) Retry(ctx context.Context, call work.Call, id uuid.UUID) error {
	_, err := r.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := policy.Check(call.Actor, policy.JobRetry, policy.Facts{}); err != nil {
			return err
		}
		var rows []Job
		if err := db.ForUpdate(tx.DB).Where("id = ?", id).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.NotVisible.New()
		}
		j := rows[0]
		if j.ParkedAt == nil {
			return fault.In(j.State(), Parked)
		}
		now, err := r.now(ctx)
		if err != nil {
			return err
		}
		if err := At(tx, j.Kind, j.ObjectID, now); err != nil {
			return err
		}
		return tx.Record(retried, work.Ref{Noun: "job", ID: j.ID, Version: 1}, j, nil)
	})
	return err
}

// CountParked is how many jobs wait for an operator.
func (r *Runner) CountParked(ctx context.Context) (int64, error) {
	var n int64
	err := r.unit.Query(ctx).Model(&Job{}).Where("parked_at IS NOT NULL").Count(&n).Error
	return n, err
}
