package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
)

// onlyGrow are the tables that the application adds to and never changes; it may not, whatever a trigger says.
var onlyGrow = []string{"ledger_entries", "indicator_actuals", "monthly_reports"}

// User is the role by which a PostgreSQL URL or DSN signs in.
func User(url string) (string, error) {
	settings, err := pgx.ParseConfig(url)
	if err != nil {
		return "", err
	}
	return settings.User, nil
}

// Grant gives the application's role what serving takes, and no more: it owns no table, alters and truncates none, and only adds to the
// ledger. It is run by the role that owns the tables, after each migration, so that new tables are within it.
func (d *DB) Grant(ctx context.Context, role string) error {
	tables, err := d.tables(ctx)
	if err != nil {
		return err
	}
	to := pgx.Identifier{role}.Sanitize()
	return d.Writer.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		run := func(format string, args ...any) error {
			if err := g.Exec(fmt.Sprintf(format, args...)).Error; err != nil {
				return fmt.Errorf("grant to %s: %w", role, err)
			}
			return nil
		}
		if err := run("GRANT USAGE ON SCHEMA public TO %s", to); err != nil {
			return err
		}
		for _, table := range tables {
			may := "SELECT, INSERT, UPDATE, DELETE"
			switch {
			case table == versionTable:
				may = "SELECT"
			case slices.Contains(onlyGrow, table):
				may = "SELECT, INSERT"
			}
			name := pgx.Identifier{"public", table}.Sanitize()
			if err := run("REVOKE ALL ON %s FROM %s", name, to); err != nil {
				return err
			}
			if err := run("GRANT %s ON %s TO %s", may, name, to); err != nil {
				return err
			}
		}
		return nil
	})
}

// versionTable is where migrations are noted.
const versionTable = "goose_db_version"

func (d *DB) tables(ctx context.Context) (out []string, err error) {
	err = d.Reader.WithContext(ctx).Raw("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'public' ORDER BY tablename").Scan(&out).Error
	return out, err
}

// Owns tells how many of the application's tables the role owns by which it is connected: none, where migrations have a role of their own.
func (d *DB) Owns(ctx context.Context) (n int64, err error) {
	if d.Dialect != Postgres {
		return 0, nil
	}
	err = d.Reader.WithContext(ctx).Raw("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'public' AND tableowner = current_user").Scan(&n).Error
	return n, err
}
