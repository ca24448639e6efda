package db

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// condition is one field of a filter that narrows: its place in the struct, and its SQL.
type condition struct {
	index  []int
	sql    string
	marks  int // how often the value stands in the SQL
	always bool
	// Of a filter by a record: its parameter, and the tables of which one has it; empty: not checked.
	query string
	of    []string
}

var conditions sync.Map // reflect.Type → []condition

// Filter narrows q by the fields of f, a struct, or a pointer to one, whose fields carry their SQL as a tag:
//
//	Owner uuid.UUID `where:"owner_id = ?"`
//
// A field that is zero does not narrow, unless it has the tag required:"yes": a list of one organization is not a list of all when the
// organization is nobody's. A field without a tag is somebody else's to read. A condition may speak of Today.
func Filter(q *gorm.DB, f any) *gorm.DB {
	v := reflect.Indirect(reflect.ValueOf(f))
	for _, c := range conditionsOf(v.Type()) {
		value := v.FieldByIndex(c.index)
		if value.IsZero() && !c.always {
			continue
		}
		args := make([]any, c.marks)
		for i := range args {
			args[i] = Among(value.Interface())
		}
		q = q.Where(Dated(q, c.sql), args...)
	}
	return q
}

// Nowhere names the parameter of the first field of a filter (tag of:"challenges", or several tables with commas) whose record is in none of its
// tables, and gives the identifier: an empty list would say that the record is there and has none. Empty: all are there.
func Nowhere(q *gorm.DB, f any) (parameter string, id any, err error) {
	v := reflect.Indirect(reflect.ValueOf(f))
	for _, c := range conditionsOf(v.Type()) {
		value := v.FieldByIndex(c.index)
		if len(c.of) == 0 || value.IsZero() {
			continue
		}
		there := false
		for _, table := range c.of {
			var n int64
			if err := q.Session(&gorm.Session{NewDB: true}).Table(table).Where("id = ?", value.Interface()).Limit(1).Count(&n).Error; err != nil {
				return "", nil, err
			}
			there = there || n > 0
		}
		if !there {
			return c.query, value.Interface(), nil
		}
	}
	return "", nil, nil
}

func conditionsOf(t reflect.Type) []condition {
	if known, ok := conditions.Load(t); ok {
		return known.([]condition)
	}
	var out []condition
	for _, f := range reflect.VisibleFields(t) {
		sql, tagged := f.Tag.Lookup("where")
		if !tagged {
			continue
		}
		marks := strings.Count(sql, "?")
		if marks == 0 {
			panic(fmt.Sprintf("db: the condition of %s.%s has no place for its value", t, f.Name)) // a programming error
		}
		out = append(out, condition{f.Index, bracketed(sql), marks, f.Tag.Get("required") == "yes", f.Tag.Get("query"), strings.FieldsFunc(f.Tag.Get("of"), func(r rune) bool { return r == ',' })})
	}
	conditions.Store(t, out)
	return out
}

// bracketed puts brackets around alternatives, so that whatever a condition is joined with is joined with all of it.
func bracketed(sql string) string {
	depth := 0
	for i, c := range sql {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case 'O', 'o':
			if depth == 0 && i > 0 && strings.HasPrefix(strings.ToUpper(sql[i-1:]), " OR ") {
				return "(" + sql + ")"
			}
		}
	}
	return sql
}
