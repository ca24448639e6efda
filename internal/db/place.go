package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgconn"
)

// Place says where the database is: of PostgreSQL which cluster, on which timeline, and which database in it; of SQLite which file. A restore,
// a copy and a failover change it, a restart does not.
func (d *DB) Place(ctx context.Context) (string, error) {
	if d.Dialect == SQLite {
		file, err := os.Stat(filepath.Join(d.dir, "jiebang.db"))
		if err != nil {
			return "", fmt.Errorf("the database's file: %w", err)
		}
		return fileNumber(file), nil
	}
	var place, cluster string
	q := d.Reader.WithContext(ctx)
	err := q.Raw("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '/' || oid FROM pg_database WHERE datname = current_database()").Scan(&place).Error
	if err != nil {
		return "", err
	}
	err = q.Raw("SELECT CAST(system_identifier AS text) FROM pg_control_system()").Scan(&cluster).Error
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" { // an administrator has taken that from our role: the rest will do
		err = nil
	}
	return "postgres:" + cluster + "/" + place, err
}
