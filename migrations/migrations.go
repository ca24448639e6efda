// Package migrations holds the schema: numbered SQL, forward only, as PostgreSQL takes it. SQLite is given the same text with its own
// names of types; where that does not do, a file NNNN_name.sqlite.sql stands beside the other and is given instead.
package migrations

import (
	"embed"
	"io/fs"
	"regexp"
	"strings"
	"testing/fstest"
)

//go:embed *.sql
var files embed.FS

const sqliteOwn = ".sqlite.sql"

// Postgres is the schema for PostgreSQL.
func Postgres() (fs.FS, error) {
	all, _, err := read()
	return all, err
}

// SQLite is the same schema for SQLite.
func SQLite() (fs.FS, error) {
	all, own, err := read()
	for name, file := range all {
		if instead, there := own[name]; there {
			all[name] = instead
		} else {
			file.Data = typeWord.ReplaceAllFunc(file.Data, func(word []byte) []byte { return []byte(sqliteTypes[string(word)]) })
		}
	}
	return all, err
}

// typeWord finds the types that SQLite calls otherwise. They are words of nothing else: no column and no text may be one of them.
var typeWord = regexp.MustCompile(`\b(uuid|timestamptz|jsonb|date|bigint|bytea)\b`)

var sqliteTypes = map[string]string{"uuid": "text", "timestamptz": "timestamp", "jsonb": "text", "date": "text", "bigint": "integer", "bytea": "blob"}

// read gives all files by the names that both databases know, and those that are SQLite's own by the name of what they replace.
func read() (all, own fstest.MapFS, err error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, nil, err
	}
	all, own = fstest.MapFS{}, fstest.MapFS{}
	for _, e := range entries {
		text, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, nil, err
		}
		if base, yes := strings.CutSuffix(e.Name(), sqliteOwn); yes {
			own[base+".sql"] = &fstest.MapFile{Data: text}
		} else {
			all[e.Name()] = &fstest.MapFile{Data: text}
		}
	}
	return all, own, nil
}
