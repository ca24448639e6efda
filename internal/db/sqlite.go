package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/gorm"
)

// sqliteTime is fixed-width UTC with microseconds, so that the order of the text is the order of time.
const sqliteTime = "2006-01-02T15:04:05.000000Z07:00"

func openSQLite(ctx context.Context, o Options) (*DB, error) {
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	dsn := sqliteDSN(o.Dir, o.Busy, sqliteTime)
	open := func(conns int) (*gorm.DB, *sql.DB, error) {
		pool, err := openRemembering(dsn)
		if err != nil {
			return nil, nil, fmt.Errorf("open SQLite in %s: %w", o.Dir, err)
		}
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		g, err := gorm.Open(inUTC{gormlite.OpenDB(pool).(dialector)}, config())
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
