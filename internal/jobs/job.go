// Package jobs does what is due at a time and what is done in the background. It decides when a job runs, that its effect happens once,
// how often a failure is tried again, and what becomes of one that never goes well; what a job does is the business of the package whose
// kind it is.
//
// A job is a row that a use case writes in its own transaction, so that neither is there without the other. Whoever runs it holds it by
// a lease for a while; when that process dies, the lease runs out and another takes the job. What is done in the database is done in the
// transaction that removes the job, and so once. What is done outside, such as sending a mail, may be done again after a crash and has
// to be harmless then.
//
// Whether a job is due is asked of the database's clock, so that a replica whose clock is wrong runs nothing early or late.
package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"jiebang/internal/work"
)

// Kind names what a job does: "need.expire". All replicas know all kinds before any writes a new one; of an unknown kind a process leaves
// the jobs to others.
type Kind string

// Job is one thing to do about one object. There is one job for each kind and object.
type Job struct {
	ID       uuid.UUID // another one each time that the job is written
	Kind     Kind      `gorm:"primaryKey"`
	ObjectID uuid.UUID `gorm:"primaryKey"`
	DueAt    time.Time
	Attempts int // how often it has been begun since it was written
	// Now is the database's time when it was begun: what depends on the time goes by this and not by the clock of the process.
	Now time.Time `gorm:"-"`

	Holder    string
	Until     *time.Time // how long its holder has it
	ParkedAt  *time.Time // it failed too often, and waits for an operator
	LastError string
	CreatedAt time.Time `gorm:"autoCreateTime:false"`

	inherited bool // its lease ran out, or its holder died
}

func (Job) TableName() string { return "jobs" }

// ErrNothing is what a handler returns when there is nothing to do any more: what it has written is taken back, and the job removed.
var ErrNothing = errors.New("jobs: nothing to do any more")

// later is what Later returns.
type later struct{ at time.Time }

func (l later) Error() string { return "jobs: not before " + l.at.Format(time.RFC3339) }

// Later is what a handler returns when it finds that the job is not due yet: what it has written is taken back, and the job waits for that
// time. Like ErrNothing it keeps transactions that change no record, and so leave no audit row, out of the use cases.
func Later(at time.Time) error { return later{at.UTC()} }

// At writes a job in the use case that causes it: something is due about an object. A time that is past means at once. A job of the same
// kind about the same object is moved, and begins anew if it was parked.
func At(tx *work.Tx, kind Kind, object uuid.UUID, at time.Time) error {
	return AllAt(tx, kind, []uuid.UUID{object}, at)
}

// AllAt is At for many objects, in as few statements as the database takes.
func AllAt(tx *work.Tx, kind Kind, objects []uuid.UUID, at time.Time) error {
	if len(objects) == 0 {
		return nil
	}
	rows := make([]Job, len(objects))
	for i, object := range objects {
		rows[i] = Job{ID: work.NewID(), Kind: kind, ObjectID: object, DueAt: at.UTC(), CreatedAt: tx.Now}
	}
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "kind"}, {Name: "object_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"id", "due_at", "attempts", "holder", "until", "parked_at", "last_error", "created_at"}),
	}).CreateInBatches(&rows, 500).Error
}

// Drop takes a job back, if it is there.
func Drop(tx *work.Tx, kind Kind, object uuid.UUID) error {
	return tx.Where("kind = ? AND object_id = ?", kind, object).Delete(&Job{}).Error
}

// Handler does the jobs of one kind, by Do or by Errand.
type Handler struct {
	Kind Kind
	// Do runs in the transaction that removes the job. It may write a job of the same kind about the same object, to go on later.
	Do func(tx *work.Tx, j Job) error
	// Errand does something outside the database, without a transaction, and perhaps a second time after a crash. What it returns, if
	// anything, runs in the transaction that removes the job.
	Errand func(ctx context.Context, j Job) (done func(tx *work.Tx) error, err error)
	// Timeout is how long one run may take; 0 means 20 seconds.
	Timeout time.Duration
	// Attempts is how often it is tried before it is parked; 0 means 10, which takes some six hours.
	Attempts int
}

// Together is one handler of a kind for several packages, in one transaction: each does its part, or returns ErrNothing having written nothing.
func Together(kind Kind, parts ...func(tx *work.Tx, j Job) error) Handler {
	return Handler{Kind: kind, Do: func(tx *work.Tx, j Job) error {
		result := ErrNothing
		for _, do := range parts {
			switch err := do(tx, j); {
			case err == nil:
				result = nil
			case !errors.Is(err, ErrNothing):
				return err
			}
		}
		return result
	}}
}

func (h Handler) timeout() time.Duration {
	if h.Timeout == 0 {
		return 20 * time.Second
	}
	return h.Timeout
}

func (h Handler) attempts() int {
	if h.Attempts == 0 {
		return 10
	}
	return h.Attempts
}

// pause is how long a job waits after it has failed so often: a minute and a half at first, twice as long each time, and six hours at most. The
// first time it is a second, since most failures pass at once.
func pause(attempts int) time.Duration {
	if attempts <= 1 {
		return time.Second
	}
	return min(90*time.Second<<min(attempts-2, 10), 6*time.Hour)
}
