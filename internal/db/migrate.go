package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"jiebang/migrations"
)

// ErrSchemaOld is returned by CheckSchema when the database has migrations to run.
var ErrSchemaOld = errors.New("the database schema is older than this program: run `jiebang migrate up` first")

// ErrSchemaNew is returned by CheckSchema when a newer program has migrated the database by more than one step.
var ErrSchemaNew = errors.New("the database schema is more than one step newer than this program: use the newer program")

// ErrLedgerOld is returned by Migrate and CheckSchema for a database from before the ledger had its present form. Entries cannot be
// changed, so that there is no way from one form to the other; none of those databases was of a released version.
var ErrLedgerOld = errors.New("the turnover ledger of this database has the form of a version that was never released (jiebang-ledger-1), and cannot be taken over: " +
	"keep the database for reading with that version, and begin with a new one (another JIEBANG_DATA or DATABASE_URL)")

// checkLedger refuses a ledger of the form before.
func (d *DB) checkLedger(ctx context.Context) error {
	m := d.Writer.WithContext(ctx).Migrator()
	if m.HasTable("ledger_entries") && !m.HasColumn("ledger_entries", "salt") {
		return ErrLedgerOld
	}
	return nil
}

// Migrate brings the schema to the newest version. Two PostgreSQL processes at once take turns; on SQLite the lock on the data
// folder, held by the caller, keeps a second process out.
func (d *DB) Migrate(ctx context.Context) error {
	if err := d.checkLedger(ctx); err != nil {
		return err
	}
	err := d.withMigrator(func(p *goose.Provider) error {
		_, err := p.Up(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return d.know(ctx)
}

// MigrateTo brings the schema to a version and no further, for tests of single steps.
func (d *DB) MigrateTo(ctx context.Context, version int64) error {
	return d.withMigrator(func(p *goose.Provider) error {
		_, err := p.UpTo(ctx, version)
		return err
	})
}

// MigrationStatus is one line of `jiebang migrate status`.
type MigrationStatus struct {
	Version int64
	Name    string
	Applied bool
}

// MigrationStatus lists all migrations, the oldest first.
func (d *DB) MigrationStatus(ctx context.Context) (out []MigrationStatus, err error) {
	err = d.withMigrator(func(p *goose.Provider) error {
		rows, err := p.Status(ctx)
		for _, r := range rows {
			out = append(out, MigrationStatus{r.Source.Version, r.Source.Path, r.State == goose.StateApplied})
		}
		return err
	})
	return out, err
}

// CheckSchema refuses a database that is behind this program, or more than one step ahead of it.
func (d *DB) CheckSchema(ctx context.Context) error {
	if err := d.checkLedger(ctx); err != nil {
		return err
	}
	return d.withMigrator(func(p *goose.Provider) error {
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
	})
}

// withMigrator runs fn with goose on a connection of its own: goose writes times in its own form, which our SQLite connections
// do not read.
func (d *DB) withMigrator(fn func(*goose.Provider) error) error {
	if d.Dialect == Postgres {
		folder, err := migrations.Postgres()
		if err != nil {
			return err
		}
		// The default polls every five seconds; a second process should not make a start that slow.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return err
		}
		p, err := goose.NewProvider(goose.DialectPostgres, d.pools[0], folder, goose.WithSessionLocker(locker))
		if err != nil {
			return err
		}
		return pooled(fn(p))
	}
	folder, err := migrations.SQLite()
	if err != nil {
		return err
	}
	pool, err := driver.Open(sqliteDSN(d.dir, 5*time.Second, ""))
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, folder)
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	return errors.Join(fn(p), pool.Close())
}

// know has SQLite look at what there is in its tables, a few hundred rows of each, so that it finds the ways to them that are short; PostgreSQL
// does so by itself.
func (d *DB) know(ctx context.Context) error {
	if d.Dialect != SQLite {
		return nil
	}
	for _, sql := range []string{"PRAGMA analysis_limit = 400", "PRAGMA optimize = 0x10002"} {
		if _, err := d.pools[0].ExecContext(ctx, sql); err != nil {
			return fmt.Errorf("look at the tables: %w", err)
		}
	}
	return nil
}
