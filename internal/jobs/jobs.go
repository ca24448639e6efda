// Package jobs does what happens at a time or in the background: written in the use case's own transaction, done under a lease.
package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Kind names what is done.
type Kind string

// Job is one thing to do about an object.
type Job struct {
	Kind     Kind      `gorm:"primaryKey"`
	ObjectID uuid.UUID `gorm:"primaryKey"`
	DueAt    time.Time
	Attempts int
	HeldTo   time.Time
}

func (Job) TableName() string { return "jobs" }

// At has something done about an object at a time; a past or zero time is at once.
func At(tx *work.Tx, kind Kind, object uuid.UUID, at time.Time) error {
	if at.Before(tx.Now) {
		at = tx.Now
	}
	j := Job{Kind: kind, ObjectID: object, DueAt: at, HeldTo: tx.Now.Add(-time.Second)}
	err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "kind"}, {Name: "object_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"due_at", "attempts", "held_to"})}).Create(&j).Error
	return err
}

// ErrNothing is what a handler returns when there is nothing to do any more: what it has written is taken back, and the job removed.
var ErrNothing = errors.New("jobs: nothing to do any more")

// Handler does the jobs of one kind.
type Handler struct {
	Kind     Kind
	Do       func(tx *work.Tx, j Job) error
	Errand   func(ctx context.Context, j Job) (done func(tx *work.Tx) error, err error)
	Timeout  time.Duration
	Attempts int
}

// Runner runs jobs.
type Runner struct {
	db       *db.DB
	unit     *work.Unit
	poll     time.Duration
	woken    func() <-chan struct{}
	handlers []Handler
	stop     context.CancelFunc
	ended    chan struct{}
}

// New makes a Runner that does nothing until Start.
func New(unit *work.Unit, d *db.DB, _ when.Clock, poll time.Duration, woken func() <-chan struct{}, handlers ...Handler) *Runner {
	return &Runner{db: d, unit: unit, poll: poll, woken: woken, handlers: handlers}
}

// Start works in the background until Stop.
func (r *Runner) Start() {
	ctx, stop := context.WithCancel(context.Background())
	r.stop, r.ended = stop, make(chan struct{})
	go func() {
		defer close(r.ended)
		for ctx.Err() == nil {
			woken := r.woken()
			if n, err := r.Run(ctx); err != nil || n == 0 {
				select {
				case <-ctx.Done():
				case <-woken:
				case <-time.After(r.poll):
				}
			}
		}
	}()
}

// Stop ends the background.
func (r *Runner) Stop() {
	if r.stop != nil {
		r.stop()
		<-r.ended
	}
}

// Run does what is due and tells how many jobs there were.
func (r *Runner) Run(ctx context.Context) (n int, err error) {
	for _, h := range r.handlers {
		var due []Job
		now := r.unit.Now()
		if err := r.db.Reader.WithContext(ctx).Where("kind = ? AND due_at <= ? AND held_to < ?", h.Kind, now, now).Order("due_at").Limit(20).Find(&due).Error; err != nil {
			return n, err
		}
		for _, j := range due {
			n++
			taken := r.db.Writer.WithContext(ctx).Model(&Job{}).Where("kind = ? AND object_id = ? AND held_to < ?", j.Kind, j.ObjectID, now).
				Updates(map[string]any{"held_to": now.Add(5 * time.Second), "attempts": j.Attempts + 1})
			if taken.Error != nil || taken.RowsAffected == 0 {
				continue
			}
			j.Attempts++
			if err := r.one(ctx, h, j); err != nil {
				slog.WarnContext(ctx, "job failed", "kind", h.Kind, "attempts", j.Attempts, "cause", err)
				_ = r.db.Writer.WithContext(context.WithoutCancel(ctx)).Model(&Job{}).Where("kind = ? AND object_id = ?", j.Kind, j.ObjectID).
					Updates(map[string]any{"held_to": now.Add(-time.Second), "due_at": r.unit.Now().Add(time.Second << min(j.Attempts, 12))}).Error
			}
		}
	}
	return n, nil
}

func (r *Runner) one(ctx context.Context, h Handler, j Job) error {
	limited, cancel := context.WithTimeout(ctx, max(h.Timeout, time.Second))
	defer cancel()
	done := func(tx *work.Tx) error { return h.Do(tx, j) }
	if h.Errand != nil {
		var err error
		if done, err = h.Errand(limited, j); errors.Is(err, ErrNothing) {
			done = nil
		} else if err != nil {
			return err
		}
	}
	drop := func(q *gorm.DB) error {
		return q.Where("kind = ? AND object_id = ?", j.Kind, j.ObjectID).Delete(&Job{}).Error
	}
	if done == nil {
		return drop(r.db.Writer.WithContext(ctx))
	}
	_, err := r.unit.Do(limited, work.Call{Operation: string(j.Kind)}, func(tx *work.Tx) error {
		if err := drop(tx.DB); err != nil {
			return err
		}
		return done(tx)
	})
	if errors.Is(err, ErrNothing) {
		err = drop(r.db.Writer.WithContext(ctx))
	}
	return err
}
