// Package relay carries Changes from the outbox to those who react to them. It decides their order, who works on what at a
// time, and how often a failure is tried again; it leaves the reaction to the package that reacts.
//
// Writers insert outbox rows without a position. One stamper, under a lease, gives committed rows the next positions of the
// change log, so that a reader that goes by position never misses one: transactions that commit out of order only get their
// positions later. The stamper chains the audit trail in the same way.
package relay

import (
	"context"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

const (
	leaseTime  = 3 * time.Second  // how long a crashed holder keeps others out
	batch      = 500              // Changes per step
	stampTime  = 30 * time.Second // how long one step of the stamper may take
	backoffMin = 200 * time.Millisecond
	backoffMax = 2 * time.Second
)

// Change is one row of the log: something happened to an object. Whoever reacts loads the object as it is by then.
type Change struct {
	Pos       int64 `gorm:"primaryKey;autoIncrement:false"`
	OutboxID  uuid.UUID
	Kind      string
	ObjectID  uuid.UUID
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	Mark      string    `gorm:"-"` // which Change of which database it is (Place), for consumers that keep their own place
	Hash      *string   // covers the Change before and this one; nil: written by the version before, and not chained yet
	work.Told           // not covered: it says how to tell of the Change, and the audit row what was done
}

func (Change) TableName() string { return "change_log" }

// Consumer reacts to Changes in order. Handling one twice must do no harm.
type Consumer struct {
	Name string
	// Place and Handle of a consumer that keeps its own place, such as the index of this process: Handle must make the place
	// durable together with its effect. Without Place, the place lives in the database and moves after Handle, under a lease.
	Place  func(ctx context.Context) (Place, error)
	Handle func(ctx context.Context, changes []Change) error
	// Astray is told that the log does not have the place's Change there: the database is another, or went back. What the consumer has made of
	// the Changes up to there is not this log's. It belongs to Place.
	Astray func(ctx context.Context, at Place) error
	// Within tells, of a consumer whose place lives in the database, how far this process can go by now, where it needs something else that goes by
	// the log; while that is nowhere, it leaves the lease to another process. nil: to the end of the log.
	Within func() int64
}

// Task is work that recurs, done by one process at a time.
type Task struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// Relay runs the stamper, the consumers and the tasks of one process.
type Relay struct {
	db    *db.DB
	clock when.Clock
	poll  time.Duration // how long a Change of another process may wait for us to notice
	self  string        // this process, as a holder of leases

	mu   sync.Mutex
	wake chan struct{} // closed and replaced at each wake
	stop context.CancelFunc
	done sync.WaitGroup
}

// New makes a Relay that does nothing until Start.
func New(d *db.DB, clock when.Clock, poll time.Duration) *Relay {
	return &Relay{db: d, clock: clock, poll: poll, self: uuid.NewString(), wake: make(chan struct{})}
}

// Wake makes waiting loops look again at once. It does not block.
func (r *Relay) Wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.wake)
	r.wake = make(chan struct{})
}

// Woken gives a channel that is closed at the next wake.
func (r *Relay) Woken() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wake
}

// Start runs everything in the background until Stop.
func (r *Relay) Start(consumers []Consumer, tasks []Task) {
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.run(ctx, "stamper", func(ctx context.Context) (int, error) {
		ctx, cancel := context.WithTimeout(ctx, stampTime) // a database that fell silent must not hold it for ever
		defer cancel()
		return r.Stamp(ctx)
	})
	for _, c := range consumers {
		r.run(ctx, c.Name, func(ctx context.Context) (int, error) { return r.Step(ctx, c) })
	}
	for _, t := range tasks {
		r.recur(ctx, t)
	}
}

// Stop ends all loops, waits for the step that each is in, and gives up this process's leases, so that the next need not wait
// for them to run out.
func (r *Relay) Stop() {
	if r.stop == nil {
		return
	}
	r.stop()
	r.done.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := r.write(ctx, func(tx *gorm.DB) error { return tx.Where("holder = ?", r.self).Delete(&lease{}).Error }); err != nil {
		slog.Warn("leases were not given up; they run out by themselves", "cause", err)
	}
}

// run repeats step: at once while there was work, after a wake or a poll otherwise, with growing pauses after failures, of two
// seconds at most.
func (r *Relay) run(ctx context.Context, name string, step func(context.Context) (int, error)) {
	r.done.Go(func() {
		failures := 0
		for ctx.Err() == nil {
			woken := r.Woken()
			n, err := step(ctx)
			switch {
			case err != nil && ctx.Err() == nil:
				failures++
				wait := min(backoffMin<<min(failures-1, 10), backoffMax)
				slog.Log(ctx, Severity(err, failures), "background step failed", "worker", name, "failures", failures, "retry_in", wait, "cause", err)
				Wait(ctx, nil, backoffMin)
				Wait(ctx, woken, wait-backoffMin) // a wake says that the database takes writes again
			case n == 0:
				failures = 0
				Wait(ctx, woken, r.poll)
			default:
				failures = 0
			}
		}
	})
}

// lasting is how many failures in a row are no passing trouble any more: of a step the sixth is five seconds after the first.
const lasting = 6

// Severity is how a failure in the background stands in the log, the so-manieth in a row: that the database is not to be had passes, as when a
// session was ended or another server takes over, and is an error once it lasts. Any other failure is one at once.
func Severity(err error, failures int) slog.Level {
	if db.Unavailable(err) && failures < lasting {
		return slog.LevelWarn
	}
	return slog.LevelError
}

func (r *Relay) recur(ctx context.Context, t Task) {
	r.done.Go(func() {
		Wait(ctx, nil, rand.N(t.Every/10+1)) //nolint:gosec // spreads the processes, not a secret
		failures := 0
		for ctx.Err() == nil {
			if held, err := r.lease(ctx, t.Name, t.Every); err == nil && held {
				failures++
				if err := t.Run(ctx); err == nil {
					failures = 0
				} else if ctx.Err() == nil {
					slog.Log(ctx, Severity(err, failures), "task failed", "task", t.Name, "failures", failures, "cause", err)
				}
			}
			Wait(ctx, nil, t.Every)
		}
	})
}

// Wait waits until something was written in this process, or so long, or until ctx ends.
func Wait(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}

// Step hands the next Changes to a consumer and returns how many there were. 0 also means that another process holds its lease.
func (r *Relay) Step(ctx context.Context, c Consumer) (int, error) {
	if c.Place != nil {
		place, err := c.Place(ctx)
		if err != nil {
			return 0, err
		}
		if place.Pos == Nowhere {
			return 0, nil
		}
		changes, fits, err := r.since(ctx, place)
		if err == nil && !fits {
			return 0, c.Astray(ctx, place)
		}
		if err != nil || len(changes) == 0 {
			return 0, err
		}
		return len(changes), c.Handle(ctx, changes)
	}
	within := int64(math.MaxInt64)
	if c.Within != nil {
		if within = c.Within(); within <= 0 {
			return 0, nil
		}
	}
	if idle, err := r.nothingFor(ctx, c.Name, within); err != nil || idle {
		return 0, err
	}
	if held, err := r.lease(ctx, c.Name, leaseTime); err != nil || !held {
		return 0, err
	}
	place, err := r.place(ctx, c.Name)
	if err != nil {
		return 0, err
	}
	changes, err := r.after(ctx, place)
	changes = slices.DeleteFunc(changes, func(c Change) bool { return c.Pos > within })
	if err != nil || len(changes) == 0 {
		return 0, err
	}
	if err := c.Handle(ctx, changes); err != nil {
		return 0, err
	}
	return len(changes), r.advance(ctx, c.Name, place, changes[len(changes)-1].Pos)
}

func (r *Relay) after(ctx context.Context, pos int64) ([]Change, error) {
	var out []Change
	err := r.db.Reader.WithContext(ctx).Where("pos > ?", pos).Order("pos").Limit(batch).Find(&out).Error
	return out, err
}

// Nowhere is the position of a consumer that wants nothing for now.
const Nowhere = math.MaxInt64

// Head is the last position of the log.
func (r *Relay) Head(ctx context.Context) (int64, error) {
	var pos int64
	err := r.db.Reader.WithContext(ctx).Model(&Change{}).Select("COALESCE(MAX(pos), 0)").Scan(&pos).Error
	return pos, err
}

// Pending tells how many committed Changes have no position yet.
func (r *Relay) Pending(ctx context.Context) (int64, error) {
	var n int64
	err := r.db.Reader.WithContext(ctx).Model(&work.OutboxRow{}).Count(&n).Error
	return n, err
}

// Lag is how far somebody who goes by the log is behind.
type Lag struct {
	Changes   int64         // in the log, behind their place
	Age       time.Duration // of the first of those
	Unstamped time.Duration // age of the first that has no position yet
}

// Lag tells how far a place is behind.
func (r *Relay) Lag(ctx context.Context, place int64) (l Lag, err error) {
	now, err := r.now(ctx)
	if err != nil {
		return l, err
	}
	head, err := r.Head(ctx)
	if err != nil {
		return l, err
	}
	q := r.db.Reader.WithContext(ctx)
	if l.Changes = max(head-place, 0); l.Changes > 0 {
		var next []Change
		if err := q.Where("pos > ?", place).Order("pos").Limit(1).Find(&next).Error; err != nil {
			return l, err
		}
		for _, c := range next {
			l.Age = now.Sub(c.CreatedAt)
		}
	}
	var waiting []work.OutboxRow
	err = q.Order("id").Limit(1).Find(&waiting).Error
	for _, row := range waiting {
		l.Unstamped = now.Sub(row.CreatedAt)
	}
	return l, err
}

// write runs one small transaction of the relay's own, also for a single statement: see jobs, whose statements wait for the same connection.
func (r *Relay) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return r.db.Writer.WithContext(ctx).Transaction(fn)
}
