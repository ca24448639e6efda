package edge

import (
	"context"
	"slices"
	"sync"

	"jiebang/internal/fault"
)

// queue gives few places to many. Whoever waits is served by turns of callers and not of calls (start-time fair queueing): one who sends
// forty at once delays another by the one that is being done, and by one of theirs.
type queue struct {
	places, most, each int // places; how many wait at most, and of one caller

	mu      sync.Mutex
	taken   int
	waiting []*waiter
	round   int64            // of whoever was served last
	last    map[string]int64 // the round of a waiting caller's last call
}

type waiter struct {
	caller string
	round  int64
	ready  chan struct{}
}

func newQueue(places, most int) *queue {
	return &queue{places: places, most: most, each: max(1, most*3/4), last: map[string]int64{}}
}

// enter waits for a place. Who may not even wait is refused at once: a queue that nobody leaves in time helps no one.
func (q *queue) enter(ctx context.Context, caller string) (leave func(), err error) {
	q.mu.Lock()
	if q.taken < q.places {
		q.taken++
		q.mu.Unlock()
		return q.leave, nil
	}
	if q.count(caller) >= q.each {
		q.mu.Unlock()
		f := fault.RateLimited.New()
		f.RetryAfter = defaultRetry
		return nil, f
	}
	if len(q.waiting) >= q.most {
		q.mu.Unlock()
		return nil, overloaded()
	}
	w := &waiter{caller, max(q.round, q.last[caller]) + 1, make(chan struct{})}
	q.last[caller] = w.round
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	select {
	case <-w.ready:
		return q.leave, nil
	case <-ctx.Done():
		q.give(w)
		return nil, ctx.Err()
	}
}

// give takes somebody out who waits no longer; the place that they were given meanwhile goes to the next.
func (q *queue) give(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-w.ready:
		q.pass()
	default:
		q.remove(slices.Index(q.waiting, w))
	}
}

func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pass()
}

// pass hands a place on, or keeps it free.
func (q *queue) pass() {
	if len(q.waiting) == 0 {
		q.taken--
		return
	}
	next := 0
	for i, w := range q.waiting {
		if w.round < q.waiting[next].round {
			next = i
		}
	}
	w := q.waiting[next]
	q.round = w.round
	q.remove(next)
	close(w.ready)
}

func (q *queue) remove(i int) {
	caller := q.waiting[i].caller
	q.waiting = slices.Delete(q.waiting, i, i+1)
	if q.count(caller) == 0 {
		delete(q.last, caller)
	}
}

func (q *queue) count(caller string) (n int) {
	for _, w := range q.waiting {
		if w.caller == caller {
			n++
		}
	}
	return n
}
