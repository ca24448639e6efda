package db_test

import (
	"errors"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// Both databases end in the same tables, columns, nullability and unique indexes.
func TestBothDialectsHaveTheSameSchema(t *testing.T) {
	lite := describe(t, dbtest.Open(t, dbtest.New(t, db.SQLite)), sqliteColumns, sqliteUniques)
	post := describe(t, dbtest.Open(t, dbtest.New(t, db.Postgres)), postgresColumns, postgresUniques)
	if diff := cmp.Diff(lite, post); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
	if len(lite) < 100 {
		t.Errorf("only %d lines were compared", len(lite))
	}
}

const (
	sqliteColumns = `SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 THEN ' not null' ELSE '' END
		FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	postgresColumns = `SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END
		FROM information_schema.columns WHERE table_schema = 'public'`
	// The column list of every unique index, primary keys included; indexed expressions have no column name.
	sqliteUniques = `SELECT 'unique ' || m.name || '(' || (SELECT group_concat(name, ',') FROM (SELECT COALESCE(i.name, 'expression') AS name FROM pragma_index_info(l.name) i ORDER BY i.seqno)) || ')'
		FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND l."unique" = 1
		UNION SELECT 'unique ' || m.name || '(' || c.name || ')' FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk = 1
		AND (SELECT COUNT(*) FROM pragma_table_info(m.name) k WHERE k.pk > 0) = 1`
	postgresUniques = `SELECT 'unique ' || t.relname || '(' || (SELECT string_agg(COALESCE(a.attname, 'expression'), ',' ORDER BY k.n)
			FROM unnest(i.indkey) WITH ORDINALITY AS k(att, n) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att AND k.att > 0) || ')'
		FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace WHERE i.indisunique AND s.nspname = 'public'`
)

func describe(t *testing.T, d *db.DB, queries ...string) []string {
	t.Helper()
	var all []string
	for _, q := range queries {
		var lines []string
		if err := d.Reader.Raw(q).Scan(&lines).Error; err != nil {
			t.Fatal(err)
		}
		all = append(all, lines...)
	}
	all = slices.DeleteFunc(all, func(s string) bool { return strings.Contains(s, "goose_") || strings.Contains(s, "sqlite_") })
	sort.Strings(all)
	return slices.Compact(all)
}

type moment struct {
	Name string `gorm:"primaryKey"`
	At   time.Time
}

// Stored times come back as they went in, in UTC, and their order in the database is their order in time.
func TestTimesKeepTheirOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		column := map[db.Dialect]string{db.SQLite: "timestamp", db.Postgres: "timestamptz"}[d.Dialect]
		if err := d.Writer.Exec("CREATE TABLE moments (name text PRIMARY KEY, at " + column + " NOT NULL)").Error; err != nil {
			t.Fatal(err)
		}
		base := time.Date(2026, 1, 31, 16, 30, 5, 0, time.UTC)
		in := []moment{{"a", base}, {"b", base.Add(time.Microsecond)}, {"c", base.Add(100 * time.Millisecond)}, {"d", base.Add(time.Second)}, {"e", base.AddDate(1, 0, 0)}}
		for i := len(in) - 1; i >= 0; i-- {
			if err := d.Writer.Create(&in[i]).Error; err != nil {
				t.Fatal(err)
			}
		}
		var out []moment
		if err := d.Reader.Order("at").Find(&out).Error; err != nil {
			t.Fatal(err)
		}
		for i := range in {
			if i >= len(out) || out[i].Name != in[i].Name || !out[i].At.Equal(in[i].At) {
				t.Fatalf("in %v\nout %v", in, out)
			}
		}
		var n int64
		if err := d.Reader.Model(&moment{}).Where("at > ?", base).Count(&n).Error; err != nil || n != 4 {
			t.Errorf("%d after the first, %v", n, err)
		}
	})
}

// Migrating again finds nothing to do; so does a second start of the embedded database.
func TestMigratingTwiceDoesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, err := d.MigrationStatus(t.Context())
		if err != nil || len(rows) == 0 {
			t.Fatalf("%v %v", rows, err)
		}
		for _, r := range rows {
			if !r.Applied {
				t.Errorf("%d was not applied", r.Version)
			}
		}
		if err := d.CheckSchema(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatTheDatabaseMeansByAnError(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		insert := func() error { return d.Writer.Exec("INSERT INTO meta (key, value) VALUES ('k', 'v')").Error }
		if err := insert(); err != nil {
			t.Fatal(err)
		}
		err := insert()
		if !db.Duplicate(err) || db.Retryable(err) || db.Unavailable(err) {
			t.Errorf("a duplicate: %v", err)
		}
		if err := d.Writer.Exec("SELECT no_such_column FROM meta").Error; err == nil || db.Duplicate(err) || db.Retryable(err) || db.Unavailable(err) {
			t.Errorf("a wrong statement: %v", err)
		}
	})
	for _, err := range []error{nil, gorm.ErrRecordNotFound} {
		if db.Retryable(err) || db.Unavailable(err) || db.Duplicate(err) {
			t.Errorf("%v means nothing of this", err)
		}
	}
}

func TestALedgerOfTheFormBeforeIsTold(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			d := dbtest.Open(t, dbtest.Empty(t, dialect))
			if err := d.MigrateTo(t.Context(), 7); err != nil {
				t.Fatal(err)
			}
			if err := d.Writer.Exec("ALTER TABLE ledger_entries DROP COLUMN salt").Error; err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{"migrate": d.Migrate(t.Context()), "check": d.CheckSchema(t.Context())} {
				if !errors.Is(err, db.ErrLedgerOld) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}
