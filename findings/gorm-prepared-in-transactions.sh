#!/usr/bin/env bash
# gorm.io/gorm v1.31.2 with gormlite v0.34.0 and ncruces/go-sqlite3 v0.37.0, seen with Go 1.26 in November 2026.
#
# Behaviour: with PrepareStmt a statement that was met first within a transaction is prepared anew by each later transaction, although
# GORM's cache has it: what the cache holds was prepared on a transaction that is over, and database/sql prepares such a statement again
# wherever it is used. Met first outside of a transaction, it is prepared once. A program that writes in transactions only gets nothing
# from PrepareStmt, and nothing tells it so.
#
# Output seen:
#   met first within a transaction: 20 transactions, the statement was prepared 21 times
#   met first outside: 20 transactions, the statement was prepared 1 times
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"

	sqlite "github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/gorm"
)

const insert = "INSERT INTO notes (text) VALUES (?)"

// counting opens sessions that count how often the one statement is prepared.
type counting struct {
	driver.Connector
	prepared *int
}

func (c counting) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return session{inner.(sqlite.Conn), inner.(driver.ExecerContext), c.prepared}, nil
}

type session struct {
	sqlite.Conn
	driver.ExecerContext
	prepared *int
}

func (s session) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if query == insert {
		*s.prepared++
	}
	return s.Conn.PrepareContext(ctx, query)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func run(name string, outsideFirst bool) {
	connector, err := (&sqlite.SQLite{}).OpenConnector("file:" + filepath.Join(".", name+".db"))
	must(err)
	prepared := 0
	pool := sql.OpenDB(counting{connector, &prepared})
	pool.SetMaxOpenConns(1)
	defer func() { must(pool.Close()) }()
	g, err := gorm.Open(gormlite.OpenDB(pool), &gorm.Config{PrepareStmt: true, SkipDefaultTransaction: true})
	must(err)
	must(g.Exec("CREATE TABLE notes (text text)").Error)
	if outsideFirst {
		must(g.Exec(insert, "one").Error)
	}
	for range 20 {
		must(g.Transaction(func(tx *gorm.DB) error { return tx.Exec(insert, "another").Error }))
	}
	fmt.Printf("met first %s: 20 transactions, the statement was prepared %d times\n", name, prepared)
}

func main() {
	run("within a transaction", false)
	run("outside", true)
}
GO
go mod init finding >/dev/null 2>&1
GOFLAGS=-mod=mod go get gorm.io/gorm@v1.31.2 github.com/ncruces/go-sqlite3@v0.37.0 github.com/ncruces/go-sqlite3/gormlite@v0.34.0 >/dev/null 2>&1
GOFLAGS=-mod=mod go mod tidy >/dev/null 2>&1
go list -m gorm.io/gorm github.com/ncruces/go-sqlite3 github.com/ncruces/go-sqlite3/gormlite
out="$(go run .)"
echo "$out"
grep -qx "met first within a transaction: 20 transactions, the statement was prepared 21 times" <<<"$out"
grep -qx "met first outside: 20 transactions, the statement was prepared 1 times" <<<"$out"
echo "as stated"
