package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// house is one database with as many replicas as a test wants.
type house struct {
	*testing.T
	o    db.Options
	db   *db.DB
	unit *work.Unit
}

func each(t *testing.T, fn func(h *house)) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := &house{T: t, o: o, db: dbtest.Open(t, o)}
		h.unit = work.New(h.db, when.System, func() {})
		fn(h)
	})
}

func (h *house) runner(clock when.Clock, handlers ...jobs.Handler) *jobs.Runner {
	h.Helper()
	unit := work.New(h.db, clock, func() {})
	return jobs.New(unit, h.db, clock, 10*time.Millisecond, relay.New(h.db, clock, time.Second).Woken, handlers...)
}

func (h *house) write(fn func(tx *work.Tx) error) {
	h.Helper()
	if _, err := h.unit.Do(h.Context(), work.Call{Operation: "test"}, fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) at(kind jobs.Kind, object uuid.UUID, at time.Time) {
	h.Helper()
	h.write(func(tx *work.Tx) error { return jobs.At(tx, kind, object, at) })
}

func (h *house) run(r *jobs.Runner) int {
	h.Helper()
	n, err := r.Run(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func (h *house) left() (out []jobs.Job) {
	h.Helper()
	if err := h.db.Reader.Order("due_at, object_id").Find(&out).Error; err != nil {
		h.Fatal(err)
	}
	return out
}

// mark is an effect in the database that can be counted.
func mark(tx *work.Tx, key string) error {
	return tx.Exec("INSERT INTO meta (key, value) VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = meta.value || '1'", key).Error
}

func (h *house) marks() (out []string) {
	h.Helper()
	if err := h.db.Reader.Raw("SELECT key || '=' || value FROM meta ORDER BY key").Scan(&out).Error; err != nil {
		h.Fatal(err)
	}
	return out
}

func marking(kind jobs.Kind) jobs.Handler {
	return jobs.Handler{Kind: kind, Do: func(tx *work.Tx, j jobs.Job) error { return mark(tx, j.ObjectID.String()) }}
}

func TestWhatIsDueIsDoneOnceAndWhatIsNotWaits(t *testing.T) {
	each(t, func(h *house) {
		due, later := uuid.New(), uuid.New()
		r := h.runner(when.System, marking("thing.end"))
		h.at("thing.end", due, time.Time{})
		h.at("thing.end", later, time.Now().Add(time.Hour))
		h.at("other.kind", due, time.Time{}) // of which this process knows nothing: another replica's
		h.run(r)
		h.run(r)
		if got := fmt.Sprint(h.marks()); got != "["+due.String()+"=1]" {
			h.Errorf("done: %s", got)
		}
		if left := h.left(); len(left) != 2 || left[0].Attempts != 0 || left[1].Attempts != 0 {
			h.Errorf("left: %+v", left)
		}
		h.at("thing.end", later, time.Time{}) // moved
		h.write(func(tx *work.Tx) error { return jobs.Drop(tx, "other.kind", due) })
		h.run(r)
		if left := h.left(); len(left) != 0 || len(h.marks()) != 2 {
			h.Errorf("left: %+v, done %v", left, h.marks())
		}
	})
}

// A use case that fails leaves no job, and a job that fails leaves no effect.
func TestAJobAndItsCauseAreThereTogether(t *testing.T) {
	each(t, func(h *house) {
		broken := errors.New("broken")
		_, err := h.unit.Do(h.Context(), work.Call{}, func(tx *work.Tx) error {
			return errors.Join(jobs.At(tx, "thing.end", uuid.New(), time.Time{}), broken)
		})
		if !errors.Is(err, broken) || len(h.left()) != 0 {
			h.Errorf("%v, left %+v", err, h.left())
		}
		r := h.runner(when.System, jobs.Handler{Kind: "thing.end", Do: func(tx *work.Tx, j jobs.Job) error {
			return errors.Join(mark(tx, "x"), broken)
		}})
		h.at("thing.end", uuid.New(), time.Time{})
		h.run(r)
		if left := h.left(); len(h.marks()) != 0 || len(left) != 1 || left[0].Attempts != 1 || left[0].LastError != "broken" || left[0].DueAt.Before(time.Now().Add(-time.Second)) {
			h.Errorf("done %v, left %+v", h.marks(), left)
		}
	})
}

func TestNothingToDoLeavesNothing(t *testing.T) {
	each(t, func(h *house) {
		r := h.runner(when.System, jobs.Handler{Kind: "thing.end", Do: func(tx *work.Tx, j jobs.Job) error {
			return errors.Join(mark(tx, "x"), jobs.ErrNothing)
		}})
		h.at("thing.end", uuid.New(), time.Time{})
		h.run(r)
		if len(h.marks()) != 0 || len(h.left()) != 0 {
			h.Errorf("done %v, left %+v", h.marks(), h.left())
		}
	})
}

// A job that finds itself too early waits, and leaves nothing that a guard of the use cases would have to let through.
func TestAJobThatIsTooEarlyWaits(t *testing.T) {
	each(t, func(h *house) {
		unit := work.New(h.db, when.System, func() {}, work.WithGuard(func(tx *work.Tx) error { return errors.New("it was to be committed") }))
		at := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
		r := jobs.New(unit, h.db, when.System, time.Second, relay.New(h.db, when.System, time.Second).Woken,
			jobs.Handler{Kind: "thing.end", Do: func(tx *work.Tx, j jobs.Job) error { return errors.Join(mark(tx, "x"), jobs.Later(at)) }})
		h.at("thing.end", uuid.New(), time.Time{})
		h.run(r)
		left := h.left()
		if len(h.marks()) != 0 || len(left) != 1 || !left[0].DueAt.Equal(at) || left[0].Attempts != 0 || left[0].Until != nil || left[0].LastError != "" {
			h.Errorf("done %v, left %+v", h.marks(), left)
		}
	})
}

// A job may write itself anew; what it writes is not removed with it.
func TestAJobGoesOnLater(t *testing.T) {
	each(t, func(h *house) {
		r := h.runner(when.System, jobs.Handler{Kind: "thing.end", Do: func(tx *work.Tx, j jobs.Job) error {
			return errors.Join(mark(tx, "x"), jobs.At(tx, j.Kind, j.ObjectID, j.Now.Add(time.Hour)))
		}})
		h.at("thing.end", uuid.New(), time.Time{})
		h.run(r)
		if left := h.left(); len(left) != 1 || left[0].Attempts != 0 || left[0].Until != nil || !left[0].DueAt.After(time.Now().Add(50*time.Minute)) {
			h.Errorf("left %+v", left)
		}
	})
}

func TestWhatAlwaysFailsIsParkedAndHoldsUpNobody(t *testing.T) {
	each(t, func(h *house) {
		bad, good := uuid.New(), uuid.New()
		var now atomic.Int64
		clock := func() time.Time { return time.Now().Add(time.Duration(now.Load())) }
		runs := 0
		r := h.runner(clock, jobs.Handler{Kind: "thing.end", Attempts: 3, Do: func(tx *work.Tx, j jobs.Job) error {
			if j.ObjectID == bad {
				runs++
				panic("this one always fails")
			}
			return mark(tx, j.ObjectID.String())
		}})
		h.at("thing.end", bad, time.Time{})
		h.at("thing.end", good, time.Time{})
		for range 6 {
			h.run(r)
			now.Add(int64(24 * time.Hour))
		}
		left := h.left()
		if runs != 3 || len(left) != 1 || left[0].ParkedAt == nil || left[0].Attempts != 3 || len(h.marks()) != 1 {
			h.Fatalf("%d runs, left %+v, done %v", runs, left, h.marks())
		}
		operator := policy.Actor{Account: uuid.New(), Operator: true}
		if n, err := r.CountParked(h.Context()); err != nil || n != 1 {
			h.Errorf("%d parked, %v", n, err)
		}
		page, err := r.List(h.Context(), operator, jobs.Filter{State: jobs.Parked}, db.Paging{Limit: 10})
		if err != nil || len(page.Items) != 1 || page.Items[0].LastError != "panic: this one always fails" {
			h.Errorf("%+v, %v", page, err)
		}
		if err := r.Retry(h.Context(), work.Call{Actor: policy.Actor{Account: uuid.New()}}, left[0].ID); !fault.NotAllowed.Of(err) {
			h.Errorf("a stranger: %v", err)
		}
		if err := r.Retry(h.Context(), work.Call{Actor: operator}, left[0].ID); err != nil {
			h.Fatal(err)
		}
		h.run(r)
		if left := h.left(); runs != 4 || left[0].ParkedAt != nil || left[0].Attempts != 1 {
			h.Errorf("%d runs, %+v", runs, left)
		}
		if err := r.Retry(h.Context(), work.Call{Actor: operator}, h.left()[0].ID); !fault.WrongState.Of(err) {
			h.Errorf("one that is not parked: %v", err)
		}
	})
}

// Whose holder died is taken by another once the lease has run out, and not before; what the dead one comes back with counts no more.
func TestALeaseThatRanOutIsTakenOver(t *testing.T) {
	each(t, func(h *house) {
		object := uuid.New()
		h.at("thing.end", object, time.Time{})
		begun, late := make(chan struct{}), make(chan struct{})
		stalled := h.runner(when.System, jobs.Handler{Kind: "thing.end", Errand: func(ctx context.Context, j jobs.Job) (func(*work.Tx) error, error) {
			close(begun)
			<-late
			return func(tx *work.Tx) error { return mark(tx, "stalled") }, nil
		}})
		var all sync.WaitGroup
		all.Go(func() { h.run(stalled) })
		<-begun
		other := h.runner(when.System, marking("thing.end"))
		if n := h.run(other); n != 0 {
			h.Errorf("a job that is being done was taken by another")
		}
		hour := func() time.Time { return time.Now().Add(time.Hour) }
		if n := h.run(h.runner(hour, marking("thing.end"))); n != 1 {
			h.Errorf("%d jobs were taken over", n)
		}
		close(late)
		all.Wait()
		if got := fmt.Sprint(h.marks()); got != "["+object.String()+"=1]" || len(h.left()) != 0 {
			h.Errorf("done: %s, left %+v", got, h.left())
		}
	})
}

// What kills the process each time is not run for ever.
func TestAJobThatAProcessDiesOfIsParked(t *testing.T) {
	each(t, func(h *house) {
		object := uuid.New()
		h.at("thing.end", object, time.Time{})
		if err := h.db.Writer.Model(&jobs.Job{}).Where("object_id = ?", object).Update("attempts", 10).Error; err != nil {
			h.Fatal(err)
		}
		h.run(h.runner(when.System, marking("thing.end")))
		if left := h.left(); len(left) != 1 || left[0].ParkedAt == nil || len(h.marks()) != 0 {
			h.Errorf("left %+v, done %v", left, h.marks())
		}
	})
}

// Ten thousand jobs at one moment, several replicas: each is done once, and what is due later than they is not forgotten over them.
func TestManyAtOnceAndManyReplicas(t *testing.T) {
	const many = 2_000 // bench runs ten thousand
	each(t, func(h *house) {
		objects := make([]uuid.UUID, many)
		for i := range objects {
			objects[i] = work.NewID()
		}
		h.write(func(tx *work.Tx) error { return jobs.AllAt(tx, "thing.end", objects, time.Now().Add(-time.Minute)) })
		quick := uuid.New()
		h.at("quick.end", quick, time.Time{})
		var done atomic.Int64
		var quickAfter atomic.Int64
		var runners []*jobs.Runner
		for range 3 {
			r := h.runner(when.System, jobs.Handler{Kind: "thing.end", Do: func(tx *work.Tx, j jobs.Job) error {
				done.Add(1)
				return mark(tx, j.ObjectID.String())
			}}, jobs.Handler{Kind: "quick.end", Do: func(tx *work.Tx, j jobs.Job) error {
				quickAfter.Store(done.Load())
				return mark(tx, "quick")
			}})
			runners = append(runners, r)
			r.Start()
		}
		deadline := time.Now().Add(time.Minute)
		for len(h.left()) > 0 && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
		for _, r := range runners {
			r.Stop()
		}
		marks := h.marks()
		if len(marks) != many+1 || !slices.Contains(marks, "quick=1") {
			h.Fatalf("%d marks, left %d", len(marks), len(h.left()))
		}
		for _, m := range marks {
			if m[len(m)-2:] != "=1" {
				h.Errorf("done twice: %s", m)
			}
		}
		if quickAfter.Load() > many*9/10 {
			h.Errorf("another kind waited for %d of %d", quickAfter.Load(), many)
		}
	})
}

// A replica whose clock is an hour off runs nothing early or late, and takes nobody's job before its lease has run out: the database is
// asked. SQLite has no clock of its own.
func TestAClockThatIsWrongRunsNothingEarlyOrLate(t *testing.T) {
	d := dbtest.Open(t, dbtest.New(t, db.Postgres))
	h := &house{T: t, db: d, unit: work.New(d, when.System, func() {})}
	for name, off := range map[string]time.Duration{"fast": time.Hour, "slow": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			wrong := func() time.Time { return when.System().Add(off) }
			var told time.Time
			r := h.runner(wrong, jobs.Handler{Kind: "thing.end", Do: func(tx *work.Tx, j jobs.Job) error {
				told = j.Now
				return mark(tx, j.ObjectID.String())
			}}).OnMachine(wrong)
			now, later, held := uuid.New(), uuid.New(), uuid.New()
			h.at("thing.end", now, time.Now().Add(-time.Second))
			h.at("thing.end", later, time.Now().Add(30*time.Minute))
			h.at("thing.end", held, time.Now().Add(-time.Minute))
			if err := d.Writer.Model(&jobs.Job{}).Where("object_id = ?", held).Updates(map[string]any{"holder": "another", "until": time.Now().Add(5 * time.Second)}).Error; err != nil {
				t.Fatal(err)
			}
			if n := h.run(r); n != 1 || !slices.Contains(h.marks(), now.String()+"=1") {
				t.Errorf("%d were run: %v", n, h.marks())
			}
			if time.Until(told).Abs() > time.Minute {
				t.Errorf("the job was told %s", told)
			}
			h.write(func(tx *work.Tx) error {
				return errors.Join(jobs.Drop(tx, "thing.end", later), jobs.Drop(tx, "thing.end", held))
			})
		})
	}
}

// What takes longer than a lease keeps it while its process lives.
func TestALeaseIsProlongedWhileTheJobRuns(t *testing.T) {
	const lease = 400 * time.Millisecond
	each(t, func(h *house) {
		begun := make(chan struct{})
		slow := h.runner(when.System, jobs.Handler{Kind: "thing.end", Errand: func(ctx context.Context, j jobs.Job) (func(*work.Tx) error, error) {
			close(begun)
			time.Sleep(4 * lease)
			return func(tx *work.Tx) error { return mark(tx, "slow") }, nil
		}}).Leasing(lease)
		h.at("thing.end", uuid.New(), time.Time{})
		var all sync.WaitGroup
		all.Go(func() { h.run(slow) })
		<-begun
		time.Sleep(2 * lease)
		if n := h.run(h.runner(when.System, marking("thing.end"))); n != 0 {
			h.Error("a job that is being done was taken by another")
		}
		all.Wait()
		if got := fmt.Sprint(h.marks()); got != "[slow=1]" || len(h.left()) != 0 {
			h.Errorf("done: %s, left %+v", got, h.left())
		}
	})
}

// A job that its process dies of is the only one that counts it: the others of its batch are done.
func TestWhoeverWasTakenWithADeadlyJobIsNotParkedWithIt(t *testing.T) {
	each(t, func(h *house) {
		var objects []uuid.UUID
		for range 10 {
			objects = append(objects, work.NewID())
		}
		deadly := objects[3]
		h.write(func(tx *work.Tx) error { return jobs.AllAt(tx, "thing.end", objects, time.Now().Add(-time.Minute)) })
		hours := 0
		clock := func() time.Time { return time.Now().Add(time.Duration(hours) * time.Hour) }
		for range 30 {
			hours++ // the lease of the process before has run out
			taken, err := h.runner(clock, marking("thing.end")).Take(h.Context(), "thing.end")
			if err != nil {
				h.Fatal(err)
			}
			for _, j := range taken {
				if j.Attempts > 10 {
					continue // it would be parked
				}
				if j.ObjectID == deadly {
					break // here the process dies, and whatever else it has taken stays with it
				}
				h.write(func(tx *work.Tx) error {
					return errors.Join(jobs.Drop(tx, j.Kind, j.ObjectID), mark(tx, j.ObjectID.String()))
				})
			}
		}
		h.run(h.runner(clock, marking("thing.end")))
		hours++
		h.run(h.runner(clock, marking("thing.end")))
		left := h.left()
		if len(left) != 1 || left[0].ObjectID != deadly || left[0].ParkedAt == nil || len(h.marks()) != 9 {
			h.Errorf("left %+v, done %d", left, len(h.marks()))
		}
	})
}

// An errand that waits long for somebody, be it the first of many, holds up none that was due with it or becomes due meanwhile.
func TestASlowErrandHoldsUpNoOther(t *testing.T) {
	each(t, func(h *house) {
		slow, hangs := uuid.New(), make(chan struct{})
		r := h.runner(when.System, jobs.Handler{Kind: "thing.end", Errand: func(_ context.Context, j jobs.Job) (func(*work.Tx) error, error) {
			if j.ObjectID == slow {
				<-hangs
			}
			return func(tx *work.Tx) error { return mark(tx, j.ObjectID.String()) }, nil
		}})
		h.at("thing.end", slow, time.Time{})
		r.Start()
		defer r.Stop()
		defer close(hangs)
		for range 9 {
			h.at("thing.end", uuid.New(), time.Time{})
		}
		for deadline := time.Now().Add(30 * time.Second); len(h.marks()) < 9; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				h.Fatalf("%d of nine were done beside a slow one", len(h.marks()))
			}
		}
	})
}

func TestStopGivesBackWhatWasNotBegun(t *testing.T) {
	each(t, func(h *house) {
		begun := make(chan struct{}, 100)
		r := h.runner(when.System, jobs.Handler{Kind: "thing.end", Errand: func(ctx context.Context, j jobs.Job) (func(*work.Tx) error, error) {
			begun <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		for range 4 {
			h.at("thing.end", uuid.New(), time.Time{})
		}
		r.Start()
		<-begun
		r.Stop()
		for _, j := range h.left() {
			if j.Holder != "" || j.Until != nil || j.Attempts != 0 {
				h.Errorf("%+v", j)
			}
		}
		if len(h.left()) != 4 {
			h.Errorf("%d are left", len(h.left()))
		}
	})
}

// A lease that lies further ahead than any is given for was taken when a clock was wrong: the job is nobody's.
func TestALeaseFarAheadHoldsNoJob(t *testing.T) {
	each(t, func(h *house) {
		var did atomic.Int64
		r := h.runner(when.System, jobs.Handler{Kind: "test.do", Do: func(tx *work.Tx, j jobs.Job) error {
			did.Add(1)
			return tx.Record("test.done", work.Ref{Noun: "thing", ID: j.ObjectID, Version: 1}, nil, nil)
		}})
		for _, ahead := range []time.Duration{5 * time.Second, time.Hour} {
			h.at("test.do", uuid.New(), time.Now().Add(-time.Second))
			if err := h.db.Writer.Exec("UPDATE jobs SET holder = 'somebody', until = ? WHERE holder = ''", time.Now().Add(ahead).UTC()).Error; err != nil {
				h.Fatal(err)
			}
		}
		if n := h.run(r); n != 1 || did.Load() != 1 {
			h.Errorf("%d jobs were taken, %d done", n, did.Load())
		}
	})
}
