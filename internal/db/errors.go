package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"
)

// Duplicate tells whether a unique index refused the write.
func Duplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

// Retryable tells whether running the same transaction again may succeed: serialization failure, deadlock, a statement that was prepared
// before a migration, or a busy file.
func Retryable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" || outdated(err)
	}
	return errors.Is(err, sqlite3.BUSY) || errors.Is(err, sqlite3.BUSY_SNAPSHOT) || errors.Is(err, sqlite3.LOCKED)
}

// WaitedInVain tells whether PostgreSQL broke a wait for a lock off.
func WaitedInVain(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}

// Full tells whether the database has no room to write.
func Full(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, sqlite3.FULL) || errors.As(err, &pg) && pg.Code == "53100"
}

// Unavailable tells whether the database itself could not be reached, so that the call may be repeated later.
// A busy SQLite file counts, once the retries are used up, and so does a statement that was broken off because its time was up.
func Unavailable(err error) bool {
	if Retryable(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sqlite3.INTERRUPT) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, sqlite3.IOERR) || errors.Is(err, sqlite3.CANTOPEN) || errors.Is(err, sqlite3.FULL) {
		return true
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// Class 08: connection; 53: out of resources; 57P: shutting down or starting up. Beside them what PostgreSQL broke off because it took
		// or waited too long: a statement, a lock, a transaction that stood idle.
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P") ||
			slices.Contains([]string{"25006", "57014", "55P03", "25P03", "25P04"}, pg.Code)
	}
	var connect *pgconn.ConnectError
	var network *net.OpError // not net.Error: every SQLite error has the methods of that
	return errors.As(err, &connect) || errors.As(err, &network) ||
		// pgx reports a connection that died under a query by text only.
		(err != nil && (strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF")))
}
