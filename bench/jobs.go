package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"jiebang/bench/rig"
	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

const (
	manyJobs   = 10_000
	singleJobs = 200
	benchKind  = jobs.Kind("bench.row")
)

// measureJobs has ten thousand jobs become due at one moment, each of which writes one row, and then some one by one that are due at once:
// from the answer to the use case that wrote the job until its row is read. Beside them stand the transactions with one row that measureRegister has, before and after.
func measureJobs(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		s := Section{Figure: "jobs", Title: "jobs that write one row", Database: string(r.App.DB.Dialect), Load: load()}
		bare, err := bareTransactions(ctx, r.App.DB)
		if err != nil {
			return err
		}
		alone, err := bareBy(ctx, r.App.DB, 1)
		if err != nil {
			return err
		}
		burst, single, err := runJobs(ctx, r)
		if err != nil {
			return err
		}
		again, err := bareTransactions(ctx, r.App.DB)
		if err != nil {
			return err
		}
		bare.add(again)
		// Ten thousand bare transactions that all wait at one moment: the last of a share q is done when that share of them is.
		queue := func(q float64) float64 { return 1000 * q * manyJobs / bare.perSecond() }
		const one = "bare one-row transaction"
		s.add("10,000 due at one moment", "jobs/s", burst.perSecond(), one+"s/s", bare.perSecond())
		s.add("10,000 due at one moment", "delay p50 ms", burst.at(.50), "10,000 bare ones", queue(.50))
		s.add("10,000 due at one moment", "delay p99 ms", burst.at(.99), "10,000 bare ones", queue(.99))
		s.add("10,000 due at one moment", "CPU ms each", burst.cpuEach(), one, bare.cpuEach())
		s.add("one due at once", "delay p50 ms", single.at(.50), "bare, 1 writer", alone.at(.50))
		s.add("one due at once", "delay p99 ms", single.at(.99), "bare, 1 writer", alone.at(.99))
		synced, err := durability(ctx, r.App.DB)
		if err != nil {
			return err
		}
		s.Notes = []string{synced, fmt.Sprintf("%d jobs done, each once", len(burst.all)+len(single.all))}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}

// rows are the jobs that were done, and when: just before the commit, which one of ten thousand does not show in.
type rows struct {
	mu   sync.Mutex
	done map[uuid.UUID][]time.Time
}

func (r *rows) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.done)
}

// delays are how long after their moment they were done; one that was done twice is a failure.
func (r *rows) delays(due time.Time) (times, error) {
	var t times
	for id, at := range r.done {
		if len(at) != 1 {
			return t, fmt.Errorf("job %s was done %d times", id, len(at))
		}
		t.all = append(t.all, at[0].Sub(due))
		t.wall = max(t.wall, at[0].Sub(due))
	}
	return t, nil
}

// runJobs runs them by a runner of their own, as the system has one.
func runJobs(ctx context.Context, r *rig.Rig) (burst, single times, err error) {
	done := &rows{done: map[uuid.UUID][]time.Time{}}
	runner := jobs.New(r.App.Unit, r.App.DB, when.System, 200*time.Millisecond, r.App.Relay.Woken, jobs.Handler{Kind: benchKind, Do: func(tx *work.Tx, j jobs.Job) error {
		if err := tx.Exec("INSERT INTO bench_bare (id, text) VALUES (?, ?)", j.ObjectID.String(), "一行").Error; err != nil {
			return err
		}
		done.mu.Lock()
		done.done[j.ObjectID] = append(done.done[j.ObjectID], when.System())
		done.mu.Unlock()
		return nil
	}})
	runner.Start()
	defer runner.Stop()

	objects := make([]uuid.UUID, manyJobs)
	for i := range objects {
		objects[i] = work.NewID()
	}
	due := when.System().Add(3 * time.Second)
	if err := writeJobs(ctx, r, due, objects...); err != nil {
		return burst, single, err
	}
	if !when.System().Before(due) {
		return burst, single, errors.New("the jobs were due before all of them were written")
	}
	time.Sleep(due.Sub(when.System()))
	before := cpu()
	if err := waitFor(ctx, 5*time.Millisecond, func() bool { return done.count() == manyJobs }); err != nil {
		return burst, single, err
	}
	used := cpu() - before
	runner.Stop() // so that the last has been committed
	if err := nothingLeft(ctx, r.App.DB, manyJobs); err != nil {
		return burst, single, err
	}
	if burst, err = done.delays(due); err != nil {
		return burst, single, err
	}
	burst.cpu = used

	runner.Start()
	for range singleJobs {
		id := work.NewID()
		if err := writeJobs(ctx, r, time.Time{}, id); err != nil {
			return burst, single, err
		}
		start := time.Now()
		err := waitFor(ctx, 100*time.Microsecond, func() bool {
			var there bool
			return r.App.DB.Reader.Raw("SELECT EXISTS (SELECT 1 FROM bench_bare WHERE id = ?)", id.String()).Scan(&there).Error == nil && there
		})
		if err != nil {
			return burst, single, err
		}
		single.all = append(single.all, time.Since(start))
		time.Sleep(5 * time.Millisecond)
	}
	runner.Stop()
	return burst, single, nothingLeft(ctx, r.App.DB, manyJobs+singleJobs)
}

// writeJobs is a use case that has something follow.
func writeJobs(ctx context.Context, r *rig.Rig, due time.Time, objects ...uuid.UUID) error {
	_, err := r.App.Unit.Do(ctx, work.Call{Operation: "bench"}, func(tx *work.Tx) error {
		ref := work.Ref{Noun: "bench", ID: work.NewID(), Version: 1}
		tx.Emit("bench.written", ref)
		return errors.Join(tx.Record("bench.written", ref, nil, nil), jobs.AllAt(tx, benchKind, objects, due))
	})
	return err
}

// nothingLeft holds that every job is gone and has left its row.
func nothingLeft(ctx context.Context, d *db.DB, want int) error {
	var left, written int
	q := d.Reader.WithContext(ctx)
	if err := q.Raw("SELECT COUNT(*) FROM jobs WHERE kind = ?", benchKind).Scan(&left).Error; err != nil {
		return err
	}
	if err := q.Raw("SELECT COUNT(*) FROM bench_bare").Scan(&written).Error; err != nil {
		return err
	}
	if left != 0 || written < want {
		return fmt.Errorf("%d jobs are left and %d rows written, want at least %d", left, written, want)
	}
	return nil
}

// waitFor looks every now and then whether something holds.
func waitFor(ctx context.Context, pause time.Duration, holds func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for !holds() {
		if ctx.Err() != nil {
			return errors.New("the jobs were not done within five minutes")
		}
		time.Sleep(pause)
	}
	return nil
}
