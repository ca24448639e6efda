package api_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ncruces/go-sqlite3/driver"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/search"
	"jiebang/search/keeper"
)

// line stands between the system and PostgreSQL and can be cut.
type line struct {
	listener net.Listener
	target   func() (net.Conn, error)
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
}

// newLine returns the line and the DSN that leads through it.
func newLine(t *testing.T, dsn string) (*line, string) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	network, address := "tcp", net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
	if strings.HasPrefix(config.Host, "/") {
		network, address = "unix", filepath.Join(config.Host, fmt.Sprintf(".s.PGSQL.%d", config.Port))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, open: map[net.Conn]bool{}, target: func() (net.Conn, error) { return net.Dial(network, address) }}
	go l.serve()
	t.Cleanup(func() { _ = listener.Close(); l.set(true) })
	port := listener.Addr().(*net.TCPAddr).Port
	return l, fmt.Sprintf("host=127.0.0.1 port=%d user=%s password='%s' dbname=%s sslmode=disable connect_timeout=2", port, config.User, config.Password, config.Database)
}

func (l *line) serve() {
	for {
		in, err := l.listener.Accept()
		if err != nil {
			return
		}
		out, err := l.target()
		if err != nil || !l.join(in, out) {
			_ = in.Close()
			continue
		}
		go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
	}
}

func (l *line) join(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		if l.cut {
			_ = c.Close()
		}
		l.open[c] = true
	}
	return !l.cut
}

func (l *line) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	if cut {
		for c := range l.open {
			_ = c.Close()
			delete(l.open, c)
		}
	}
}

func TestADatabaseThatIsGoneGives503AndComesBack(t *testing.T) {
	t.Run("postgres", func(t *testing.T) {
		o := dbtest.New(t, db.Postgres)
		l, dsn := newLine(t, o.URL)
		o.URL = dsn
		outage(t, o, func(h *apitest.House) func() {
			l.set(true)
			var r *apitest.Response
			h.Eventually("the system knows that it has no database", func() bool { r = h.Visitor().Get("/readyz"); return r.Status == 503 })
			for part, how := range map[string]string{"search": "unknown", "changes": "unknown", "jobs": "unknown", "writes": "refused"} {
				if r.Text(part) != how {
					t.Errorf("without a database %s is said to be %q", part, r.Text(part))
				}
			}
			return func() { l.set(false) }
		})
	})
	t.Run("sqlite", func(t *testing.T) {
		// The embedded database cannot be gone while its file is there; what happens is that somebody else holds it.
		outage(t, dbtest.New(t, db.SQLite), func(h *apitest.House) func() {
			pool, err := driver.Open("file:" + filepath.Join(h.Config.Data, "jiebang.db") + "?_pragma=busy_timeout(1000)")
			if err != nil {
				h.Fatal(err)
			}
			tx, err := pool.Begin()
			if err != nil {
				h.Fatal(err)
			}
			return func() { _ = tx.Rollback(); _ = pool.Close() }
		})
	})
}

func outage(t *testing.T, o db.Options, begin func(*apitest.House) (end func())) {
	o.Busy = 50 * time.Millisecond
	h := apitest.New(t, o)
	body := func(i int) j { return h.OrganizationBody(fmt.Sprintf("单位第 %d 号", i)) }
	h.Operator.Post("/v1/organizations", body(1)).Want(201)
	end := begin(h)
	interrupted := body(2)
	key := map[string]string{"Idempotency-Key": "during-the-outage"}
	r := h.Operator.Do("POST", "/v1/organizations", interrupted, key).Refused(503, "database_unavailable")
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if strings.Contains(string(r.Raw), "sql") || strings.Contains(string(r.Raw), "127.0.0.1") {
		t.Errorf("the answer leaks: %s", r.Raw)
	}
	end()
	h.Eventually("the same call with the same key goes through", func() bool {
		r, err := h.Operator.Try("POST", "/v1/organizations", interrupted, key)
		return err == nil && r.Status == 201
	})
	h.Eventually("the system is ready", func() bool { return h.Visitor().Get("/readyz").Status == 200 })
}

func TestAnIndexThatWasDeletedIsRebuiltByItself(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		found := func() int { return len(h.Visitor().Get("/v1/search?q=%E5%BA%9F%E6%B0%94").Want(200).Items()) }
		h.Eventually("both listings are found", func() bool { return found() == 2 })
		h.Stop()
		if err := os.RemoveAll(filepath.Join(h.Config.Data, "index")); err != nil {
			h.Fatal(err)
		}
		h.Start()
		h.Eventually("both are found again", func() bool { return found() == 2 })
		// What is published and never indexed because the process ends is indexed by the next one.
		h.App.Relay.Stop()
		s.ResultIn("published")
		if found() != 2 {
			h.Error("nobody could have indexed the third yet")
		}
		h.Stop()
		h.Start()
		h.Eventually("the third is found", func() bool { return found() == 3 })
	})
}

// An index that does not fit the database, of a fill that was cut off or of a time before a restore, is made anew.
func TestAnIndexThatDoesNotFitTheDatabaseIsMadeAnew(t *testing.T) {
	for what, place := range map[string]int64{"a fill that was cut off": 0, "a database that was restored": 1_000_000} {
		t.Run(what, func(t *testing.T) {
			apitest.Each(t, func(h *apitest.House) {
				s := apitest.NewStage(h)
				h.Eventually("both are indexed", func() bool { return h.App.Index.Count() == 2 })
				h.App.Relay.Stop() // what follows is withdrawn and stamped, but not indexed
				r := s.Editor.Get("/v1/results/" + s.Result).Want(200)
				s.Editor.Act("/v1/results/"+s.Result+"/withdraw", r.ETag, nil).Want(200)
				if _, err := h.App.Relay.Stamp(h.Context()); err != nil {
					h.Fatal(err)
				}
				h.Stop()
				x, err := keeper.Open(filepath.Join(h.Config.Data, "index"), search.Options{})
				if err != nil {
					h.Fatal(err)
				}
				if err := x.Apply(h.Context(), search.Batch{Place: place}); err != nil {
					h.Fatal(err)
				}
				if err := x.Close(); err != nil {
					h.Fatal(err)
				}
				h.Start()
				h.Eventually("one is left", func() bool { return h.App.Index.Ready() && h.App.Index.Count() == 1 })
				s.ResultIn("published")
				h.Eventually("and it follows", func() bool { return h.App.Index.Count() == 2 })
			})
		})
	}
}

func TestAWithdrawnResultLeavesSearchAndMatch(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, etag := s.ResultIn("published")
		found := func() bool {
			r := h.Visitor().Get("/v1/needs/" + s.Need + "/matches").Want(200)
			for i := range r.Items() {
				if r.Text("items", i, "id") == id {
					return true
				}
			}
			return false
		}
		h.Eventually("it matches", found)
		s.Editor.Act("/v1/results/"+id+"/withdraw", etag, nil).Want(200)
		h.Eventually("it no longer matches", func() bool { return !found() })
	})
}
