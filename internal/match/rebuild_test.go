package match_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/kinds"
	"jiebang/internal/match"
	"jiebang/internal/needs"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/search"
)

// market is a database with an organization, and an index over it.
type market struct {
	*casttest.Cast
	relay          *relay.Relay
	results        *results.Service
	needs          *needs.Service
	org            uuid.UUID
	editor, second work.Call
	dir            string
	index          *match.Index
	options        search.Options
}

func setUp(t *testing.T, o db.Options, so search.Options) *market {
	m := &market{dir: t.TempDir(), options: so}
	m.Cast = casttest.New(t, o)
	m.relay = relay.New(m.DB, when.System, 10*time.Millisecond)
	m.Wake = m.relay.Wake
	m.results, m.needs = results.New(m.Unit), needs.New(m.Unit)
	university := m.Organization("盛北理工大学", "university", "210112")
	m.org, m.editor, m.second = university.ID, university.Editor, university.Second
	m.open()
	return m
}

// open opens the index; what was open before is closed.
func (m *market) open() {
	m.Helper()
	if m.index != nil {
		m.Must(m.index.Close())
	}
	x, err := match.OpenIndex(m.dir, m.Unit, kinds.New(results.Kind, needs.Kind), m.relay, m.options)
	m.Must(err)
	m.index = x
	m.Cleanup(func() { x.Close() })
}

func content(title string) results.Content {
	return results.Content{Title: title, Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Keywords: []string{"等离子体"}, Field: "environment", TransferModes: []string{}, Confidential: "秘密配方"}
}

// publish makes a published result.
func (m *market) publish(title string) uuid.UUID {
	m.Helper()
	ctx := context.WithoutCancel(m.Context())
	done, err := m.results.Create(ctx, m.editor, results.Input{Owner: m.org, Content: content(title)})
	m.Must(err)
	_, err = m.results.Submit(ctx, m.editor, done.ID, 1)
	m.Must(err)
	_, err = m.results.Publish(ctx, m.second, done.ID, 2)
	m.Must(err)
	return done.ID
}

func (m *market) withdraw(id uuid.UUID) {
	m.Helper()
	_, err := m.results.Withdraw(context.WithoutCancel(m.Context()), m.editor, id, 3)
	m.Must(err)
}

func (m *market) step(c relay.Consumer) error {
	m.Helper()
	for {
		n, err := m.relay.Stamp(m.Context())
		m.Must(err)
		if n == 0 {
			break
		}
	}
	for {
		if n, err := m.relay.Step(m.Context(), c); err != nil || n == 0 {
			return err
		}
	}
}

// shown are the results that a match finds.
func (m *market) shown() []string {
	m.Helper()
	found, err := m.index.Match(context.Background(), search.Probe{Text: "喷涂车间的废气净化", Limit: search.MaxMatches, Brief: true})
	m.Must(err)
	var ids []string
	for _, f := range found.Matches {
		ids = append(ids, f.ID)
	}
	slices.Sort(ids)
	return ids
}

func named(ids ...uuid.UUID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, "result"+":"+id.String())
	}
	slices.Sort(out)
	return out
}

func (m *market) shows(what string, ids ...uuid.UUID) {
	m.Helper()
	if got, want := m.shown(), named(ids...); !slices.Equal(got, want) {
		m.Errorf("%s: the index shows %v, want %v", what, got, want)
	}
}

func TestAStaleIndexIsReplacedAndFollowsMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		m := setUp(t, o, search.Options{})
		a, b := m.publish("废气净化一"), m.publish("废气净化二")
		m.Must(m.step(m.index.Consumer()))
		m.Must(m.index.Outdate())
		m.open()
		if !m.index.Stale() || !m.index.Ready() {
			t.Errorf("stale %v, ready %v", m.index.Stale(), m.index.Ready())
		}
		m.shows("stale", a, b)
		c := m.publish("废气净化三")
		m.withdraw(a)
		m.Must(m.step(m.index.Consumer()))
		m.shows("stale, after changes", b, c)
		m.Must(m.step(m.index.Rebuilder()))
		if m.index.Stale() {
			t.Error("still stale")
		}
		m.shows("replaced", b, c)
		m.withdraw(b)
		m.Must(m.step(m.index.Consumer()))
		m.Must(m.step(m.index.Rebuilder()))
		m.shows("after it was replaced", c)
		m.open()
		m.shows("opened again", c)
		if m.index.Stale() {
			t.Error("stale again")
		}
	})
}

// Filling breaks off in the middle, the process goes on or dies, a record that was already copied is withdrawn: it is nowhere
// to be seen when filling is done at last.
func TestFillingIsInterrupted(t *testing.T) {
	var gone atomic.Bool
	broken := errors.New("the database has gone away")
	for _, restarted := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarted %v", restarted), func(t *testing.T) {
			m := setUp(t, dbtest.New(t, db.SQLite), search.Options{})
			m.Must(m.DB.Reader.Callback().Query().Before("gorm:query").Register("test:gone", func(tx *gorm.DB) {
				if gone.Load() && tx.Statement.Table == "needs" {
					_ = tx.AddError(broken)
				}
			}))
			interrupted := func(c func() relay.Consumer) {
				t.Helper()
				gone.Store(true)
				if err := m.step(c()); !errors.Is(err, broken) {
					t.Fatalf("%v", err)
				}
				gone.Store(false)
				if restarted {
					m.open()
				}
			}
			a, b := m.publish("废气净化一"), m.publish("废气净化二")
			interrupted(func() relay.Consumer { return m.index.Consumer() })
			if m.index.Ready() {
				t.Error("ready with a part")
			}
			m.withdraw(a)
			m.Must(m.step(m.index.Consumer()))
			m.shows("filled", b)

			c := m.publish("废气净化三")
			m.Must(m.step(m.index.Consumer()))
			m.Must(m.index.Outdate())
			interrupted(func() relay.Consumer { return m.index.Rebuilder() })
			m.shows("while it is stale", b, c)
			m.withdraw(b)
			m.Must(m.step(m.index.Consumer()))
			m.Must(m.step(m.index.Rebuilder()))
			m.shows("replaced", c)
			if m.index.Stale() {
				t.Error("still stale")
			}
		})
	}
}

// Changes that were read for the old index and come after the swap take nothing back.
func TestLateChangesDoNotTurnBackTheIndex(t *testing.T) {
	m := setUp(t, dbtest.New(t, db.SQLite), search.Options{})
	a, b := m.publish("废气净化一"), m.publish("废气净化二")
	m.Must(m.step(m.index.Consumer()))
	var read []relay.Change
	m.withdraw(a)
	late := m.index.Consumer()
	handle := late.Handle
	late.Handle = func(_ context.Context, cs []relay.Change) error {
		read = cs
		return errors.New("is slow")
	}
	if err := m.step(late); err == nil || len(read) == 0 {
		t.Fatal("nothing was read")
	}
	m.Must(m.index.Outdate())
	m.Must(m.step(m.index.Rebuilder()))
	place := m.index.Place()
	if place < read[len(read)-1].Pos {
		t.Fatalf("at %d, want at least %d", place, read[len(read)-1].Pos)
	}
	m.Must(handle(t.Context(), read))
	if m.index.Place() != place {
		t.Errorf("at %d, was at %d", m.index.Place(), place)
	}
	m.shows("after late changes", b)
}

// An index is replaced again and again while records come and go and people search: what has left is never shown, what stays
// is always found, and in the end nothing is lost.
func TestSwapsWhileRecordsChangeAndPeopleSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		m := setUp(t, o, search.Options{})
		stays := m.publish("废气净化，一直都在")
		m.Must(m.step(m.index.Consumer()))
		m.relay.Start([]relay.Consumer{m.index.Consumer(), m.index.Rebuilder()}, nil)
		defer m.relay.Stop()

		var mu sync.Mutex
		left := map[string]bool{} // and the index has heard of it
		ctx, stop := context.WithCancel(t.Context())
		var people sync.WaitGroup
		for range 2 {
			people.Go(func() {
				for ctx.Err() == nil {
					mu.Lock()
					gone := maps.Clone(left)
					mu.Unlock()
					found, err := m.index.Match(context.Background(), search.Probe{Text: "喷涂车间的废气净化", Limit: search.MaxMatches, Brief: true})
					if err != nil {
						t.Error(err)
						return
					}
					there := false
					for _, f := range found.Matches {
						there = there || strings.HasSuffix(f.ID, stays.String())
						if gone[f.ID] {
							t.Errorf("%s is shown after it was withdrawn", f.ID)
						}
					}
					if !there {
						t.Error("what stays was not found")
					}
				}
			})
		}
		swaps := 0
		want := []uuid.UUID{stays}
		for i := range 12 {
			if !m.index.Stale() {
				swaps++
				m.Must(m.index.Outdate())
			}
			id := m.publish(fmt.Sprintf("废气净化第%d号", i))
			if i%3 == 0 {
				want = append(want, id)
				continue
			}
			m.withdraw(id)
			m.settle()
			mu.Lock()
			left[named(id)[0]] = true
			mu.Unlock()
		}
		m.settle()
		for end := time.Now().Add(20 * time.Second); m.index.Stale(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the index is not replaced")
			}
		}
		stop()
		people.Wait()
		m.shows("in the end", want...)
		if swaps < 2 {
			t.Errorf("only %d swaps", swaps)
		}
	})
}

// settle waits until the index has heard of all that was committed.
func (m *market) settle() {
	m.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		pending, err := m.relay.Pending(context.Background())
		m.Must(err)
		head, err := m.relay.Head(context.Background())
		m.Must(err)
		if pending == 0 && m.index.Place() >= head {
			return
		}
		if time.Now().After(end) {
			m.Fatal("the index does not follow")
		}
	}
}
