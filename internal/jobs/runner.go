package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

const (
	batch    = 50  // jobs of one kind that are taken at once
	maxError = 500 // characters of a failure that are kept
	// A job belongs to who runs it for leaseTime, and again while it runs: when the process dies, another takes over
	// within seconds. It is not prolonged for ever: what hangs and heeds no end of its time is left to another after all.
	leaseTime = 8 * time.Second
	margin    = 10 * time.Second // for what is written before and after a run
)

// Runner runs the jobs of this process.
type Runner struct {
	unit     *work.Unit
	db       *db.DB
	clock    when.Clock
	machine  when.Clock // the machine's, which tells how far clock was set by a test
	poll     time.Duration
	woken    func() <-chan struct{}
	self     string
	lease    time.Duration
	parallel int
	handlers map[Kind]Handler
	kinds    []Kind

	paused func() bool

	stop context.CancelFunc
	done sync.WaitGroup
	mu   sync.Mutex
	busy map[Kind]int           // workers of each kind
	lone map[Kind]*sync.RWMutex // held for writing while an errand runs that a process may have died of
}

// New makes a Runner that does nothing until Start. woken gives a channel that is closed when something was written in this process;
// what another wrote is found every poll.
func New(unit *work.Unit, d *db.DB, clock when.Clock, poll time.Duration, woken func() <-chan struct{}, handlers ...Handler) *Runner {
	r := &Runner{unit: unit, db: d, clock: clock, machine: when.System, poll: poll, woken: woken, self: uuid.NewString(), lease: leaseTime, parallel: 4, handlers: map[Kind]Handler{}, busy: map[Kind]int{}, lone: map[Kind]*sync.RWMutex{}, paused: func() bool { return false }}
	if d.Dialect == db.SQLite {
		r.parallel = 1 // there is one writer
	}
	for _, h := range handlers {
		if _, twice := r.handlers[h.Kind]; twice || (h.Do == nil) == (h.Errand == nil) {
			panic("jobs: " + string(h.Kind) + " has two handlers, or one that does not know how")
		}
		r.handlers[h.Kind], r.lone[h.Kind] = h, &sync.RWMutex{}
		r.kinds = append(r.kinds, h.Kind)
	}
	return r
}

// PauseWhile has nothing begun while that is so.
func (r *Runner) PauseWhile(paused func() bool) { r.paused = paused }

// Start runs jobs in the background until Stop.
func (r *Runner) Start() {
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.done.Go(func() {
		failures := 0
		for ctx.Err() == nil {
			woken := r.woken()
			failures++
			if err := r.look(ctx); err == nil {
				failures = 0
			} else if ctx.Err() == nil {
				slog.Log(ctx, relay.Severity(err, failures), "due jobs could not be looked for", "failures", failures, "cause", err)
			}
			relay.Wait(ctx, woken, r.poll)
		}
	})
}

// errands is how many of one kind are under way at once: they wait for others, mostly.
const errands = 4

// width is how many workers a kind may have: one, which takes what is due by batches; of errands some, each of which takes one after
// another, so that one that waits long for somebody holds up no other.
func (r *Runner) width(kind Kind) int {
	if r.handlers[kind].Errand != nil {
		return errands
	}
	return 1
}

// look starts the workers that a kind may have where something of it is due. Each kind has its own, so that a slow one holds up nobody else.
func (r *Runner) look(ctx context.Context) error {
	if r.paused() {
		return nil
	}
	kinds, err := r.dueKinds(ctx)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		for r.begin(kind) {
			r.done.Go(func() {
				defer r.end(kind)
				for ctx.Err() == nil {
					n, err := r.some(ctx, kind)
					if err != nil && ctx.Err() == nil {
						slog.Log(ctx, relay.Severity(err, 1), "jobs could not be taken", "kind", kind, "cause", err)
					}
					if n == 0 || err != nil || r.paused() {
						return
					}
				}
			})
		}
	}
	return nil
}

func (r *Runner) begin(kind Kind) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[kind] >= r.width(kind) {
		return false
	}
	r.busy[kind]++
	return true
}

func (r *Runner) end(kind Kind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy[kind]--
}

// Stop waits for the jobs that are being done, and gives back those that were taken and not begun.
func (r *Runner) Stop() {
	if r.stop == nil {
		return
	}
	r.stop()
	r.done.Wait()
	if err := r.giveBack(context.Background(), "kind IN ?", r.kinds); err != nil {
		slog.Warn("jobs were not given back; their leases run out by themselves", "cause", err)
	}
}

func (r *Runner) now(ctx context.Context) (time.Time, error) {
	return r.db.NowBy(ctx, r.clock, r.machine)
}

// isDue keeps the jobs that are due and nobody's. A lease that ends later than any can was taken when the clock was ahead, and is nobody's.
const isDue = "parked_at IS NULL AND due_at <= @now AND (until IS NULL OR until < @now OR until > @latest)"

func (r *Runner) due(now time.Time) (string, map[string]any) {
	return isDue, map[string]any{"now": now, "latest": now.Add(r.lease + time.Second)}
}

// idle lists the kinds that have not all their workers: the others are not looked for, since their workers go on until nothing is left.
func (r *Runner) idle() []Kind {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.kinds), func(k Kind) bool { return r.busy[k] >= r.width(k) })
}

// dueKinds tells of which kinds that this process knows something is due.
func (r *Runner) dueKinds(ctx context.Context) ([]Kind, error) {
	idle := r.idle()
	if len(idle) == 0 {
		return nil, nil
	}
	now, err := r.now(ctx)
	if err != nil {
		return nil, err
	}
	var kinds []Kind
	due, values := r.due(now)
	err = r.db.Reader.WithContext(ctx).Model(&Job{}).Where("kind IN ?", idle).Where(due, values).Distinct("kind").Pluck("kind", &kinds).Error
	return kinds, err
}

// take leases the next jobs of a kind to this process, the longest due first. Several replicas take different ones.
func (r *Runner) take(ctx context.Context, kind Kind) ([]Job, error) {
	now, err := r.now(ctx)
	if err != nil {
		return nil, err
	}
	n := batch
	if r.handlers[kind].Errand != nil {
		n = 1
	}
	var taken []Job
	due, values := r.due(now)
	err = r.db.Writer.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := db.SkipLocked(tx).Where("kind = ?", kind).Where(due, values).Order("due_at").Limit(n).Find(&taken).Error; err != nil || len(taken) == 0 {
			return err
		}
		taken = together(taken)
		until := now.Add(r.lease)
		for i := range taken {
			taken[i].Attempts++
			taken[i].inherited = taken[i].Until != nil
			taken[i].Now, taken[i].Holder, taken[i].Until = now, r.self, &until
		}
		return tx.Model(&Job{}).Where("id IN ?", ids(taken)).
			Updates(map[string]any{"holder": r.self, "until": until, "attempts": gorm.Expr("attempts + 1")}).Error
	})
	return taken, err
}

// together cuts a batch short so that a job whose holder died runs alone: if the process dies of it again, no other job is counted as having
// been begun with it.
func together(found []Job) []Job {
	for i, j := range found {
		if j.Until != nil {
			return found[:max(i, 1)]
		}
	}
	return found
}

// ids are those of jobs.
func ids(jobs []Job) []uuid.UUID {
	out := make([]uuid.UUID, len(jobs))
	for i := range jobs {
		out[i] = jobs[i].ID
	}
	return out
}

// hold prolongs the lease on what a worker took of a kind, until ctx ends.
func (r *Runner) hold(ctx context.Context, kind Kind, taken []uuid.UUID) {
	for {
		relay.Wait(ctx, nil, r.lease/4)
		if ctx.Err() != nil {
			return
		}
		now, err := r.now(ctx)
		if err == nil {
			err = r.writer(ctx).Model(&Job{}).Where("id IN ? AND holder = ?", taken, r.self).Update("until", now.Add(r.lease)).Error
		}
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "the lease on jobs was not prolonged", "kind", kind, "cause", err)
		}
	}
}

// some takes jobs of a kind and does them; it returns how many there were.
func (r *Runner) some(ctx context.Context, kind Kind) (int, error) {
	taken, err := r.take(ctx, kind)
	if err != nil || len(taken) == 0 {
		return 0, err
	}
	h := r.handlers[kind]
	workers, held := r.parallel, ids(taken)
	if h.Errand != nil {
		workers = 1
	}
	// A batch has its time, in which the slowest of its jobs could end: what is not begun early enough for that is given back.
	longest := time.Duration((len(taken)+workers-1)/workers)*h.timeout() + margin
	if h.Do != nil {
		longest = h.timeout() + margin // a batch of these takes a moment
	}
	start := time.Now()
	holding, release := context.WithTimeout(ctx, longest)
	next := make(chan Job)
	var all, lease sync.WaitGroup
	lease.Go(func() { r.hold(holding, kind, held) })
	defer lease.Wait()
	defer release()
	for range min(workers, len(taken)) {
		all.Go(func() {
			for j := range next {
				r.do(ctx, h, j)
			}
		})
	}
	started := 0
	for _, j := range taken {
		if ctx.Err() != nil || (h.Do != nil && time.Since(start) > margin) {
			break
		}
		next <- j
		started++
	}
	close(next)
	all.Wait()
	if started < len(taken) {
		return len(taken), r.giveBack(context.WithoutCancel(ctx), "id IN ?", held)
	}
	return len(taken), nil
}

// giveBack lets go of what was taken and not begun, as if it had not been.
func (r *Runner) giveBack(ctx context.Context, which string, values any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return r.writer(ctx).Model(&Job{}).Where(which, values).Where("holder = ?", r.self).
		Updates(map[string]any{"holder": "", "until": nil, "attempts": gorm.Expr("CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END")}).Error
}

// Inherit ends the leases of whoever is gone. It is for the one process of a database, which knows that there is nobody else: neither does it
// wait for them to run out, nor for a clock that was set back to reach them.
func (r *Runner) Inherit(ctx context.Context) error {
	now, err := r.now(ctx)
	if err != nil {
		return err
	}
	return r.writer(ctx).Model(&Job{}).Where("until > ?", now).Update("until", now.Add(-time.Second)).Error // not emptied: what a process died of runs alone
}

// errGone says that the job is no longer this process's: it was moved, or another took it when the lease ran out.
var errGone = errors.New("jobs: the job is somebody else's")

// do does one job and leaves behind what became of it.
func (r *Runner) do(ctx context.Context, h Handler, j Job) {
	err := errTooOften
	if h.Errand != nil {
		defer r.beside(j)()
	}
	if j.Attempts <= h.attempts() { // more: each time, the process died of it
		err = r.run(ctx, h, j)
	}
	var put later
	switch {
	case err == nil, errors.Is(err, errGone):
	case errors.As(err, &put):
		err = r.writer(ctx).Model(&Job{}).Where("id = ? AND holder = ?", j.ID, r.self).
			Updates(map[string]any{"due_at": put.at, "attempts": 0, "holder": "", "until": nil, "last_error": ""}).Error
	case errors.Is(err, ErrNothing):
		err = r.writer(ctx).Where("id = ? AND holder = ?", j.ID, r.self).Delete(&Job{}).Error
	case ctx.Err() != nil:
		return // given back by Stop
	default:
		err = r.failed(ctx, h, j, err)
	}
	if err != nil && !errors.Is(err, errGone) && ctx.Err() == nil {
		slog.ErrorContext(ctx, "a job could not be put away; its lease runs out by itself", "kind", j.Kind, "object", j.ObjectID, "cause", err)
	}
}

// beside waits until an errand may run: where its holder died, until no other of its kind does, as together has it for batches.
func (r *Runner) beside(j Job) (leave func()) {
	m := r.lone[j.Kind]
	if j.inherited {
		m.Lock()
		return m.Unlock
	}
	m.RLock()
	return m.RUnlock
}

var errTooOften = errors.New("the process ended each time it was run")

func (r *Runner) run(ctx context.Context, h Handler, j Job) (err error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout())
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			slog.ErrorContext(ctx, "a job panicked", "kind", j.Kind, "object", j.ObjectID, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	finish := func(tx *work.Tx) error { return h.Do(tx, j) }
	if h.Errand != nil {
		done, err := h.Errand(ctx, j)
		if err != nil {
			return err
		}
		if done == nil {
			return ErrNothing
		}
		finish = done
		// What was done outside is noted even when this process is being stopped; otherwise the next does it again.
		noted, stop := context.WithTimeout(context.WithoutCancel(ctx), h.timeout())
		defer stop()
		ctx = noted
	}
	_, err = r.unit.Do(ctx, work.Call{Operation: "job " + string(j.Kind)}, func(tx *work.Tx) error {
		// Removed first: from here on nobody else can do it, and what the handler does is done with it or not at all.
		gone := tx.Where("id = ? AND holder = ?", j.ID, r.self).Delete(&Job{})
		if gone.Error != nil {
			return gone.Error
		}
		if gone.RowsAffected == 0 {
			return errGone
		}
		return finish(tx)
	})
	return err
}

// failed puts a job back for later, or parks it.
func (r *Runner) failed(ctx context.Context, h Handler, j Job, cause error) error {
	now, err := r.now(ctx)
	if err != nil {
		return err
	}
	text := []rune(cause.Error())
	set := map[string]any{"holder": "", "until": nil, "last_error": string(text[:min(len(text), maxError)]), "due_at": now.Add(pause(j.Attempts))}
	if j.Attempts >= h.attempts() {
		set["parked_at"], set["due_at"] = now, j.DueAt
		slog.ErrorContext(ctx, "a job failed too often and is parked", "kind", j.Kind, "object", j.ObjectID, "attempts", j.Attempts, "cause", cause)
	} else {
		slog.WarnContext(ctx, "a job failed and is tried again", "kind", j.Kind, "object", j.ObjectID, "attempts", j.Attempts, "in", pause(j.Attempts), "cause", cause)
	}
	return r.writer(ctx).Model(&Job{}).Where("id = ? AND holder = ?", j.ID, r.self).Updates(set).Error
}

// writer is the handle of the runner's own statements, each of which stands alone.
func (r *Runner) writer(ctx context.Context) *gorm.DB { return r.db.Writer.WithContext(ctx) }

// Run does everything that is due, in this call, and returns how many jobs it took: for commands and tests that have no background.
func (r *Runner) Run(ctx context.Context) (int, error) {
	total := 0
	for {
		kinds, err := r.dueKinds(ctx)
		if err != nil || len(kinds) == 0 {
			return total, err
		}
		for _, kind := range kinds {
			n, err := r.some(ctx, kind)
			if total += n; err != nil {
				return total, err
			}
		}
	}
}
