package work

import (
	"strings"

	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/policy"
)

// Columns says how the facts of a record stand in its table: for each policy.Stand a condition with a place for a list of ids or
// codes ("owner_id IN ?"), for each policy.Truth one without, which may speak of the day (db.Today). It must say the same as the record's Facts.
type Columns map[string]string

// Where keeps the rows of q that meet a condition of policy. A fact that has no column is a programming error.
//
// Alternatives are wrapped so that a database does not look for rows by them: it would gather all that anybody may read and sort
// it, for a page of twenty. Which way it takes to the rows is for the filter and the order of the list.
func Where(q *gorm.DB, c policy.Condition, columns Columns) *gorm.DB {
	sql, args := columns.render(c)
	sql = db.Dated(q, sql)
	switch {
	case sql == "":
		return q
	case len(c.Any) > 0:
		sql = "COALESCE(" + sql + ", FALSE)"
	}
	return q.Where(sql, args...)
}

// SQL writes a condition of policy for a query that goes on with it.
func (columns Columns) SQL(c policy.Condition) (string, []any) {
	sql, args := columns.render(c)
	if sql == "" {
		return "TRUE", nil
	}
	return "COALESCE(" + sql + ", FALSE)", args
}

// render writes a condition as SQL; empty means every row.
func (columns Columns) render(c policy.Condition) (string, []any) {
	switch {
	case c.Always != nil && *c.Always:
		return "", nil
	case c.Always != nil:
		return "1 = 0", nil
	case c.Not != nil:
		sql, args := columns.render(*c.Not)
		return "NOT COALESCE(" + sql + ", FALSE)", args // a fact that is unknown does not hold
	case c.Any != nil:
		return columns.join(c.Any, " OR ")
	case c.All != nil:
		return columns.join(c.All, " AND ")
	}
	sql, known := columns[c.Column]
	if !known {
		panic("work: no column for: " + c.Column)
	}
	if c.Among == nil {
		return "(" + sql + ")", nil
	}
	args := make([]any, strings.Count(sql, "?"))
	for i := range args {
		args[i] = db.Among(c.Among)
	}
	return "(" + sql + ")", args
}

func (columns Columns) join(parts []policy.Condition, by string) (string, []any) {
	texts := make([]string, len(parts))
	var args []any
	for i, p := range parts {
		sql, more := columns.render(p)
		texts[i], args = sql, append(args, more...)
	}
	return "(" + strings.Join(texts, by) + ")", args
}
