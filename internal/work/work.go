// Package work runs a use case: one transaction, in which the records change, the audit trail and the outbox are written, and
// the idempotency key is kept, or nothing at all. It decides retries, versions and replays; it leaves what may change to the
// use case, who may do it to policy, and what happens later to relay.
package work

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/when"
)

// A use case is run again after a serialization failure, a deadlock or a busy file: so many times, and not once it has taken
// this long, since a busy file has been waited for already.
const (
	attempts = 5
	patience = 2 * time.Second
)

// inVain is how long a use case may have taken that is run again, once, because it waited for a lock in vain: whoever had the row may have
// been ended meanwhile, as a process that hangs is. It waits half as long then (db.Hurry), so that the caller is answered within five seconds.
const inVain = 2500 * time.Millisecond

// Unit runs use cases against one database.
type Unit struct {
	db     *db.DB
	clock  when.Clock
	wake   func()
	guard  Guard
	refuse func() error
	// secrets keeps fingerprints of requests from telling what they asked for; nil keeps them plain.
	secrets *seal.Keys
	// commits counts the transactions of this process that wrote something, so that what was read before can be told from
	// what would be read now.
	commits atomic.Int64
	day     atomic.Int64 // the second at which the day of the last look began
	recent  sync.Map     // of rows that are read often: *Recent by noun
	tables  sync.Map     // how to look up what a filter names, by table (Knows)
}

// Guard looks at a transaction just before it commits and may refuse it. The test harness uses it to hold a rule that no
// single use case can be trusted with: whatever writes leaves an audit row.
type Guard func(tx *Tx) error

// Option sets something that only some callers need.
type Option func(*Unit)

// WithGuard has every transaction looked at before it commits.
func WithGuard(g Guard) Option { return func(u *Unit) { u.guard = g } }

// WithRefusal has every use case ask first whether changes are taken at all; what only frees room is not asked.
func WithRefusal(refuse func() error) Option { return func(u *Unit) { u.refuse = refuse } }

// Frees begins the names of operations that only free room.
const Frees = "forget "

// WithSecrets keeps what the fingerprints of requests would tell from those who read the database.
func WithSecrets(k *seal.Keys) Option { return func(u *Unit) { u.secrets = k } }

// New makes a Unit. wake is called after each commit that emitted a Change; it must not block.
func New(d *db.DB, clock when.Clock, wake func(), options ...Option) *Unit {
	u := &Unit{db: d, clock: clock, wake: wake}
	for _, o := range options {
		o(u)
	}
	return u
}

// Call is one request to run a use case.
type Call struct {
	Operation   string // operationId, or a command's name
	Actor       policy.Actor
	Key         string // Idempotency-Key; empty runs without one
	Fingerprint string // digest of what was asked; the same key with another fingerprint is refused
	RequestID   string // for the audit trail
}

// Done is what a finished transaction tells: the object it was about, and whether it had been done before by the same key.
type Done struct {
	ID       uuid.UUID
	Replayed bool
}

// Tx is the one transaction of a use case and its only database handle.
type Tx struct {
	*gorm.DB
	Now     time.Time // the same moment for everything that the use case writes
	clock   when.Clock
	secrets *seal.Keys
	Call    Call
	subject Ref
	audits  []AuditRow
	details []auditDetail
	changes []OutboxRow
}

// Moment is the clock's time by now, which is later than Now where the transaction has waited for a lock.
func (tx *Tx) Moment() time.Time { return tx.clock() }

// Judged is the moment by which a deadline is judged: Moment, unless this process's clock differs from the database's by more than a second. Then it is the
// database's, which is one for all, so that no process whose clock is wrong lets in what another would refuse. Whoever asks holds what the deadline is of.
func (tx *Tx) Judged() (time.Time, error) {
	off, err := db.Off(tx.DB)
	if err != nil || off.Abs() <= time.Second {
		off = 0
	}
	return tx.clock().Add(off), err
}

// Secrets is the secret file, by whose keys a transaction seals what must not be read in the database; nil where there is none.
func (tx *Tx) Secrets() *seal.Keys { return tx.secrets }

// Secrets is the secret file; nil where there is none.
func (u *Unit) Secrets() *seal.Keys { return u.secrets }

type running struct{}

// errNested is a programming error: a use case that needs another package's rule calls its function that takes a *Tx. It is met
// where the transaction's own context is passed on; a test reads the code for the rest.
var errNested = errors.New("work: Do inside Do")

// Do runs fn in one transaction, again from the start when the database asks for it; nothing outside the database may happen
// in fn. The first object that fn records is the one that Done tells of.
func (u *Unit) Do(ctx context.Context, call Call, fn func(tx *Tx) error) (Done, error) {
	if ctx.Value(running{}) != nil {
		return Done{}, errNested
	}
	if u.refuse != nil && !strings.HasPrefix(call.Operation, Frees) {
		if err := u.refuse(); err != nil {
			return Done{}, err
		}
	}
	ctx = context.WithValue(ctx, running{}, true)
	start := time.Now()
	hurried := false
	for attempt := 1; ; attempt++ {
		done, emitted, err := u.once(ctx, call, hurried, fn)
		if !done.Replayed {
			u.commits.Add(1) // after an error, too: a commit may have been done whose answer was lost
		}
		if err == nil {
			if emitted {
				u.wake()
			}
			return done, nil
		}
		switch took := time.Since(start); {
		case db.WaitedInVain(err) && !hurried && took < inVain:
			hurried = true
		case !db.Retryable(err) || took > patience || attempt == attempts:
			return Done{}, err
		}
		slog.DebugContext(ctx, "transaction will be run again", "operation", call.Operation, "attempt", attempt, "cause", err)
		if !pause(ctx, attempt) {
			return Done{}, err
		}
	}
}

func (u *Unit) once(ctx context.Context, call Call, hurried bool, fn func(tx *Tx) error) (done Done, emitted bool, err error) {
	now := u.clock()
	err = u.db.Writer.WithContext(db.OnDay(ctx, when.DayOf(now))).Transaction(func(g *gorm.DB) error {
		tx := &Tx{DB: g, Now: now, clock: u.clock, secrets: u.secrets, Call: call}
		if hurried {
			if err := db.Hurry(g); err != nil {
				return err
			}
		}
		if call.Key != "" {
			replay, err := tx.claim()
			if err != nil {
				return err
			}
			if replay != nil {
				done = Done{ID: *replay, Replayed: true}
				return nil
			}
		}
		if err := fn(tx); err != nil {
			return err
		}
		if err := tx.finish(); err != nil {
			return err
		}
		if u.guard != nil {
			if err := u.guard(tx); err != nil {
				return err
			}
		}
		done, emitted = Done{ID: tx.subject.ID}, len(tx.changes) > 0
		return nil
	})
	return done, emitted, err
}

// View runs reads that must agree with one another on one snapshot.
func (u *Unit) View(ctx context.Context, fn func(q *gorm.DB) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if u.db.Dialect == db.Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	return u.onToday(ctx).Transaction(fn, options)
}

// Commits is how many transactions of this process have written by now. What was read at one number and is asked for at the same
// number would be read the same again, unless another process wrote. A day that begins counts as a write, since it changes what is read
// (db.Today).
func (u *Unit) Commits() int64 {
	if day := when.DayOf(u.clock()).Start().Unix(); u.day.Swap(day) != day {
		u.commits.Add(1)
	}
	return u.commits.Load()
}

// Query gives the handle for a single read.
func (u *Unit) Query(ctx context.Context) *gorm.DB { return u.onToday(ctx) }

// onToday is the handle of reads that are asked today.
func (u *Unit) onToday(ctx context.Context) *gorm.DB {
	return u.db.Reader.WithContext(db.OnDay(ctx, when.DayOf(u.clock())))
}

// Now is the clock's time, for reads that depend on the day.
func (u *Unit) Now() time.Time { return u.clock() }

// Tally runs one statement that counts something and says nothing about any record, such as attempts: it is no use case and leaves no audit
// row. It tells how many rows it wrote.
func (u *Unit) Tally(ctx context.Context, sql string, args ...any) (int64, error) {
	done := u.db.Writer.WithContext(ctx).Exec(sql, args...)
	return done.RowsAffected, done.Error
}

// Fault turns a database that cannot be reached into the fault that says so, and leaves every other error as it is. Whoever tells a
// person of an error calls it, once: use cases pass errors on as they are.
func Fault(err error) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) || !db.Unavailable(err) {
		return err
	}
	f := fault.DatabaseUnavailable.From(err)
	if db.Full(err) {
		f = NoRoom(err)
		f.RetryAfter = 30 * time.Second
	}
	f.RetryAfter = 2 * time.Second
	return f
}

// NoRoom is what a change is refused with where the database has no room for it, or hardly any.
func NoRoom(cause error) *fault.Error {
	f := fault.DatabaseUnavailable.From(cause)
	f.Detail = fault.Say("系统存储空间不足，暂不受理新的办理，查询不受影响；请稍后重试。",
		"There is no room left on the system's disk: changes are not taken for now, reading goes on; try again later.")
	return f
}

func pause(ctx context.Context, attempt int) bool {
	base := 5 * time.Millisecond << attempt
	timer := time.NewTimer(base + rand.N(base)) //nolint:gosec // jitter, not a secret
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// NewID gives an identifier that sorts by the time it was made (UUIDv7).
func NewID() uuid.UUID {
	id, err := uuid.NewV7()
	if err != nil {
		panic(fmt.Sprintf("work: no randomness: %v", err))
	}
	return id
}
