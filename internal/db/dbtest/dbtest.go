// Package dbtest gives tests an empty, migrated database of each kind.
//
// SQLite is always there. PostgreSQL is used when JIEBANG_TEST_POSTGRES (a DSN whose role may create databases) is set;
// without it the PostgreSQL half is skipped, and with CI set it fails.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"jiebang/internal/db"
	"jiebang/migrations"
)

// Each runs fn once for each database, as subtests that may run in parallel with others.
func Each(t *testing.T, fn func(t *testing.T, o db.Options)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			fn(t, New(t, dialect))
		})
	}
}

// New makes one empty, migrated database and gives the options that open it.
func New(t testing.TB, dialect db.Dialect) db.Options {
	t.Helper()
	if dialect == db.SQLite {
		files, err := embedded()
		if err != nil {
			t.Fatalf("template database: %v", err)
		}
		o := db.Options{Dir: t.TempDir()}
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(o.Dir, name), content, 0o600); err != nil {
				t.Fatalf("copy the template: %v", err)
			}
		}
		return o
	}
	return db.Options{URL: postgresCopy(t), MaxConns: 12}
}

// Empty makes a database without a schema and returns the options that open it.
func Empty(t testing.TB, dialect db.Dialect) db.Options {
	t.Helper()
	if dialect == db.SQLite {
		return db.Options{Dir: t.TempDir()}
	}
	return db.Options{URL: copyOf(t, func() (string, error) { return "template0", nil }), MaxConns: 12}
}

// Open opens a database until the test ends.
func Open(t testing.TB, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// embedded is what a folder holds whose database was migrated: made once for each test process, since all migrations take longer than most tests.
var embedded = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "jiebang-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := migrate(context.Background(), db.Options{Dir: dir}); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// migrate leaves nothing open: what is copied is whole, and an open pool on PostgreSQL would block every copy.
func migrate(ctx context.Context, o db.Options) error {
	d, err := db.Open(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx), d.Close())
}

// template is made once for each test process.
var template = sync.OnceValues(func() (string, error) { return makeTemplate(os.Getenv("JIEBANG_TEST_POSTGRES")) })

// postgresCopy copies the migrated template, which is much faster than migrating each time.
func postgresCopy(t testing.TB) string { return copyOf(t, template) }

func copyOf(t testing.TB, template func() (string, error)) string {
	t.Helper()
	admin := os.Getenv("JIEBANG_TEST_POSTGRES")
	if admin == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("JIEBANG_TEST_POSTGRES is not set: in CI nothing is skipped")
		}
		t.Skip("PostgreSQL half left out: JIEBANG_TEST_POSTGRES is not set; ./test.sh starts one")
	}
	name, err := template()
	if err != nil {
		t.Fatalf("template database: %v", err)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Fatalf("connect as administrator: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	copied := "jb_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := conn.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", copied, name)); err != nil {
		t.Fatalf("copy the template: %v", err)
	}
	t.Cleanup(func() { drop(t, admin, copied) })
	return withDatabase(admin, copied)
}

func drop(t testing.TB, admin, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Logf("database %s stays: %v", name, err)
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		t.Logf("database %s stays: %v", name, err)
	}
}

// makeTemplate migrates one database for each state of the migrations; test processes that run at once take turns.
func makeTemplate(admin string) (string, error) {
	ctx := context.Background()
	name, err := templateName()
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(7411305)"); err != nil {
		return "", err
	}
	var ready bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&ready); err != nil || ready {
		return name, err
	}
	building := name + "_building"
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+building+" WITH (FORCE)"); err != nil {
		return "", err
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+building); err != nil {
		return "", err
	}
	if err := migrate(ctx, db.Options{URL: withDatabase(admin, building)}); err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", building, name))
	return name, err
}

func templateName() (string, error) {
	h := sha256.New()
	folder, err := migrations.Postgres()
	if err != nil {
		return "", err
	}
	err = fs.WalkDir(folder, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(folder, path)
		h.Write(b)
		return err
	})
	return "jbt_" + hex.EncodeToString(h.Sum(nil)[:8]), err
}

// withDatabase names another database in a DSN of either form.
func withDatabase(dsn, name string) string {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		c, err := pgx.ParseConfig(dsn)
		if err == nil {
			return fmt.Sprintf("host=%s port=%d user=%s password='%s' dbname=%s sslmode=disable", c.Host, c.Port, c.User, c.Password, name)
		}
	}
	return dsn + " dbname=" + name // the last value of a keyword holds
}
