package api_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// roleThatOwnsNothing makes a role with what migrations give the application's, and the DSN by which it signs in.
func roleThatOwnsNothing(t *testing.T, o db.Options) string {
	t.Helper()
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	role := "jiebang_app_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := owner.Exec(t.Context(), "CREATE ROLE "+role+" LOGIN PASSWORD 'of-a-test'"); err != nil {
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "42501" {
			t.Skip("the role of the tests makes no roles")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := owner.Exec(context.Background(), "DROP OWNED BY "+role+"; DROP ROLE "+role)
		if err := errors.Join(err, owner.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	d := dbtest.Open(t, o)
	for range 2 { // each migration grants again
		if err := d.Grant(t.Context(), role); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("host=%s port=%d dbname=%s user=%s password=of-a-test sslmode=disable", config.Host, config.Port, config.Database, role)
}

// The application signs in by a role that owns no table: everything works, and not even somebody who has taken its place changes what is in
// the ledger, or the schema.
func TestTheApplicationOwnsNothing(t *testing.T) {
	o := dbtest.New(t, db.Postgres)
	o.URL = roleThatOwnsNothing(t, o)
	h := apitest.New(t, o)
	m := newMarket(h)
	_, application := m.file(nil)
	h.Register(application, m.first, m.second)
	if f := turnover(h, "2026"); f.contracts != 1 {
		t.Errorf("%+v", f)
	}
	h.Agrees()
	if owned, err := h.App.DB.Owns(t.Context()); owned != 0 || err != nil {
		t.Errorf("it owns %d tables, %v", owned, err)
	}
	for _, statement := range []string{
		"TRUNCATE ledger_entries", "TRUNCATE accounts CASCADE", "ALTER TABLE ledger_entries DISABLE TRIGGER ALL", "DROP TRIGGER ledger_entries_no_change ON ledger_entries",
		"UPDATE ledger_entries SET seq = seq", "DELETE FROM ledger_entries", "DROP TABLE ledger_entries", "CREATE TABLE mine (id int)",
		"CREATE OR REPLACE FUNCTION ledger_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
		"DELETE FROM goose_db_version", "SET session_replication_role = replica",
	} {
		err := h.App.DB.Writer.Exec(statement).Error
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
