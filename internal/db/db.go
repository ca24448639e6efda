// Package db opens the database and is the only place that knows there are two kinds: PostgreSQL for production and SQLite as
// the embedded default. It decides connections, migrations, the meaning of driver errors and the form of list cursors;
// it leaves transactions to package work and every table to the package that owns it.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"jiebang/internal/when"
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

// Open connects and pings; it does not migrate.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.URL != "" {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func config() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true, // package work opens the one transaction of a use case
		TranslateError:         true,
		// Columns are named and never "*": a column that a newer program adds while this one runs changes no statement of this one.
		QueryFields: true,
		Logger:      logger.Discard, // errors travel as values and are logged once, where they are answered
		// The clock is injected and times are set explicitly: one that GORM filled in by itself shows as the year 1.
		NowFunc: func() time.Time { return time.Time{} },
	}
}

var schemas sync.Map // what GORM knows of the types whose columns were asked for

// Columns names the columns of a record's table, under the name that the table has in a statement which is written by hand: what "*" would
// be, were it not for a column that a newer program adds.
func Columns(record any, as string) string {
	of, err := schema.Parse(record, &schemas, schema.NamingStrategy{})
	if err != nil {
		panic(fmt.Sprintf("db: %T is no record: %v", record, err)) // a programming error
	}
	return as + "." + strings.Join(of.DBNames, ", "+as+".")
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

// IsPostgres tells whether a query asks PostgreSQL, for the few that it can answer in one statement and SQLite cannot.
func IsPostgres(q *gorm.DB) bool { return q.Name() == string(Postgres) }

// SkipLocked reads rows to be changed that nobody else is changing; the others are left out. On SQLite, which has one writer, there are
// none.
func SkipLocked(q *gorm.DB) *gorm.DB {
	if IsPostgres(q) {
		return q.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"})
	}
	return q
}

// Now is the database's time: of PostgreSQL's machine, or of ours, where the database is embedded.
func (d *DB) Now(ctx context.Context) (time.Time, error) {
	return now(d.Reader.WithContext(ctx))
}

func now(q *gorm.DB) (time.Time, error) {
	if q.Name() == string(SQLite) {
		return when.System(), nil
	}
	var now time.Time
	err := q.Raw("SELECT clock_timestamp()").Scan(&now).Error
	return now.UTC(), err
}

// NowBy is the database's time, however wrong the machine's is. A clock that a test has set apart from the machine's counts from there.
func (d *DB) NowBy(ctx context.Context, clock, machine when.Clock) (time.Time, error) {
	set := clock().Sub(machine())
	now, err := d.Now(ctx)
	return now.Add(set).UTC().Truncate(time.Microsecond), err
}

// Off is how far the database's clock is ahead of this machine's, as a transaction reads it.
func Off(q *gorm.DB) (time.Duration, error) {
	if q.Name() == string(SQLite) {
		return 0, nil
	}
	theirs, err := now(q)
	return theirs.Sub(when.System()), err
}

// ForUpdate locks the rows that the query reads until the transaction ends. SQLite needs no lock: its write transactions are
// immediate, so there is never a second one.
func ForUpdate(q *gorm.DB) *gorm.DB { return q.Clauses(clause.Locking{Strength: "UPDATE"}) }

// ForShare keeps the rows that the query reads as they are until the transaction ends; others may read and share them.
func ForShare(q *gorm.DB) *gorm.DB { return q.Clauses(clause.Locking{Strength: "SHARE"}) }
