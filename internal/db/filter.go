package db

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// condition is one field of a filter that narrows: its place in the struct, and its SQL.
type condition struct {
	index  []int
	sql    string
	marks  int // how often the value stands in the SQL
	always bool
	// Of a filter by a record: its parameter, and the tables of which one has it.
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

// Named is a record by which a filter narrows a list.
type Named struct {
	Parameter string    // of the query: "challenge_id"
	Tables    []string  // in one of these it is
	ID        uuid.UUID // which
}

// NamedBy are the records by which a filter narrows a list, whose fields name their tables (tag of:"challenges", or several with commas).
func NamedBy(f any) (out []Named) {
	v := reflect.Indirect(reflect.ValueOf(f))
	for _, c := range conditionsOf(v.Type()) {
		if id, is := v.FieldByIndex(c.index).Interface().(uuid.UUID); is && id != uuid.Nil && len(c.of) > 0 {
			out = append(out, Named{c.query, c.of, id})
		}
	}
	return out
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
