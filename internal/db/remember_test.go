package db

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

func rememberingPool(t *testing.T, conns int) *sql.DB {
	t.Helper()
	pool, err := openRemembering("file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "a.db")) + "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)")
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil { // SQLite refuses where a statement was left
			t.Error(err)
		}
	})
	if _, err := pool.Exec("CREATE TABLE a (n integer)"); err != nil {
		t.Fatal(err)
	}
	return pool
}

// known tells what the only session of a pool remembers.
func known(t *testing.T, pool *sql.DB) (all map[string]*remembered) {
	t.Helper()
	c, err := pool.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Raw(func(inner any) error { all = inner.(*remembering).known; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// What one transaction prepared serves the next one; who asks the same in the middle of an answer gets a statement of its own.
func TestSessionsRememberStatements(t *testing.T) {
	pool := rememberingPool(t, 1)
	const insert, list = "INSERT INTO a (n) VALUES (?)", "SELECT n FROM a WHERE n < ? ORDER BY n"
	var was *remembered
	for n := range 3 {
		tx, err := pool.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(insert, n); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		is := known(t, pool)[insert]
		if is == nil || is.taken || was != nil && is != was {
			t.Fatalf("after transaction %d: %+v, before it %+v", n, is, was)
		}
		was = is
	}
	tx, err := pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	each := func(below int, do func(n int)) {
		rows, err := tx.Query(list, below)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			do(n)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	each(3, func(n int) { each(n, func(m int) { got += fmt.Sprint(n, ">", m, " ") }) })
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got != "1>0 2>0 2>1 " {
		t.Error(got)
	}
	for n := range 2 * rememberedAtMost {
		if _, err := pool.Exec(fmt.Sprintf("UPDATE a SET n = n + ? WHERE n = %d", n), 0); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(known(t, pool)); n != rememberedAtMost {
		t.Errorf("%d statements are remembered", n)
	}
}

// A statement that was prepared before the table changed answers as one that is prepared after it, where it names its columns: only a
// process of its own, which has the file alone, changes tables.
func TestARememberedStatementOutlivesAMigration(t *testing.T) {
	pool := rememberingPool(t, 2)
	if _, err := pool.Exec("INSERT INTO a (n) VALUES (?)", 1); err != nil {
		t.Fatal(err)
	}
	one, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = one.Close() }()
	for _, change := range []string{"ALTER TABLE a ADD COLUMN more integer", "CREATE INDEX a_n ON a (n)", "DROP INDEX a_n", "ALTER TABLE a DROP COLUMN more"} {
		for range 2 {
			var n int
			if err := one.QueryRowContext(t.Context(), "SELECT n FROM a WHERE n >= ?", 0).Scan(&n); err != nil || n != 1 {
				t.Errorf("before %q: %d, %v", change, n, err)
			}
		}
		if _, err := pool.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
}

// Many at once ask the same of a few sessions.
func TestSessionsRememberApart(t *testing.T) {
	pool := rememberingPool(t, 4)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for n := range 50 {
				tx, err := pool.Begin()
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := tx.Exec("INSERT INTO a (n) VALUES (?)", g*50+n); err != nil {
					t.Error(err)
				}
				if err := tx.Commit(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	var count, sum int
	if err := pool.QueryRow("SELECT count(*), sum(n) FROM a WHERE n >= ?", 0).Scan(&count, &sum); err != nil || count != 400 || sum != 400*399/2 {
		t.Error(count, sum, err)
	}
}
