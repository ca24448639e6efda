package edge_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// Whatever reads a thing: what is kept is the same for both verbs.
var readings = map[string]string{"Read": "/v1/things/" + aThing, "List": "/v1/things?old=true"}

// A visitor is served from memory while nothing is written, and for a second at most.
func TestAVisitorsAnswerIsKept(t *testing.T) {
	for verb, target := range readings {
		t.Run(verb, func(t *testing.T) {
			var commits atomic.Int64
			e, s := newThings(t, commits.Load)
			e.Still()
			read := func(calls int, title string) {
				t.Helper()
				w := ask(e, "GET", target, "")
				if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), title) || s.calls != calls {
					t.Errorf("%d %s after %d calls, want %s after %d", w.Code, w.Body, s.calls, title, calls)
				}
				if etag := w.Header().Get("ETag"); verb == "Read" && etag != edge.ETag(s.view.Version, w.Body.Bytes()) {
					t.Errorf("ETag %s", etag)
				}
				if got := w.Header().Get("Cache-Control"); got != "no-cache" {
					t.Errorf("Cache-Control %q", got)
				}
			}
			read(1, "泵")
			s.view.title = "阀" // as another process would
			read(1, "泵")
			e.Age(999 * time.Millisecond)
			read(1, "泵")
			e.Age(time.Second)
			read(2, "阀")
			s.view.title = "管"
			read(2, "阀")
			commits.Add(1)
			read(3, "管")
			read(3, "管")
		})
	}
}

// An answer that was read while something was written is good for nobody else: it may be of either side.
func TestWhatWasReadDuringAWriteIsNotKept(t *testing.T) {
	var commits atomic.Int64
	e, calls := edge.New(specOf(t, things), anybody, commits.Load), 0
	edge.Read(e, "getThing", edge.Kind[view, Thing]{Wire: written, Get: func(context.Context, policy.Actor, uuid.UUID) (view, error) {
		if calls++; calls == 1 {
			commits.Add(1)
		}
		return view{}, nil
	}})
	for range 3 {
		ask(e, "GET", "/v1/things/"+aThing, "")
	}
	if calls != 2 {
		t.Errorf("read %d times, want 2", calls)
	}
}

// Whoever shows a token is answered anew, whatever visitors were told, and visitors hear nothing of what they were told.
func TestNothingIsKeptOfAnAccount(t *testing.T) {
	for verb, target := range readings {
		t.Run(verb, func(t *testing.T) {
			e, s := newThings(t, never)
			for i := range 3 {
				s.view.title = "底价 " + strconv.Itoa(i) + "。"
				if w := asClerk(e, "GET", target, ""); s.calls != i+1 || !strings.Contains(w.Body.String(), s.view.title) {
					t.Errorf("%d calls: %s", s.calls, w.Body)
				}
			}
			if n, _ := e.Kept(); n != 0 {
				t.Errorf("%d answers are kept", n)
			}
			s.view.title = "公开"
			if w := ask(e, "GET", target, ""); s.calls != 4 || strings.Contains(w.Body.String(), "底价") {
				t.Errorf("a visitor reads %s", w.Body)
			}
			s.view.title = "底价"
			if w := asClerk(e, "GET", target, ""); s.calls != 5 || !strings.Contains(w.Body.String(), "底价") {
				t.Errorf("the account reads %s", w.Body)
			}
			if w := ask(e, "GET", target, ""); s.calls != 5 || strings.Contains(w.Body.String(), "底价") {
				t.Errorf("after %d calls a visitor reads %s", s.calls, w.Body)
			}
		})
	}
}

// A token that is no good is refused, and does not read what visitors may.
func TestABadTokenReadsNothingThatIsKept(t *testing.T) {
	e := edge.New(specOf(t, things), func(_ context.Context, token string) (policy.Actor, error) {
		return policy.Actor{}, fault.TokenInvalid.New()
	}, never)
	s := &capability{}
	s.hang(e)
	ask(e, "GET", "/v1/things", "")
	for _, header := range []string{"Bearer x", "Bearer ", "Bearer", "Basic x", "x", " "} {
		if w := ask(e, "GET", "/v1/things", "", "Authorization", header); problem(t, w).Code != "token_invalid" {
			t.Errorf("%q: %d %s", header, w.Code, w.Body)
		}
	}
}

// Credentials without a token are asked of nobody: an Authenticator that knew an empty token would have its answers kept for all.
func TestAnEmptyTokenIsNobodys(t *testing.T) {
	e, s := newThings(t, never)
	for _, header := range []string{"Bearer", "Bearer ", "Bearer \t", "bearer   "} {
		if w := ask(e, "GET", "/v1/things", "", "Authorization", header); problem(t, w).Code != "token_invalid" || s.calls > 0 {
			t.Errorf("%q: %d %s", header, w.Code, w.Body)
		}
	}
}

// Each question has its own answer.
func TestOneAnswerIsNotTakenForAnother(t *testing.T) {
	e, _ := newThings(t, never)
	questions := []string{
		"/v1/things", "/v1/things?old=true", "/v1/things?old=false", "/v1/things?limit=1", "/v1/things?cursor=1", "/v1/things?sort=title",
		"/v1/things/" + aThing, "/v1/things/" + aThing + "/parts", "/v1/things/0197f000-0000-7000-8000-000000000002",
	}
	for _, target := range questions {
		if w := ask(e, "GET", target, ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if n, _ := e.Kept(); n != len(questions) {
		t.Errorf("%d answers are kept, of %d questions", n, len(questions))
	}
	// Also where no server has noted what was asked.
	e, s := newThings(t, never)
	for i, target := range questions {
		r, err := http.NewRequest(http.MethodGet, target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if e.Echo.ServeHTTP(httptest.NewRecorder(), r); s.calls != i+1 {
			t.Errorf("%s is answered with another's", target)
		}
	}
}

// What was refused is asked again, and a refused question forgets no answer.
func TestRefusalsAreNotKept(t *testing.T) {
	for verb, target := range readings {
		t.Run(verb, func(t *testing.T) {
			e, s := newThings(t, never)
			s.err = fault.NotVisible.New()
			for i := range 3 {
				if w := ask(e, "GET", target, ""); w.Code != http.StatusNotFound || s.calls != i+1 {
					t.Errorf("%d after %d calls", w.Code, s.calls)
				}
			}
			if n, _ := e.Kept(); n != 0 {
				t.Errorf("%d answers are kept", n)
			}
			s.err = nil
			if w := ask(e, "GET", target, ""); w.Code != http.StatusOK {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if w := ask(e, "GET", target+"x", ""); w.Code != http.StatusBadRequest {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

// Visitors choose what is kept for them, so it is bounded: with few answers that are long, and with many that say nothing.
func TestWhatIsKeptIsBounded(t *testing.T) {
	for name, c := range map[string]struct{ length, questions int }{"long": {400_000, 150}, "short": {12, 120_000}} {
		t.Run(name, func(t *testing.T) {
			e, _ := newThings(t, never)
			most := 0
			for i := range c.questions {
				e.Keep(fmt.Sprintf("/v1/things/%012d", i), make([]byte, c.length))
				if i%(c.questions/150) == 0 {
					n, counted := e.Kept()
					if counted < n*c.length || n == 0 {
						t.Fatalf("%d answers take %d", n, counted)
					}
					most = max(most, counted)
				}
			}
			if room := edge.Bound + c.length + 1000; most > room || most < edge.Bound/2 {
				t.Errorf("up to %d bytes are kept, of %d", most, room)
			}
		})
	}
}

// An answer that is read anew takes the place of the old one.
func TestAnAnswerIsKeptOnce(t *testing.T) {
	e, s := newThings(t, never)
	for i := range 5 {
		s.view.title = strings.Repeat("x", 1000*i)
		ask(e, "GET", "/v1/things/"+aThing, "")
		e.Age(time.Minute)
		if n, counted := e.Kept(); n != 1 || counted < 1000*i || counted > 3000*(i+1) {
			t.Errorf("%d answers take %d", n, counted)
		}
	}
}

// Under many readers and a writer nobody reads what was so before the last write that they could know of.
func TestNobodyReadsThePast(t *testing.T) {
	var commits, stored atomic.Int64
	e := edge.New(specOf(t, things), anybody, commits.Load)
	edge.Read(e, "getThing", edge.Kind[view, Thing]{
		Get: func(context.Context, policy.Actor, uuid.UUID) (view, error) {
			var v view
			v.Version = stored.Load() + 1 // a record has a version from the beginning
			return v, nil
		},
		Wire: written,
	})
	var reads atomic.Int64
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for reads.Add(1) < 2000 {
				known := commits.Load()
				w := ask(e, "GET", "/v1/things/"+aThing, "")
				if told, _, _ := edge.ParseIfMatch(w.Header().Get("ETag")); len(told) != 1 || told[0] <= known {
					t.Errorf("version %v is told, and %d was there before", told, known)
					return
				}
			}
		})
	}
	for reads.Load() < 2000 && !t.Failed() {
		stored.Add(1)
		commits.Add(1)
		time.Sleep(50 * time.Microsecond)
	}
	readers.Wait()
}

// BenchmarkKept is the most frequent request of all: a visitor reads what was read a moment ago.
func BenchmarkKept(b *testing.B) {
	e, _ := newThings(b, never)
	r := httptest.NewRequest(http.MethodGet, "/v1/things/"+aThing, nil)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r)
	}
}
