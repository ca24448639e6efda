package work_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func mark(tx *work.Tx, key, value string) error {
	return tx.Exec("INSERT INTO meta (key, value) VALUES (?, ?)", key, value).Error
}

func marks(t *testing.T, d *db.DB) (out []string) {
	t.Helper()
	if err := d.Reader.Raw("SELECT key || '=' || value FROM meta ORDER BY key").Scan(&out).Error; err != nil {
		t.Fatal(err)
	}
	return out
}

func TestATransactionThatTheDatabaseRefusesIsRunAgainFromTheStart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		woken := 0
		unit := work.New(d, when.System, func() { woken++ })
		runs := 0
		_, err := unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error {
			runs++
			if err := mark(tx, fmt.Sprintf("run%d", runs), "x"); err != nil {
				return err
			}
			ref := work.Ref{Noun: "thing", ID: work.NewID(), Version: 1}
			tx.Emit("thing.done", ref)
			if err := tx.Record("thing.done", ref, nil, nil); err != nil {
				return err
			}
			if runs < 3 {
				return fmt.Errorf("as the database says it: %w", sqlite3.BUSY)
			}
			return nil
		})
		if err != nil || runs != 3 || woken != 1 {
			t.Fatalf("%d runs, woken %d times, %v", runs, woken, err)
		}
		if got := fmt.Sprint(marks(t, d)); got != "[run3=x]" {
			t.Errorf("what is there: %s", got)
		}
		var audits, changes int64
		d.Reader.Table("audit").Count(&audits)
		d.Reader.Table("outbox").Count(&changes)
		if audits != 1 || changes != 1 {
			t.Errorf("%d audit rows and %d changes", audits, changes)
		}
	})
}

// Two transactions that lock two rows crosswise: PostgreSQL ends one of them, and it is run again.
func TestOfTwoThatWaitForEachOtherBothGetThrough(t *testing.T) {
	d := dbtest.Open(t, dbtest.New(t, db.Postgres))
	unit := work.New(d, when.System, func() {})
	if _, err := unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error { return errors.Join(mark(tx, "a", ""), mark(tx, "b", "")) }); err != nil {
		t.Fatal(err)
	}
	var met, done sync.WaitGroup
	met.Add(2)
	for _, keys := range [][2]string{{"a", "b"}, {"b", "a"}} {
		done.Go(func() {
			first := true
			_, err := unit.Do(context.Background(), work.Call{}, func(tx *work.Tx) error {
				const more = "UPDATE meta SET value = value || 'x' WHERE key = ?"
				if err := tx.Exec(more, keys[0]).Error; err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait()
				}
				return tx.Exec(more, keys[1]).Error
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if got := fmt.Sprint(marks(t, d)); got != "[a=xx b=xx]" {
		t.Errorf("what is there: %s", got)
	}
}

// A row is held by a session that does nothing any more. Whoever waits for it from the first moment on waits a little less long than PostgreSQL
// lets that one hold it: run again, it gets through, and all within five seconds. Where somebody works who holds it, it is told in that time.
func TestWhoWaitsForAHungSessionGetsThrough(t *testing.T) {
	d := dbtest.Open(t, dbtest.New(t, db.Postgres))
	unit := work.New(d, when.System, func() {})
	if _, err := unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error { return mark(tx, "a", "") }); err != nil {
		t.Fatal(err)
	}
	const change = "UPDATE meta SET value = 'x' WHERE key = 'a'"
	for _, works := range []bool{false, true} {
		other := d.Writer.Begin()
		if err := other.Exec(change).Error; err != nil {
			t.Fatal(err)
		}
		worked := make(chan error, 1)
		if works {
			go func() { worked <- other.Exec("SELECT pg_sleep(6)").Error }()
		} else {
			worked <- nil
		}
		began, runs := time.Now(), 0
		_, err := unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error { runs++; return tx.Exec(change).Error })
		if took := time.Since(began); took > 5*time.Second || runs != 2 || works != (err != nil) || works && !fault.DatabaseUnavailable.Of(work.Fault(err)) {
			t.Errorf("the other works: %t; answered after %s, %d runs: %v", works, took, runs, err)
		}
		if err := <-worked; err != nil {
			t.Error(err)
		}
		other.Rollback()
	}
}

func TestADatabaseThatStaysBusyIsUnavailable(t *testing.T) {
	d := dbtest.Open(t, dbtest.New(t, db.SQLite))
	runs := 0
	_, err := work.New(d, when.System, func() {}).Do(t.Context(), work.Call{}, func(*work.Tx) error { runs++; return sqlite3.BUSY })
	if !fault.DatabaseUnavailable.Of(work.Fault(err)) || runs < 3 || runs > 10 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

func TestAUseCaseInsideAnotherIsRefused(t *testing.T) {
	unit := work.New(dbtest.Open(t, dbtest.New(t, db.SQLite)), when.System, func() {})
	_, err := unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error {
		_, err := unit.Do(tx.Statement.Context, work.Call{}, func(*work.Tx) error { return nil })
		return err
	})
	if err == nil {
		t.Error("nesting went through")
	}
}

func TestAPanicLeavesNothingBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit := work.New(d, when.System, func() {})
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_, _ = unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error {
				if err := mark(tx, "a", "1"); err != nil {
					return err
				}
				panic("in the middle")
			})
		}()
		if got := marks(t, d); len(got) != 0 {
			t.Errorf("what is there: %v", got)
		}
		// And the one writer connection is free again.
		if _, err := unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error { return mark(tx, "b", "2") }); err != nil {
			t.Error(err)
		}
	})
}

func TestTheGuardHasTheLastWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		refused := errors.New("no audit row")
		unit := work.New(d, when.System, func() {}, work.WithGuard(func(tx *work.Tx) error {
			if tx.Audits() == 0 {
				return refused
			}
			return nil
		}))
		_, err := unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error { return mark(tx, "a", "1") })
		if !errors.Is(err, refused) || len(marks(t, d)) != 0 {
			t.Errorf("%v, and %v is there", err, marks(t, d))
		}
	})
}

// Reads of one View agree with one another, whatever is written meanwhile.
func TestAViewIsOneSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit := work.New(d, when.System, func() {})
		count := func(q *gorm.DB) (n int64) {
			if err := q.Table("meta").Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := unit.View(t.Context(), func(q *gorm.DB) error {
			before := count(q)
			if _, err := unit.Do(context.Background(), work.Call{}, func(tx *work.Tx) error { return mark(tx, "a", "1") }); err != nil {
				return err
			}
			if after := count(q); before != 0 || after != 0 {
				t.Errorf("%d before, %d after a write of somebody else", before, after)
			}
			return nil
		})
		if err != nil || count(d.Reader) != 1 {
			t.Errorf("%v", err)
		}
	})
}

func TestKeysAreOfOneAccountAndOneOperationAndAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		now := when.System()
		unit := work.New(d, func() time.Time { return now }, func() {})
		do := func(account uuid.UUID, operation string) work.Done {
			done, err := unit.Do(t.Context(), work.Call{Operation: operation, Key: "k", Fingerprint: "f", Actor: policy.Actor{Account: account}}, func(tx *work.Tx) error {
				return tx.Record("thing.done", work.Ref{Noun: "thing", ID: work.NewID(), Version: 1}, nil, nil)
			})
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		me, other := uuid.New(), uuid.New()
		first := do(me, "a")
		for what, d := range map[string]work.Done{"another account": do(other, "a"), "another operation": do(me, "b")} {
			if d.Replayed || d.ID == first.ID {
				t.Errorf("%s got a replay", what)
			}
		}
		if again := do(me, "a"); !again.Replayed || again.ID != first.ID {
			t.Errorf("%+v", again)
		}
		now = now.Add(work.KeepKeys + time.Second)
		if err := unit.ForgetKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := do(me, "a"); d.Replayed {
			t.Error("the key was remembered for too long")
		}
	})
}
