package accounts

import (
	"context"
	"runtime"
	"sync"
	"time"

	"jiebang/internal/fault"
)

// Bounds of the queue before the password hashes: each takes memory and a processor, and who comes when it is full is told so at once instead
// of being kept until the time of the request is up.
const (
	queueMost = 32
	queueEach = 16 // of one client, so that others find a place
	queueBusy = 3 * time.Second
)

// queue is for one kind of work: signing in, or making new hashes.
type queue struct {
	slots   chan struct{}
	mu      sync.Mutex
	waiting map[string]int // by client
	all     int
}

func newQueue(slots int) *queue {
	return &queue{slots: make(chan struct{}, slots), waiting: map[string]int{}}
}

// newQueues makes the queue of signing in and that of new passwords, which have their own slots: neither shuts out the other.
func newQueues() (in, up *queue) {
	return newQueue(max(2, runtime.NumCPU())), newQueue(max(1, runtime.NumCPU()/2))
}

// stand takes a place to wait in, if there is one.
func (q *queue) stand(ctx context.Context) (leave func(), err error) {
	client := clientOf(ctx)
	if !q.line(client) {
		f := fault.Overloaded.New()
		f.RetryAfter = queueBusy
		return nil, f
	}
	return func() { q.step(client) }, nil
}

// slot waits for the turn of who has a place.
func (q *queue) slot(ctx context.Context) (release func(), err error) {
	select {
	case q.slots <- struct{}{}:
		return func() { <-q.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (q *queue) line(client string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.all >= queueMost || q.waiting[client] >= queueEach {
		return false
	}
	q.all++
	q.waiting[client]++
	return true
}

func (q *queue) step(client string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all--
	if q.waiting[client]--; q.waiting[client] == 0 {
		delete(q.waiting, client)
	}
}

type clientKey struct{}

// From notes where a request comes from, for bounds and the log: an address or a network.
func From(ctx context.Context, client string) context.Context {
	return context.WithValue(ctx, clientKey{}, client)
}

func clientOf(ctx context.Context) string {
	client, _ := ctx.Value(clientKey{}).(string)
	return client
}
