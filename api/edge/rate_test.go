package edge

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"jiebang/internal/fault"
)

var anyTime = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

// So many at once, then so many in a second; a dear one costs as many; and one caller's bucket is no other's.
func TestBuckets(t *testing.T) {
	b := newBuckets(Rate{PerSecond: 2, Burst: 10})
	for i := range 10 {
		if wait := b.take("a", 1, anyTime); wait != 0 {
			t.Fatalf("%d: %v", i, wait)
		}
	}
	for _, c := range []struct {
		caller string
		price  int
		after  time.Duration
		want   time.Duration
	}{
		{"a", 1, 0, time.Second},
		{"b", 10, 0, 0},
		{"b", 1, 0, time.Second},
		{"a", 4, time.Second, time.Second},
		{"a", 2, time.Second, 0},
		{"a", 6, time.Second, 3 * time.Second},
		{"a", 10, 7 * time.Second, 0},
		{"a", 100, time.Minute, 0}, // what costs more than anybody can have is to be had from a full one
	} {
		if got := b.take(c.caller, c.price, anyTime.Add(c.after)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	off := newBuckets(Rate{})
	for range 1000 {
		if off.take("a", 100, anyTime) != 0 {
			t.Fatal("no rate is no limit")
		}
	}
}

// Nobody empties a bucket by coming under other names, and however many names there are, they take no more memory than is set apart.
func TestABucketInUseIsNotForgotten(t *testing.T) {
	b := newBuckets(Rate{PerSecond: 1, Burst: 10})
	b.most = 100
	b.take("held", 10, anyTime)
	for i := range 10_000 {
		b.take(fmt.Sprint(i), 1, anyTime.Add(time.Duration(i)*time.Millisecond/2))
	}
	if len(b.of) > b.most {
		t.Errorf("%d buckets", len(b.of))
	}
	if b.take("held", 10, anyTime.Add(5*time.Second)) == 0 {
		t.Error("forgotten before it was full")
	}
	b.take("new", 1, anyTime.Add(time.Hour))
	if len(b.of) > 2 {
		t.Errorf("%d full buckets are kept", len(b.of)-1)
	}
}

// order has callers wait in a queue that is taken, and tells in which order they are served.
func order(t *testing.T, q *queue, callers ...string) []string {
	t.Helper()
	first, err := q.enter(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	var served []string
	var all sync.WaitGroup
	for i, caller := range callers {
		all.Go(func() {
			leave, err := q.enter(t.Context(), caller)
			if err != nil {
				t.Error(err)
				return
			}
			served = append(served, caller) // one place: nobody else writes
			leave()
		})
		for {
			q.mu.Lock()
			n := len(q.waiting)
			q.mu.Unlock()
			if n == i+1 {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	first()
	all.Wait()
	return served
}

func TestAQueueServesCallersByTurns(t *testing.T) {
	q := newQueue(1, 20)
	got := order(t, q, "many", "many", "many", "many", "one", "many", "other", "one")
	if want := []string{"many", "one", "other", "many", "one", "many", "many", "many"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if q.taken != 0 || len(q.waiting) != 0 || len(q.last) != 0 {
		t.Errorf("%d taken, %d waiting, %d remembered", q.taken, len(q.waiting), len(q.last))
	}
}

// Who may not wait is told at once; who waits no longer leaves no gap.
func TestAQueueIsBounded(t *testing.T) {
	q := newQueue(1, 4)
	leave, err := q.enter(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, caller := range []string{"a", "a", "a", "b"} {
		all.Go(func() {
			if _, err := q.enter(ctx, caller); err == nil {
				t.Error("there was no place")
			}
		})
	}
	for waiting := 0; waiting < 4; time.Sleep(time.Millisecond) {
		q.mu.Lock()
		waiting = len(q.waiting)
		q.mu.Unlock()
	}
	if _, err := q.enter(t.Context(), "a"); !fault.RateLimited.Of(err) {
		t.Errorf("more than a caller's part: %v", err)
	}
	if _, err := q.enter(t.Context(), "c"); !fault.Overloaded.Of(err) {
		t.Errorf("more than wait: %v", err)
	}
	cancel()
	all.Wait()
	leave()
	if again, err := q.enter(t.Context(), "a"); err != nil || q.taken != 1 || len(q.waiting) != 0 {
		t.Errorf("%v: %d taken, %d waiting", err, q.taken, len(q.waiting))
	} else {
		again()
	}
}
