#!/usr/bin/env bash
# River v0.51.2 (riverdriver/riversqlite v0.51.2) over ncruces/go-sqlite3 v0.37.0.
#
# Behaviour: River's SQLite driver works on a handle of ncruces/go-sqlite3 that leaves times to the driver, and cannot read the times of its
# own migrations on one that was given a form of times (_timefmt), although both are plain database/sql and the form is RFC 3339 in UTC. So
# River cannot share a transaction with a program that stores its times in a form whose text sorts by time.
#
# Output seen:
#   the driver's own times: migrated
#   RFC 3339 with microseconds: error inserting migration rows for versions [1] assuming main: sql: Scan error on column index 0, name "created_at": unsupported Scan, storing driver.Value type string into type *time.Time
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

func migrate(form string) error {
	dir, err := os.MkdirTemp(".", "db")
	if err != nil {
		return err
	}
	q := url.Values{"_txlock": {"immediate"}}
	if form != "" {
		q.Set("_timefmt", form)
	}
	pool, err := driver.Open("file:" + filepath.Join(dir, "river.db") + "?" + q.Encode())
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1)
	m, err := rivermigrate.New(riversqlite.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(context.Background(), rivermigrate.DirectionUp, nil)
	return err
}

func tell(what string, err error) {
	if err == nil {
		fmt.Println(what + ": migrated")
		return
	}
	fmt.Println(what+":", err)
}

func main() {
	tell("the driver's own times", migrate(""))
	tell("RFC 3339 with microseconds", migrate("2006-01-02T15:04:05.000000Z07:00"))
}
GO
go mod init finding >/dev/null 2>&1
GOFLAGS=-mod=mod go get github.com/ncruces/go-sqlite3@v0.37.0 github.com/riverqueue/river@v0.51.2 \
  github.com/riverqueue/river/riverdriver/riversqlite@v0.51.2 >/dev/null 2>&1
GOFLAGS=-mod=mod go mod tidy >/dev/null 2>&1
go list -m github.com/ncruces/go-sqlite3 github.com/riverqueue/river github.com/riverqueue/river/riverdriver/riversqlite
out="$(go run .)"
echo "$out"
grep -qx "the driver's own times: migrated" <<<"$out"
grep -q 'RFC 3339 with microseconds: .*unsupported Scan, storing driver.Value type string into type \*time.Time' <<<"$out"
echo "as stated"
