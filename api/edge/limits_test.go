package edge_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
)

// endless is a body that has no end; it counts what is read of it.
type endless struct {
	begin, again string
	read         int
	rest         []byte
}

func (b *endless) Read(p []byte) (int, error) {
	if b.read == 0 {
		b.rest = []byte(b.begin)
	}
	if len(b.rest) == 0 {
		b.rest = []byte(b.again)
	}
	n := copy(p, b.rest)
	b.rest, b.read = b.rest[n:], b.read+n
	return n, nil
}

// A visitor's body may be as large as what its operation has a place for, and no larger.
func TestVisitorsBodiesAreSmall(t *testing.T) {
	for _, op := range spec(t).Operations() {
		if op.Body != nil && !op.TokenRequired && op.BodyMost > 100<<10 {
			t.Errorf("%s takes %d bytes of anybody", op.ID, op.BodyMost)
		}
		if op.Body != nil && (op.BodyMost < 16<<10 || op.BodyMost > 1<<20) {
			t.Errorf("%s takes %d bytes", op.ID, op.BodyMost)
		}
	}
}

// Reading stops soon where the schema has no place for what comes, whichever way it has none; what was seen is told.
func TestReadingStopsWhereNothingHasAPlace(t *testing.T) {
	e := newEdge(t)
	for name, c := range map[string]struct{ begin, again, want string }{
		"a list under an unknown name": {`{"colour":[`, `0,`, "/colour unknown"},
		"a list instead of a text":     {`{"title":[`, `0,`, "/title wrong_type"},
		"an object instead of a text":  {`{"title":{"a":[`, `{},`, "/title wrong_type"},
		"a list too long":              {`{"keywords":["泵"`, `,"阀"`, "/keywords too_many"},
		"a list instead of the object": {`[`, `0,`, " wrong_type"},
	} {
		t.Run(name, func(t *testing.T) {
			body := &endless{begin: c.begin, again: c.again}
			r, err := edgetest.Valid(e.operation(t, "createResult")).HTTP("http://edge.test")
			if err != nil {
				t.Fatal(err)
			}
			r.Body, r.ContentLength = io.NopCloser(body), -1
			r.Header.Set("Authorization", "Bearer token")
			w := httptest.NewRecorder()
			e.Echo.ServeHTTP(w, r)
			var got []string
			for _, f := range places(problem(t, w)) {
				got = append(got, f.Pointer+" "+f.Code)
			}
			told := strings.Join(got, ", ")
			if w.Code != http.StatusBadRequest || !strings.Contains(told, c.want) || strings.Contains(told, "required") || body.read > 20<<10 {
				t.Errorf("%d %s, after %d bytes", w.Code, told, body.read)
			}
			if w.Header().Get("Connection") != "close" {
				t.Error("the rest is waited for")
			}
		})
	}
}

func TestHeadersThatMayNotBeRepeated(t *testing.T) {
	e, s := newThings(t, never)
	for _, header := range []string{"Authorization", "Content-Encoding"} {
		for _, values := range [][]string{{"Bearer token", "Bearer token"}, {"identity", "gzip"}} {
			w := ask(e, "POST", "/v1/count", `{"title":"泵"}`, header, values[0], header, values[1])
			if p := problem(t, w); w.Code != http.StatusBadRequest || len(places(p)) != 1 || places(p)[0].Pointer != "header:"+header || places(p)[0].Code != "repeated" {
				t.Errorf("%s: %d %s", header, w.Code, w.Body)
			}
		}
	}
	if s.calls > 0 {
		t.Error("and it was done")
	}
}

// A visitor is limited by address and somebody with an account by that, wherever they call from; the answer says when to come back.
func TestCallersAreLimited(t *testing.T) {
	limited := func() *edge.Edge {
		e, _ := newThings(t, never)
		e.Limit(edge.Limits{Client: edge.Rate{PerSecond: 1, Burst: 3}, Account: edge.Rate{PerSecond: 1, Burst: 5}})
		return e
	}
	e := limited()
	refusedAt := func(most int, call func() *httptest.ResponseRecorder) int {
		for i := range most {
			if w := call(); w.Code == http.StatusTooManyRequests {
				if p := problem(t, w); p.Code != "rate_limited" || w.Header().Get("Retry-After") == "" {
					t.Errorf("%s %v", w.Body, w.Header())
				}
				return i
			}
		}
		return -1
	}
	visit := func() *httptest.ResponseRecorder { return ask(e, "GET", "/v1/things", "") }
	call := func() *httptest.ResponseRecorder { return asClerk(e, "GET", "/v1/things", "") }
	if v, a := refusedAt(10, visit), refusedAt(10, call); v != 3 || a != 5 {
		t.Errorf("a visitor is refused after %d, an account after %d", v, a)
	}
	e, _ = newThings(t, never)
	e.Limit(edge.Limits{Client: edge.Rate{PerSecond: 0.1, Burst: 1}, Account: edge.Rate{PerSecond: 100, Burst: 100}})
	if at := refusedAt(20, call); at != 10 {
		t.Errorf("all accounts at one client are refused after %d", at)
	}
	e = limited()
	local := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/v1/things", nil)
		r.RemoteAddr = "127.0.0.1:4711"
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r)
		return w
	}
	if at := refusedAt(10, local); at != -1 {
		t.Errorf("this machine, which is everybody behind a proxy that nobody named, is refused after %d", at)
	}
	e = limited()
	if at := refusedAt(2, func() *httptest.ResponseRecorder {
		return ask(e, "GET", "/v1/things?owner_id="+strings.Repeat("x", 700), "")
	}); at != 1 {
		t.Errorf("long questions are refused after %d", at)
	}
}

// What is done at once is bounded, and visitors leave room for others.
func TestRequestsAtOnceAreBounded(t *testing.T) {
	e, s := newThings(t, never)
	e.Limit(edge.Limits{Requests: 4})
	begun, end := make(chan bool), make(chan bool)
	s.hold = func() { begun <- true; <-end }
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { ask(e, "GET", "/v1/things/"+aThing, "") })
		<-begun
	}
	w := ask(e, "GET", "/v1/things/"+aThing, "")
	if p := problem(t, w); w.Code != http.StatusServiceUnavailable || p.Code != "overloaded" || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for range 2 {
		all.Go(func() { asClerk(e, "GET", "/v1/things/"+aThing, "") })
		<-begun
	}
	if w := asClerk(e, "GET", "/v1/things/"+aThing, ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	close(end)
	all.Wait()
	s.hold = nil
	if w := ask(e, "GET", "/v1/things/"+aThing, ""); w.Code != http.StatusOK {
		t.Errorf("when there is room again: %d", w.Code)
	}
}

// What bodies take in all is bounded, and given back.
func TestBytesAtOnceAreBounded(t *testing.T) {
	e, _ := newThings(t, never)
	e.Limit(edge.Limits{Bytes: 4000})
	body := func(n int) string { return `{"title":"` + strings.Repeat("x", n) + `"}` }
	for range 3 {
		if w := ask(e, "POST", "/v1/count", body(2000)); w.Code != http.StatusServiceUnavailable || problem(t, w).Code != "overloaded" {
			t.Errorf("a visitor's: %d %s", w.Code, w.Body)
		}
		if w := asClerk(e, "POST", "/v1/count", body(2000)); w.Code != http.StatusAccepted {
			t.Errorf("an account's: %d %s", w.Code, w.Body)
		}
	}
}

// Who sends slowly is told so, who left is not our failure, and what takes too long is not the database's.
func TestTimeIsTold(t *testing.T) {
	out := log(t)
	e, s := newThings(t, never)
	e.Patience = 300 * time.Millisecond
	server := httptest.NewServer(e.Echo)
	defer server.Close()

	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST /v1/count HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"title\":")
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 408 ")) || !bytes.Contains(answer, []byte("Connection: close")) || !bytes.Contains(answer, []byte(`"code":"request_timeout"`)) {
		t.Errorf("slow: %v %s", err, answer)
	}

	s.err = errors.New("ERROR: canceling statement due to user request (SQLSTATE 57014)")
	s.hold = func() { time.Sleep(400 * time.Millisecond) }
	w := asClerk(e, "GET", "/v1/parts/"+aThing, "")
	if p := problem(t, w); w.Code != http.StatusServiceUnavailable || p.Code != "overloaded" || w.Header().Get("Retry-After") == "" {
		t.Errorf("long: %d %s", w.Code, w.Body)
	}

	ctx, cancel := context.WithCancel(t.Context())
	s.hold = cancel
	r := httptest.NewRequestWithContext(ctx, "GET", "/v1/parts/"+aThing, nil)
	r.Header.Set(echo.HeaderAuthorization, "Bearer token")
	w = httptest.NewRecorder()
	e.Echo.ServeHTTP(w, r)
	if w.Code != 499 {
		t.Errorf("left: %d %s", w.Code, w.Body)
	}
	if strings.Contains(out.String(), "level=ERROR") || strings.Count(out.String(), "level=WARN") != 1 {
		t.Errorf("%s", out)
	}
}

// However many heavy calls visitors make at once, one is done at a time where there is one place, and somebody with an account does not
// wait for them.
func TestHeavyCallsOfVisitorsTakeOnePlace(t *testing.T) {
	e, s := newThings(t, never)
	e.Limit(edge.Limits{Heavy: 1, Waiting: 64})
	var running, most, done int
	var mu sync.Mutex
	begun, end := make(chan bool, 1), make(chan bool)
	s.hold = func() {
		mu.Lock()
		running++
		most = max(most, running)
		mu.Unlock()
		select {
		case begun <- true:
		default:
		}
		<-end
		mu.Lock()
		running--
		done++
		mu.Unlock()
	}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if w := ask(e, "POST", "/v1/count", `{"title":"泵"}`); w.Code != http.StatusAccepted {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	<-begun
	s.mu.Lock()
	held := s.hold
	s.hold = nil
	s.mu.Unlock()
	if w := asClerk(e, "POST", "/v1/count", `{"title":"泵"}`); w.Code != http.StatusAccepted { // while a visitor's is being done
		t.Errorf("%d %s", w.Code, w.Body)
	}
	s.mu.Lock()
	s.hold = held
	s.mu.Unlock()
	close(end)
	all.Wait()
	if most != 1 || done != 40 {
		t.Errorf("%d at once, %d in all", most, done)
	}
}

// Bodies of a megabyte, of visitors and not announced, cost what may be in them and not what they hold.
func TestLargeBodiesOfVisitorsTakeLittle(t *testing.T) {
	e := newEdge(t)
	begin, again := `{"kind":"need","text":[`, strings.Repeat("0,", 4<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 32 {
		body := io.LimitReader(&endless{begin: begin, again: again}, 1<<20)
		r := httptest.NewRequest(http.MethodPost, "/v1/matches", struct{ io.Reader }{body})
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 16 {
		t.Errorf("%d MiB", took)
	}
}
