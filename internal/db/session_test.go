package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

type instantRow struct {
	ID uuid.UUID `gorm:"primaryKey"`
	At time.Time
}

func (instantRow) TableName() string { return "moments" }

// A time is read as UTC whatever the zone of the process, and found whatever the zone that it was asked in.
func TestTimesAreUTCInAnyZone(t *testing.T) {
	zone := time.Local
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	time.Local = shanghai
	t.Cleanup(func() { time.Local = zone })
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			d := dbtest.Open(t, dbtest.Empty(t, dialect))
			kind := map[db.Dialect]string{db.SQLite: "text, at timestamp", db.Postgres: "uuid, at timestamptz"}[dialect]
			if err := d.Writer.Exec("CREATE TABLE moments (id " + kind + ")").Error; err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 3, 10, 23, 30, 0, 123456000, time.UTC)
			for _, in := range []*time.Location{time.UTC, shanghai, time.FixedZone("", -5*3600)} {
				row := instantRow{uuid.New(), at.In(in)}
				if err := d.Writer.Create(&row).Error; err != nil {
					t.Fatal(err)
				}
				moved := at.In(in)
				if err := d.Writer.Model(&row).Updates(map[string]any{"at": &moved}).Error; err != nil {
					t.Fatal(err)
				}
				var got instantRow
				if err := d.Reader.Where("id = ? AND at >= ? AND at < ?", row.ID, at.Add(-time.Second).In(shanghai), at.Add(time.Second).In(shanghai)).Find(&got).Error; err != nil {
					t.Fatal(err)
				}
				if got.At.Format(time.RFC3339Nano) != "2026-03-10T23:30:00.123456Z" || got.At.Location() != time.UTC {
					t.Errorf("written in %s: read %s", in, got.At)
				}
			}
		})
	}
}

// A column that a newer program adds under a running one is no failure, on any connection, and neither is a type that changes.
func TestAColumnAddedUnderARunningProgram(t *testing.T) {
	o := dbtest.Empty(t, db.Postgres)
	o.MaxConns = 3
	d := dbtest.Open(t, o)
	newer := dbtest.Open(t, o)
	run := func(d *db.DB, sql string) {
		t.Helper()
		if err := d.Writer.Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
	run(d, "CREATE TABLE moments (id uuid, at timestamptz)")
	for _, sql := range []string{"ALTER TABLE moments ADD COLUMN more text NOT NULL DEFAULT ''", "ALTER TABLE moments ALTER COLUMN at TYPE timestamptz(3)"} {
		for range 2 { // as it was, and as it is: each on all connections
			done := make(chan error, 6)
			for range cap(done) {
				go func() {
					var rows []instantRow
					done <- d.Reader.Where("id = ?", uuid.New()).Find(&rows).Error
				}()
			}
			for range cap(done) {
				if err := <-done; err != nil {
					t.Errorf("after %q: %v", sql, err)
				}
			}
			run(newer, sql)
			sql = "SELECT 1"
		}
	}
	// What asks for all columns on purpose is asked a second time; in a transaction the whole is.
	var count int
	for range 3 {
		if err := d.Reader.Raw("SELECT count(*) FROM (SELECT * FROM moments) AS m").Scan(&count).Error; err != nil {
			t.Fatal(err)
		}
		var all []map[string]any
		if err := d.Reader.Raw("SELECT * FROM moments").Scan(&all).Error; err != nil {
			t.Errorf("asked again: %v", err)
		}
		run(newer, fmt.Sprintf("ALTER TABLE moments ADD COLUMN more_%d text", time.Now().UnixNano()))
	}
}

// The server ends every session, as at a failover, and whoever comes next does not notice: a query, a statement, a transaction for reading
// or writing, many at once. What was under way when it happened fails, and is not run a second time behind the caller's back.
func TestSessionsThatTheServerEnded(t *testing.T) {
	o := dbtest.Empty(t, db.Postgres)
	o.MaxConns = 8
	d, other := dbtest.Open(t, o), dbtest.Open(t, o)
	if err := d.Writer.Exec("CREATE TABLE moments (id uuid, at timestamptz)").Error; err != nil {
		t.Fatal(err)
	}
	end := func() {
		t.Helper()
		if err := other.Writer.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Error; err != nil {
			t.Fatal(err)
		}
	}
	write := func(q *gorm.DB) error { return q.Create(&instantRow{uuid.New(), time.Now()}).Error }
	calls := map[string]func() error{
		"query":     func() error { return d.Reader.Find(&[]instantRow{}).Error },
		"statement": func() error { return write(d.Writer) },
		"writing":   func() error { return d.Writer.Transaction(write) },
		"reading": func() error {
			return d.Reader.Transaction(func(q *gorm.DB) error { return q.Find(&[]instantRow{}).Error }, &sql.TxOptions{ReadOnly: true})
		},
	}
	each := func(n int, call func() error) (failed []error) {
		done := make(chan error, n)
		for range n {
			go func() { done <- call() }()
		}
		for range n {
			if err := <-done; err != nil {
				failed = append(failed, err)
			}
		}
		return failed
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1, 8} {
				if failed := each(8, func() error { return d.Reader.Exec("SELECT pg_sleep(0.05)").Error }); failed != nil {
					t.Fatal(failed) // eight sessions are open now
				}
				end()
				if failed := each(n, call); failed != nil {
					t.Errorf("%d at once: %v", n, failed)
				}
			}
		})
	}
	runs := 0
	err := d.Writer.Transaction(func(q *gorm.DB) error {
		runs++
		if err := write(q); err != nil {
			return err
		}
		end()
		return write(q)
	})
	if !db.Unavailable(err) || runs != 1 {
		t.Errorf("ended in the middle: %v, run %d times", err, runs)
	}
}

// Whoever holds a row and does nothing loses it within seconds, and whoever waits for it goes on; both are told that the database was not
// to be had, and not that something is wrong with us.
func TestAHungSessionLetsGo(t *testing.T) {
	d := dbtest.Open(t, dbtest.Empty(t, db.Postgres))
	for _, sql := range []string{"CREATE TABLE moments (id uuid, at timestamptz)", "INSERT INTO moments VALUES ('0197f000-0000-7000-8000-000000000001', now())"} {
		if err := d.Writer.Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
	hung := d.Writer.Begin()
	if err := hung.Exec("UPDATE moments SET at = now()").Error; err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	err := d.Writer.Exec("UPDATE moments SET at = now()").Error
	if db.WaitedInVain(err) { // shortly before the other lets go: a use case is run again then
		err = d.Writer.Exec("UPDATE moments SET at = now()").Error
	}
	if err != nil {
		t.Errorf("who waits: %v", err)
	}
	if took := time.Since(began); took < time.Second || took > 5*time.Second {
		t.Errorf("who waits goes on after %s", took)
	}
	if err := hung.Exec("UPDATE moments SET at = now()").Error; err == nil || !db.Unavailable(err) {
		t.Errorf("who hung is told %v", err)
	}
	hung.Rollback()
	// One that works while it holds the row is left alone; who waits is told after a while.
	busy := d.Writer.Begin()
	if err := busy.Exec("UPDATE moments SET at = now()").Error; err != nil {
		t.Fatal(err)
	}
	slept := make(chan error, 1)
	go func() { slept <- busy.Exec("SELECT pg_sleep(6)").Error }()
	began = time.Now()
	if err := d.Writer.Exec("UPDATE moments SET at = now()").Error; !db.Unavailable(err) || time.Since(began) > 5*time.Second {
		t.Errorf("who waits for one that works: %v after %s", err, time.Since(began))
	}
	if err := <-slept; err != nil {
		t.Errorf("who works: %v", err)
	}
	if err := busy.Commit().Error; err != nil {
		t.Error(err)
	}
}

// Settings that DATABASE_URL brings are left as they are.
func TestSessionSettingsOfTheURLStand(t *testing.T) {
	o := dbtest.Empty(t, db.Postgres)
	o.URL += " lock_timeout=7s"
	d := dbtest.Open(t, o)
	var lock, idle, zone string
	for setting, into := range map[string]*string{"lock_timeout": &lock, "idle_in_transaction_session_timeout": &idle, "timezone": &zone} {
		if err := d.Reader.Raw("SHOW " + setting).Scan(into).Error; err != nil {
			t.Fatal(err)
		}
	}
	if lock != "7s" || idle != "2400ms" || zone != "UTC" {
		t.Errorf("lock_timeout %s, idle %s, zone %s", lock, idle, zone)
	}
}

// Behind a real pooler that hands out sessions by the transaction: told plainly, and with the setting that the message names all works.
func TestAPoolerByTheTransaction(t *testing.T) {
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("there is no pgbouncer here")
	}
	o := dbtest.New(t, db.Postgres)
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "pooler") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	ini := filepath.Join(dir, "pooler.ini")
	text := fmt.Sprintf("[databases]\n%[1]s = host=%[2]s port=%[3]d dbname=%[1]s user=%[4]s pool_size=2\n[pgbouncer]\nlisten_addr=\nunix_socket_dir=%[5]s\nlisten_port=6432\n"+
		"auth_type=any\npool_mode=transaction\nlogfile=\n", config.Database, config.Host, config.Port, config.User, dir)
	if err := os.WriteFile(ini, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	pooler := exec.Command(path, ini)
	if os.Geteuid() == 0 { // it does not run as root, and must be let to PostgreSQL's socket
		socket, err := os.Stat(config.Host)
		if err != nil {
			t.Skipf("PostgreSQL is not on this machine: %v", err)
		}
		owner := socket.Sys().(*syscall.Stat_t)
		pooler.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
		for _, path := range []string{dir, ini} {
			if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := pooler.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pooler.Process.Kill(); _ = pooler.Wait() })
	through := db.Options{URL: fmt.Sprintf("host=%s port=6432 user=%s dbname=%s sslmode=disable", dir, config.User, config.Database), MaxConns: 8}
	for range 100 {
		if _, err = os.Stat(filepath.Join(dir, ".s.PGSQL.6432")); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	work := func(o db.Options) error {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			return err
		}
		defer func() { _ = d.Close() }()
		if err := d.CheckSchema(t.Context()); err != nil {
			return err
		}
		done := make(chan error, 40)
		for i := range cap(done) {
			go func() {
				row := struct{ Name, Holder string }{fmt.Sprint("name ", i), "me"}
				err := d.Writer.WithContext(context.Background()).Table("leases").Create(map[string]any{"name": row.Name, "holder": row.Holder, "until": time.Now()}).Error
				if err == nil {
					err = d.Reader.Table("leases").Where("name = ? AND until > ?", row.Name, time.Now().Add(-time.Hour)).Select("name, holder").Scan(&row).Error
				}
				done <- err
			}()
		}
		for range cap(done) {
			err = errors.Join(err, <-done)
		}
		return errors.Join(err, d.Writer.Exec("DELETE FROM leases").Error)
	}
	if err := work(through); !errors.Is(err, db.ErrPooler) || !strings.Contains(err.Error(), "default_query_exec_mode=cache_describe") {
		t.Errorf("without the setting: %v", err)
	}
	through.URL += " default_query_exec_mode=cache_describe"
	if err := work(through); err != nil {
		t.Errorf("with the setting: %v", err)
	}
}
