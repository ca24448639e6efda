package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	sqlite "github.com/ncruces/go-sqlite3/driver"
)

// Preparing a statement is a good part of what a request costs on SQLite, so each session remembers what it prepared, as pgx does by itself
// on PostgreSQL. GORM can remember, too, but for the pool: what it prepared within one transaction is prepared anew in every later one.

// remembers opens sessions that remember their statements.
type remembers struct{ driver.Connector }

// openRemembering opens a pool of such sessions.
func openRemembering(dsn string) (*sql.DB, error) {
	c, err := (&sqlite.SQLite{}).OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(remembers{c}), nil
}

// Connect opens a session.
func (r remembers) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &remembering{sqliteSession: c.(sqliteSession), known: map[string]*remembered{}}, nil
}

// sqliteSession is all that database/sql may ask of a session of SQLite.
type sqliteSession interface {
	sqlite.Conn
	driver.ExecerContext
	driver.NamedValueChecker
}

// sqliteStatement is all that database/sql may ask of a statement of SQLite.
type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// remembering is a session with what it prepared, by its text. One goroutine at a time has it, as database/sql promises.
type remembering struct {
	sqliteSession
	known map[string]*remembered
}

// rememberedAtMost bounds what a session remembers: more than all the statements of the program that do not differ by the length of a list.
const rememberedAtMost = 500

// PrepareContext gives the statement that is known, unless somebody is in the middle of it.
func (c *remembering) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if s := c.known[query]; s != nil && !s.taken {
		s.taken = true
		return s, nil
	} else if s != nil {
		return c.sqliteSession.PrepareContext(ctx, query)
	}
	prepared, err := c.sqliteSession.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	for text, s := range c.known { // any one that is free
		if len(c.known) < rememberedAtMost {
			break
		}
		if !s.taken {
			delete(c.known, text)
			if err := s.sqliteStatement.Close(); err != nil {
				return nil, errors.Join(err, prepared.Close())
			}
		}
	}
	s := &remembered{sqliteStatement: prepared.(sqliteStatement), taken: true}
	c.known[query] = s
	return s, nil
}

// Prepare is PrepareContext for whoever has no context.
func (c *remembering) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// Close ends the session and its statements.
func (c *remembering) Close() error {
	var err error
	for _, s := range c.known {
		err = errors.Join(err, s.sqliteStatement.Close())
	}
	clear(c.known)
	return errors.Join(err, c.sqliteSession.Close())
}

// remembered is a statement that outlives whoever prepared it.
type remembered struct {
	sqliteStatement
	taken bool
}

// Close gives it back.
func (s *remembered) Close() error {
	s.taken = false
	return nil
}
