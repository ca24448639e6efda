package relay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func emit(t *testing.T, unit *work.Unit, kind work.Deed, hold func()) uuid.UUID {
	t.Helper()
	id := work.NewID()
	_, err := unit.Do(context.Background(), work.Call{Operation: "test", Actor: policy.Actor{Account: uuid.New()}}, func(tx *work.Tx) error {
		ref := work.Ref{Noun: "thing", ID: id, Version: 1}
		tx.Emit(kind, ref)
		if err := tx.Record(kind, ref, nil, nil); err != nil {
			return err
		}
		if hold != nil {
			hold()
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return id
}

func drain(t *testing.T, r *relay.Relay) {
	t.Helper()
	for {
		n, err := r.Stamp(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// A transaction that began first and commits last gets a later position: a reader that has gone past the others still sees it.
func TestChangesThatCommitOutOfOrderAreAllSeen(t *testing.T) {
	o := dbtest.New(t, db.Postgres) // SQLite has one writer: there they cannot overlap
	d := dbtest.Open(t, o)
	unit, r := work.New(d, when.System, func() {}), relay.New(d, when.System, time.Second)
	began, finish := make(chan struct{}), make(chan struct{})
	var slow uuid.UUID
	var done sync.WaitGroup
	done.Go(func() { slow = emit(t, unit, "slow", func() { close(began); <-finish }) })
	<-began
	quick := emit(t, unit, "quick", nil)
	drain(t, r)
	var seen []uuid.UUID
	reader := relay.Consumer{Name: "reader", Handle: func(_ context.Context, cs []relay.Change) error {
		for _, c := range cs {
			seen = append(seen, c.ObjectID)
		}
		return nil
	}}
	step(t, r, reader, 1)
	close(finish)
	done.Wait()
	drain(t, r)
	step(t, r, reader, 1)
	if len(seen) != 2 || seen[0] != quick || seen[1] != slow {
		t.Errorf("seen %v, want quick then slow", seen)
	}
}

func step(t *testing.T, r *relay.Relay, c relay.Consumer, want int) {
	t.Helper()
	n, err := r.Step(t.Context(), c)
	if err != nil || n != want {
		t.Fatalf("step handled %d, %v; want %d", n, err, want)
	}
}

func TestManyWritersAndTwoStampersLoseAndRepeatNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit := work.New(d, when.System, func() {})
		const writers, each = 8, 25
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					emit(t, unit, work.Deed(fmt.Sprintf("w%d.%d", w, i)), nil)
				}
			})
		}
		var stamping sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		for range 2 {
			r := relay.New(d, when.System, time.Millisecond)
			stamping.Go(func() {
				for ctx.Err() == nil {
					if _, err := r.Stamp(ctx); err != nil && ctx.Err() == nil && !db.Retryable(err) {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		stop()
		stamping.Wait()
		r := relay.New(d, func() time.Time { return time.Now().Add(time.Hour) }, time.Second) // later, so that the leases have run out
		drain(t, r)
		var positions []int64
		if err := d.Reader.Model(&relay.Change{}).Order("pos").Pluck("pos", &positions).Error; err != nil {
			t.Fatal(err)
		}
		if len(positions) != writers*each || positions[0] != 1 || positions[len(positions)-1] != writers*each {
			t.Errorf("%d positions, the last %v", len(positions), positions[max(0, len(positions)-1):])
		}
		if v := verified(t, r); v.Links != writers*each || v.Changes != writers*each || len(v.Problems) > 0 {
			t.Errorf("%+v", v)
		}
	})
}

func TestOneHolderOfALeaseAtATimeAndAnotherOnceItRunsOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		unit := work.New(d, clock, func() {})
		one, two := relay.New(d, clock, time.Second), relay.New(d, clock, time.Second)
		for range 3 {
			emit(t, unit, "thing.done", nil)
		}
		drain(t, one)
		handled := map[string]int{}
		consumer := func(who string) relay.Consumer {
			return relay.Consumer{Name: "mail", Handle: func(_ context.Context, cs []relay.Change) error { handled[who] += len(cs); return nil }}
		}
		step(t, one, consumer("one"), 3)
		emit(t, unit, "thing.done", nil)
		drain(t, one)
		step(t, two, consumer("two"), 0) // one still holds it
		now = now.Add(time.Minute)
		step(t, two, consumer("two"), 1)
		if handled["one"] != 3 || handled["two"] != 1 {
			t.Errorf("handled %v", handled)
		}
	})
}

func TestAFailedStepIsTriedAgainFromTheSamePlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit, r := work.New(d, when.System, func() {}), relay.New(d, when.System, time.Second)
		id := emit(t, unit, "thing.done", nil)
		drain(t, r)
		failing := relay.Consumer{Name: "mail", Handle: func(context.Context, []relay.Change) error { return errors.New("the mail server is down") }}
		if _, err := r.Step(t.Context(), failing); err == nil {
			t.Fatal("the failure was swallowed")
		}
		var got uuid.UUID
		step(t, r, relay.Consumer{Name: "mail", Handle: func(_ context.Context, cs []relay.Change) error { got = cs[0].ObjectID; return nil }}, 1)
		if got != id {
			t.Errorf("got %s, want %s", got, id)
		}
	})
}

func TestStopEndsEveryLoop(t *testing.T) {
	d := dbtest.Open(t, dbtest.New(t, db.SQLite))
	r := relay.New(d, when.System, 10*time.Millisecond)
	ran := make(chan struct{}, 100)
	r.Start([]relay.Consumer{{Name: "mail", Handle: func(context.Context, []relay.Change) error { return nil }}},
		[]relay.Task{{Name: "sweep", Every: 20 * time.Millisecond, Run: func(context.Context) error { ran <- struct{}{}; return nil }}})
	<-ran
	r.Stop()
	r.Stop() // twice is no harm
	for len(ran) > 0 {
		<-ran
	}
	time.Sleep(60 * time.Millisecond)
	if len(ran) > 0 {
		t.Error("a task ran after Stop")
	}
}

// A lease that lies further ahead than any is given for was taken when a clock was wrong: it holds nobody up.
func TestALeaseFarAheadHoldsNobodyUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit, r := work.New(d, when.System, func() {}), relay.New(d, when.System, time.Second)
		emit(t, unit, "made", nil)
		hold := func(until time.Time) {
			t.Helper()
			if err := d.Writer.Exec("DELETE FROM leases").Error; err != nil {
				t.Fatal(err)
			}
			if err := d.Writer.Exec("INSERT INTO leases (name, holder, until) VALUES ('stamper', 'somebody', ?)", until).Error; err != nil {
				t.Fatal(err)
			}
		}
		hold(time.Now().Add(2 * time.Second))
		if n, err := r.Stamp(t.Context()); n != 0 || err != nil {
			t.Errorf("stamped %d in spite of a lease, %v", n, err)
		}
		hold(time.Now().Add(time.Hour))
		if n, err := r.Stamp(t.Context()); n != 2 || err != nil {
			t.Errorf("stamped %d, %v", n, err)
		}
	})
}

// A consumer that failed goes on with the next wake, and within two seconds without one, however often it failed.
func TestAFailureIsOverWithTheNextWake(t *testing.T) {
	d := dbtest.Open(t, dbtest.New(t, db.SQLite))
	r := relay.New(d, when.System, time.Minute)
	var mended atomic.Bool
	var tries atomic.Int64
	well := make(chan struct{}, 1)
	r.Start([]relay.Consumer{{Name: "own", Place: func(context.Context) (relay.Place, error) {
		if tries.Add(1); !mended.Load() {
			return relay.Place{}, errors.New("away")
		}
		select {
		case well <- struct{}{}:
		default:
		}
		return relay.Place{Pos: relay.Nowhere}, nil
	}}}, nil)
	t.Cleanup(r.Stop)
	for tries.Load() < 5 { // by now it pauses for as long as it ever does
		time.Sleep(10 * time.Millisecond)
	}
	mended.Store(true)
	began := time.Now()
	time.Sleep(300 * time.Millisecond)
	r.Wake()
	select {
	case <-well:
	case <-time.After(5 * time.Second):
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it went on after %s", took)
	}
}

// A consumer that needs something else that goes by the log goes no further than that has come, and leaves the lease to others while that is nowhere.
func TestAConsumerGoesNoFurtherThanWhatItNeeds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit := work.New(d, when.System, func() {})
		one, two := relay.New(d, when.System, time.Second), relay.New(d, when.System, time.Second)
		for range 3 {
			emit(t, unit, "thing.done", nil)
		}
		drain(t, one)
		handled, within := map[string]int{}, map[string]int64{"two": 2}
		consumer := func(who string) relay.Consumer {
			return relay.Consumer{Name: "standing", Within: func() int64 { return within[who] }, Handle: func(_ context.Context, cs []relay.Change) error {
				handled[who] += len(cs)
				return nil
			}}
		}
		step(t, one, consumer("one"), 0)
		step(t, two, consumer("two"), 2)
		step(t, two, consumer("two"), 0)
		within["two"] = 3
		step(t, two, consumer("two"), 1)
		if handled["one"] != 0 || handled["two"] != 3 {
			t.Errorf("handled %v", handled)
		}
	})
}

// Whoever has read the log to its end takes no lease: an idle system writes nothing.
func TestAnIdleConsumerWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit, r := work.New(d, when.System, func() {}), relay.New(d, when.System, time.Second)
		c := relay.Consumer{Name: "mail", Handle: func(context.Context, []relay.Change) error { return nil }}
		step(t, r, c, 0)
		emit(t, unit, "thing.done", nil)
		drain(t, r)
		step(t, r, c, 1)
		if err := d.Writer.Exec("DELETE FROM leases").Error; err != nil {
			t.Fatal(err)
		}
		step(t, r, c, 0)
		c.Within = func() int64 { return 1 }
		emit(t, unit, "thing.done", nil)
		if _, err := r.Stamp(t.Context()); err != nil {
			t.Fatal(err)
		}
		step(t, r, c, 0) // there is more, but not as far as it may go
		var leases []string
		if err := d.Reader.Raw("SELECT name FROM leases ORDER BY name").Scan(&leases).Error; err != nil || len(leases) != 1 || leases[0] != "stamper" {
			t.Errorf("leases %v, %v; want the stamper's alone", leases, err)
		}
	})
}
