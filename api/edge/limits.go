package edge

import (
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
	"jiebang/internal/when"
)

// Limits says how much of this process its callers may take. What an operation costs is said by the description: x-price, in units of a
// plain read (1 where nothing is said), and x-heavy-from, the length of its question from which on it waits for one of few places.
type Limits struct {
	Client  Rate // for each client, what is asked without an account; ten times that for all accounts that call from there
	Account Rate // for each account, wherever it calls from: people of one office share an address, and are not one caller

	Requests int // answered at once; of them half by visitors
	Streams  int // files that move at once, of them half by visitors: each takes megabytes
	Bytes    int // of bodies that are held at once, of them a quarter by visitors
	Heavy    int // heavy operations at once, of visitors and as many of accounts
	Waiting  int // heavy operations that wait, of either; three quarters of them by one caller
}

// Rate is how many units may be asked for: so many in a second for ever, and so many at once. The zero Rate has no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// usual is what an Edge goes by until it is told otherwise: enough for everybody who means well, and no rates. A processor or two of four
// stay free of heavy operations of visitors, so that they slow nobody else down.
func usual() Limits {
	return Limits{Requests: 512, Streams: 48, Bytes: 32 << 20, Heavy: max(1, runtime.GOMAXPROCS(0)/2), Waiting: 64}
}

// Limit bounds callers. What is not said stays as it is usual.
func (e *Edge) Limit(l Limits) {
	u := usual()
	for _, x := range []struct{ said, usual *int }{
		{&l.Requests, &u.Requests}, {&l.Streams, &u.Streams}, {&l.Bytes, &u.Bytes}, {&l.Heavy, &u.Heavy}, {&l.Waiting, &u.Waiting},
	} {
		if *x.said == 0 {
			*x.said = *x.usual
		}
	}
	e.limits = &limits{
		clients: newBuckets(l.Client), accounts: newBuckets(l.Account), offices: newBuckets(Rate{l.Client.PerSecond * office, l.Client.Burst * office}),
		requests: shared{all: int64(l.Requests), visitors: int64(max(1, l.Requests/2))},
		streams:  shared{all: int64(l.Streams), visitors: int64(max(1, l.Streams/2))},
		bytes:    shared{all: int64(l.Bytes), visitors: int64(l.Bytes / 4)},
		heavy:    [2]*queue{newQueue(l.Heavy, l.Waiting), newQueue(l.Heavy, l.Waiting)},
	}
}

type limits struct {
	clients, accounts        *buckets
	offices                  *buckets // of all accounts at one client, so that making many does not help
	requests, streams, bytes shared
	heavy                    [2]*queue // of visitors, of accounts
}

// shared is a number of things that are held at once, of which visitors get a part.
type shared struct {
	all, visitors int64
	held, theirs  atomic.Int64
}

// take holds n more, and tells whether there was room.
func (s *shared) take(visitor bool, n int64) bool {
	if visitor && s.theirs.Add(n) > s.visitors {
		s.theirs.Add(-n)
		return false
	}
	if s.held.Add(n) > s.all {
		s.give(visitor, n)
		return false
	}
	return true
}

func (s *shared) give(visitor bool, n int64) {
	s.held.Add(-n)
	if visitor {
		s.theirs.Add(-n)
	}
}

// admit lets a request in, or refuses it before anything is done for it; leave takes it out again.
func (l *limits) admit(op *Operation, visitor bool) (leave func(), err error) {
	s := &l.requests
	if op.streams() {
		s = &l.streams
	}
	if !s.take(visitor, 1) {
		return nil, overloaded()
	}
	return func() { s.give(visitor, 1) }, nil
}

// office is how many times as much as a visitor all accounts at one client may ask for.
const office = 10

// charge takes the price of an operation from whoever calls.
func (l *limits) charge(r *request, question int) error {
	price, now := r.operation.Price+question/longQuestion, when.System()
	var wait time.Duration
	switch {
	case r.token != "":
		if wait = l.accounts.take(r.actor.Account.String(), price, now); wait == 0 && !r.local {
			wait = l.offices.take(r.client, price, now)
		}
	case !r.local:
		wait = l.clients.take(r.client, price, now)
	}
	if wait == 0 {
		return nil
	}
	return limited(wait)
}

func limited(wait time.Duration) error {
	f := fault.RateLimited.New()
	f.RetryAfter = wait
	return f
}

// longQuestion is how many bytes of a query cost a unit.
const longQuestion = 200

// wait gives a heavy operation its place, when there is one.
func (l *limits) wait(c echo.Context, r *request) (leave func(), err error) {
	from := r.operation.HeavyFrom
	if from < 0 || from > longest(r.operation, c.Request()) {
		return func() {}, nil
	}
	if r.token == "" {
		return l.heavy[0].enter(c.Request().Context(), r.client)
	}
	return l.heavy[1].enter(c.Request().Context(), r.actor.Account.String())
}

// longest is the longest value of a query.
func longest(op *Operation, q *http.Request) (n int) {
	if op.HeavyFrom == 0 {
		return 0
	}
	for _, values := range q.URL.Query() {
		for _, v := range values {
			n = max(n, len([]rune(v)))
		}
	}
	return n
}

// retryBusy is when it is worth coming back to a process that has too much to do.
const retryBusy = 2 * time.Second

func overloaded() *fault.Error {
	f := fault.Overloaded.New()
	f.RetryAfter = retryBusy
	return f
}

// once are headers that mean something else to each reader when they are sent twice.
var once = []string{echo.HeaderAuthorization, echo.HeaderContentEncoding}

func refuseRepeated(h http.Header) error {
	var wrong fault.Fields
	for _, name := range once {
		if len(h.Values(name)) > 1 {
			wrong = append(wrong, place(openapi3.ParameterInHeader+":"+name, fault.Repeated, nil))
		}
	}
	return wrong.Err()
}

// number reads an extension that is a whole number.
func number(extensions map[string]any, name string, otherwise int) int {
	if n, is := extensions[name].(float64); is {
		return int(n)
	}
	return otherwise
}
