// Package migrations holds the schema: numbered SQL, forward only, one folder per database with the same numbers in both.
package migrations

import "embed"

// Files has the folders postgres and sqlite.
//
//go:embed postgres/*.sql sqlite/*.sql
var Files embed.FS
