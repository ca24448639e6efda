package db

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// dialector is what GORM asks of a database, the parts that it looks for by themselves included.
type dialector interface {
	gorm.Dialector
	gorm.ErrorTranslator
	gorm.SavePointerDialectorInterface
}

// inUTC binds every time in UTC. SQLite keeps and compares times as text, so that one with an offset would stand at its hour of the day and
// not at its instant.
type inUTC struct{ dialector }

// BindVarTo is told of each value once it is among the statement's.
func (d inUTC) BindVarTo(writer clause.Writer, stmt *gorm.Statement, v any) {
	last := len(stmt.Vars) - 1
	switch t := v.(type) {
	case time.Time:
		stmt.Vars[last] = t.UTC()
	case *time.Time:
		if t != nil {
			stmt.Vars[last] = t.UTC()
		}
	}
	d.dialector.BindVarTo(writer, stmt, v)
}
