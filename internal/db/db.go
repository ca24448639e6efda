// Package db opens the database and is the only place that knows there are two kinds: PostgreSQL for production and SQLite as
// the embedded default. It decides connections, migrations, the meaning of driver errors and the form of list cursors;
// it leaves transactions to package work and every table to the package that owns it.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"jiebang/internal/when"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// Dialect names one of the two databases.
type Dialect string

const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// DB is one open database. On PostgreSQL writer and reader are one pool; on SQLite the writer is a single connection, because
// the database has one writer anyway and waiting for a connection is fairer and faster than waiting for its lock.
type DB struct {
	Dialect Dialect
	Writer  *gorm.DB
	Reader  *gorm.DB
	pools   []*sql.DB
	dir     string // of the embedded database
}

// Options says which database to open.
type Options struct {
	URL      string        // a PostgreSQL URL or DSN; empty opens SQLite in Dir
	Dir      string        // the folder of the embedded database
	MaxConns int           // PostgreSQL pool size; 0 means 16
	Busy     time.Duration // how long SQLite waits for another writer; 0 means 5 s
}

// sqliteTime is fixed-width UTC with microseconds, so that the order of the text is the order of time.
const sqliteTime = "2006-01-02T15:04:05.000000Z07:00"

// Open connects and pings; it does not migrate.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.URL != "" {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	settings, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	// What SQL gives as text must not depend on how the server is set up.
	settings.RuntimeParams["datestyle"] = "ISO, YMD"
	settings.RuntimeParams["timezone"] = "UTC"
	if settings.ConnectTimeout == 0 {
		settings.ConnectTimeout = 5 * time.Second
	}
	pool := stdlib.OpenDB(*settings)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), config())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open PostgreSQL: %w", err), pool.Close())
	}
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	pool.SetMaxOpenConns(o.MaxConns)
	pool.SetMaxIdleConns(o.MaxConns)
	pool.SetConnMaxLifetime(time.Hour)
	d := &DB{Dialect: Postgres, Writer: g, Reader: g, pools: []*sql.DB{pool}}
	return d, d.Ping(ctx)
}

func openSQLite(ctx context.Context, o Options) (*DB, error) {
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	dsn := sqliteDSN(o.Dir, o.Busy, sqliteTime)
	open := func(conns int) (*gorm.DB, *sql.DB, error) {
		pool, err := driver.Open(dsn)
		if err != nil {
			return nil, nil, fmt.Errorf("open SQLite in %s: %w", o.Dir, err)
		}
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		// Preparing a statement anew for each request is a good part of what a request costs here; pgx remembers by itself.
		prepared := config()
		prepared.PrepareStmt, prepared.PrepareStmtMaxSize = true, 500
		g, err := gorm.Open(gormlite.OpenDB(pool), prepared)
		return g, pool, err
	}
	writer, wp, err := open(1)
	if err != nil {
		return nil, err
	}
	reader, rp, err := open(4)
	if err != nil {
		return nil, err
	}
	d := &DB{Dialect: SQLite, Writer: writer, Reader: reader, pools: []*sql.DB{wp, rp}, dir: o.Dir}
	return d, d.Ping(ctx)
}

// sqliteDSN names the file in dir and how to work on it: write transactions take the lock at once, and a commit is on disk
// before it is acknowledged.
func sqliteDSN(dir string, busy time.Duration, timeFormat string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()),
		"journal_mode(wal)", "synchronous(full)", "foreign_keys(on)", "temp_store(memory)", "cache_size(-65536)",
	}}
	if timeFormat != "" {
		q.Set("_timefmt", timeFormat)
	}
	return "file:" + (&url.URL{Path: filepath.Join(dir, "jiebang.db")}).EscapedPath() + "?" + q.Encode()
}

func config() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true, // package work opens the one transaction of a use case
		TranslateError:         true,
		Logger:                 logger.Discard, // errors travel as values and are logged once, where they are answered
		// The clock is injected and times are set explicitly: one that GORM filled in by itself shows as the year 1.
		NowFunc: func() time.Time { return time.Time{} },
	}
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	for _, p := range d.pools {
		if err := p.PingContext(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Close closes every pool.
func (d *DB) Close() error {
	var first error
	for i := len(d.pools) - 1; i >= 0; i-- {
		if err := d.pools[i].Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// SkipLocked reads rows to be changed that nobody else is changing; the others are left out. On SQLite, which has one writer, there are
// none.
func SkipLocked(q *gorm.DB) *gorm.DB {
	if q.Name() == string(Postgres) {
		return q.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"})
	}
	return q
}

// Now is the database's time: of PostgreSQL's machine, or of ours, where the database is embedded.
func (d *DB) Now(ctx context.Context) (time.Time, error) {
	if d.Dialect == SQLite {
		return when.System(), nil
	}
	var now time.Time
	err := d.Reader.WithContext(ctx).Raw("SELECT clock_timestamp()").Scan(&now).Error
	return now.UTC(), err
}

// NowBy is the database's time, however wrong the machine's is. A clock that a test has set apart from the machine's counts from there.
func (d *DB) NowBy(ctx context.Context, clock, machine when.Clock) (time.Time, error) {
	set := clock().Sub(machine())
	now, err := d.Now(ctx)
	return now.Add(set).UTC().Truncate(time.Microsecond), err
}

// ForUpdate locks the rows that the query reads until the transaction ends. SQLite needs no lock: its write transactions are
// immediate, so there is never a second one.
func ForUpdate(q *gorm.DB) *gorm.DB { return q.Clauses(clause.Locking{Strength: "UPDATE"}) }

// ForShare keeps the rows that the query reads as they are until the transaction ends; others may read and share them.
func ForShare(q *gorm.DB) *gorm.DB { return q.Clauses(clause.Locking{Strength: "SHARE"}) }
