#!/usr/bin/env bash
# ncruces/go-sqlite3 v0.37.0 and modernc.org/sqlite v1.62.0, seen with Go 1.26 in November 2026.
#
# Behaviour: through database/sql a statement that cannot write tells as RowsAffected how many rows the write before it had, since SQLite's own
# counter stays until the next write: SAVEPOINT, RELEASE, ROLLBACK TO, CREATE INDEX. So whoever takes RowsAffected > 0 for "this has written",
# as a check that every write leaves an audit row does, is misled by a savepoint.
#
# Output seen, alike for both drivers (sqlite3 is that of ncruces, sqlite that of modernc):
#   3 by INSERT INTO notes (text) VALUE
#   3 by SAVEPOINT step
#   3 by ROLLBACK TO step
#   3 by RELEASE step
#   3 by CREATE INDEX by_text ON notes
#   0 by UPDATE notes SET text = 'd' WH
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"

	_ "github.com/ncruces/go-sqlite3/driver"
	_ "modernc.org/sqlite"
)

func main() {
	for _, name := range []string{"sqlite3", "sqlite"} {
		pool, err := sql.Open(name, "file:"+filepath.Join(".", name+".db"))
		if err != nil {
			panic(err)
		}
		c, err := pool.Conn(context.Background())
		if err != nil {
			panic(err)
		}
		for _, statement := range []string{
			"CREATE TABLE notes (text text)", "INSERT INTO notes (text) VALUES ('a'), ('b'), ('c')", "SAVEPOINT step", "ROLLBACK TO step", "RELEASE step",
			"CREATE INDEX by_text ON notes (text)", "UPDATE notes SET text = 'd' WHERE text = 'none'", "SAVEPOINT step",
		} {
			done, err := c.ExecContext(context.Background(), statement)
			if err != nil {
				panic(err)
			}
			n, err := done.RowsAffected()
			if err != nil {
				panic(err)
			}
			fmt.Printf("%s: %d by %.30s\n", name, n, statement)
		}
		if err := c.Close(); err != nil {
			panic(err)
		}
		if err := pool.Close(); err != nil {
			panic(err)
		}
	}
}
GO
go mod init finding >/dev/null 2>&1
GOFLAGS=-mod=mod go get github.com/ncruces/go-sqlite3@v0.37.0 modernc.org/sqlite@v1.62.0 >/dev/null 2>&1
GOFLAGS=-mod=mod go mod tidy >/dev/null 2>&1
go list -m github.com/ncruces/go-sqlite3 modernc.org/sqlite
out="$(go run .)"
echo "$out"
for driver in sqlite3 sqlite; do
  for statement in 'SAVEPOINT step' 'ROLLBACK TO step' 'RELEASE step' 'CREATE INDEX by_text ON notes'; do
    grep -q "^$driver: 3 by $statement" <<<"$out"
  done
  grep -q "^$driver: 0 by UPDATE" <<<"$out"
done
echo "as stated"
