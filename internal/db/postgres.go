package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// session is how PostgreSQL treats our sessions. A process that hangs, whose machine was paused or whose network was cut, keeps no row for
// more than five seconds, whoever waits for one is answered within five, and a peer that is gone is noticed. What DATABASE_URL sets itself
// is left as it is.
//
// The arithmetic: lock_timeout is counted for each lock, and who waits for a row waits for two, one after the other: for its turn among those
// who wait, and for the transaction that has the row. So 2 × 2.2 s = 4.4 s is the longest wait of a statement. A session of a process that
// hangs may wait for a row that another of its sessions has, and gets it when that one is ended after 2.4 s. Since lock_timeout is the
// shorter of the two, those behind it in the queue are cancelled before their turn comes, so that one at most takes over what the first had:
// 2 × 2.4 s = 4.8 s is the longest that a row is kept by a process that hangs. Who waited for one lock in vain is run again once (package
// work) and waits half as long then (Hurry): 2.2 s + 2 × 1.1 s = 4.4 s again.
//
// They are set by a statement and not when connecting: a pooler refuses settings that it does not know.
var session = map[string]string{
	"idle_in_transaction_session_timeout": "2400ms",
	"lock_timeout":                        "2200ms",
	"tcp_keepalives_idle":                 "5",
	"tcp_keepalives_interval":             "2",
	"tcp_keepalives_count":                "3",
	"tcp_user_timeout":                    "10s",
}

// Hurry has a transaction on PostgreSQL wait half as long for a lock as others do.
func Hurry(tx *gorm.DB) error { return tx.Exec("SET LOCAL lock_timeout = '1100ms'").Error }

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
	settings.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3}}).DialContext
	own := maps.Clone(session)
	maps.DeleteFunc(own, func(name, _ string) bool { _, set := settings.RuntimeParams[name]; return set })
	pool := stdlib.OpenDB(*settings, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error { return prepare(ctx, c, own) }))
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: again{pool, o.MaxConns}}), config())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open PostgreSQL: %w", pooled(err)), pool.Close())
	}
	pool.SetMaxOpenConns(o.MaxConns)
	pool.SetMaxIdleConns(o.MaxConns)
	pool.SetConnMaxLifetime(time.Hour)
	d := &DB{Dialect: Postgres, Writer: g, Reader: g, pools: []*sql.DB{pool}}
	if settings.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		err = statementsStay(ctx, pool)
	}
	return d, pooled(errors.Join(err, d.Ping(ctx)))
}

// statementsStay fails, as some later query would, where two connections come out in one session of the server: whoever answers them is a
// pooler, which gives another process number than the server itself.
func statementsStay(ctx context.Context, pool *sql.DB) error {
	name := "jiebang_" + rand.Text()
	direct := false
	try := func() (*sql.Conn, error) {
		c, err := pool.Conn(ctx)
		if err != nil {
			return nil, err
		}
		return c, c.Raw(func(inner any) error {
			c := inner.(*stdlib.Conn).Conn()
			var real uint32
			err := c.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeExec).Scan(&real)
			if direct = real == c.PgConn().PID(); err != nil || direct {
				return err
			}
			_, err = c.PgConn().Prepare(ctx, name, "SELECT 1", nil)
			return err
		})
	}
	one, err := try()
	if one == nil {
		return err
	}
	defer func() { _ = one.Close() }()
	if err != nil || direct {
		return err
	}
	two, err := try()
	if two != nil {
		err = errors.Join(err, two.Close())
	}
	return err
}

// prepare makes a new connection one of ours: times are read in UTC, whatever the zone of this process, and the session is set.
func prepare(ctx context.Context, c *pgx.Conn, settings map[string]string) error {
	c.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
	var sql strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&sql, "SET %s = '%s';", name, settings[name])
	}
	_, err := c.PgConn().Exec(ctx, sql.String()).ReadAll()
	return err
}

// again asks a second time where a statement that was prepared before does not fit its table any more, as after a migration; pgx has
// forgotten it by then. In a transaction, which the failure has ended, that is for whoever runs it again (Retryable).
//
// It does so too where the server had ended the session that a call came out in, as at a restart or a failover: the server then says so
// and has done nothing of what was asked. The other sessions that wait in the pool are of the same age and are let go with it, so that
// one call pays for all. For a transaction that is so at its beginning only.
type again struct {
	*sql.DB
	idle int // how many sessions wait in the pool at most
}

// GetDBConn is the pool itself, for who asks GORM for it.
func (p again) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// QueryContext is that of the pool.
func (p again) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := p.DB.QueryContext(ctx, query, args...)
	if outdated(err) || p.renewed(ended(err)) {
		if rows != nil {
			_ = rows.Close() //nolint:sqlclosecheck // before it is asked again
		}
		return p.DB.QueryContext(ctx, query, args...)
	}
	return rows, err
}

// ExecContext is that of the pool.
func (p again) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	done, err := p.DB.ExecContext(ctx, query, args...)
	if p.renewed(ended(err)) {
		return p.DB.ExecContext(ctx, query, args...)
	}
	return done, err
}

// BeginTx is that of the pool. Whatever became of a session at this point, nothing was done in it.
func (p again) BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error) {
	tx, err := p.DB.BeginTx(ctx, options)
	var connect *pgconn.ConnectError
	if err != nil && ctx.Err() == nil && !errors.As(err, &connect) && p.renewed(Unavailable(err)) {
		return p.DB.BeginTx(ctx, options)
	}
	return tx, err
}

// renewed lets the sessions go that wait in the pool, where one of them turned out to be dead, and tells whether that was so.
func (p again) renewed(dead bool) bool {
	if dead {
		p.SetMaxIdleConns(-1)
		p.SetMaxIdleConns(p.idle)
	}
	return dead
}

// ended tells whether the server had ended the session before it was asked, or broke the statement off to end it.
func ended(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "57P01" || pg.Code == "57P02") || pgconn.SafeToRetry(err)
}

// outdated tells whether a statement was prepared against a table as it was before.
func outdated(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan") ||
		errors.As(err, &pg) && pg.Code == "0A000" && pg.Routine == "RevalidateCachedQuery"
}

// ErrPooler says that something between us and PostgreSQL gives each transaction another session, where we were told of none.
var ErrPooler = errors.New("DATABASE_URL leads through a pooler that hands out sessions by the transaction, where prepared statements do not stay: " +
	"add default_query_exec_mode=cache_describe to it (…?default_query_exec_mode=cache_describe), and run `jiebang migrate` on PostgreSQL itself, " +
	"since its lock is the session's; docs/operations.md says more")

// pooled says plainly what a statement that is there already, or is gone, comes from.
func pooled(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42P05" || pg.Code == "26000") {
		return fmt.Errorf("%w (%w)", ErrPooler, err)
	}
	return err
}
