package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"jiebang/migrations"
)

// ErrSchemaOld is returned by CheckSchema when the database has migrations to run.
var ErrSchemaOld = errors.New("the database schema is older than this program: run `jiebang migrate up` first")

// ErrSchemaNew is returned by CheckSchema when a newer program has migrated the database by more than one step.
var ErrSchemaNew = errors.New("the database schema is more than one step newer than this program: use the newer program")

// Migrate brings the schema to the newest version. Two PostgreSQL processes at once take turns; on SQLite the lock on the data
// folder, held by the caller, keeps a second process out.
func (d *DB) Migrate(ctx context.Context) error {
	p, err := d.migrator()
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// MigrationStatus is one line of `jiebang migrate status`.
type MigrationStatus struct {
	Version int64
	Name    string
	Applied bool
}

// MigrationStatus lists all migrations, the oldest first.
func (d *DB) MigrationStatus(ctx context.Context) ([]MigrationStatus, error) {
	p, err := d.migrator()
	if err != nil {
		return nil, err
	}
	rows, err := p.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]MigrationStatus, len(rows))
	for i, r := range rows {
		out[i] = MigrationStatus{r.Source.Version, r.Source.Path, r.State == goose.StateApplied}
	}
	return out, nil
}

// CheckSchema refuses a database that is behind this program, or more than one step ahead of it.
func (d *DB) CheckSchema(ctx context.Context) error {
	p, err := d.migrator()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema version: %w", err)
	case have < want:
		return ErrSchemaOld
	case have > want+1:
		return ErrSchemaNew
	}
	return nil
}

func (d *DB) migrator() (*goose.Provider, error) {
	folder, err := fs.Sub(migrations.Files, string(d.Dialect))
	if err != nil {
		return nil, err
	}
	if d.Dialect == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, d.SQL(), folder)
	}
	// The default polls every five seconds; a second process should not make a start that slow.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, d.SQL(), folder, goose.WithSessionLocker(locker))
}
