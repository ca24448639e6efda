package db

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// listed is how many values stand in a statement as parameters of their own. Databases bound those (SQLite 32,766, PostgreSQL 65,535), and a
// list that others can lengthen has no bound.
const listed = 500

// Among is a list for the place of "column IN ?", of any length: a long one is one parameter. Lists that are neither of identifiers nor of
// texts stay as they are.
func Among(values any) any {
	switch v := values.(type) {
	case []uuid.UUID:
		if len(v) > listed {
			return among{v, "uuid"}
		}
	case []string:
		if len(v) > listed {
			return among{v, "text"}
		}
	}
	return values
}

type among struct {
	values any
	of     string
}

// GormValue writes the list as a query over one JSON array.
func (a among) GormValue(_ context.Context, q *gorm.DB) clause.Expr {
	array, err := json.Marshal(a.values)
	if err != nil {
		_ = q.AddError(err)
	}
	if Dialect(q.Name()) == Postgres {
		return clause.Expr{SQL: "(SELECT CAST(listed.value AS " + a.of + ") FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS listed(value))", Vars: []any{string(array)}}
	}
	return clause.Expr{SQL: "(SELECT value FROM json_each(?))", Vars: []any{string(array)}}
}
