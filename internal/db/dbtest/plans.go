package dbtest

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"jiebang/internal/db"
)

// Plan is how a database finds the rows of one query.
type Plan struct{ SQL, Text string }

// named is a query for rows that were named by their identifiers.
var named = regexp.MustCompile("(^|[^_a-z])id[\"`]? IN \\([?$]")

// Whole tells what of a plan goes through a whole table of these, or sorts a whole set; empty is nothing. What asks for all rows in the order of
// the table itself stops after its page.
func (p Plan) Whole(tables ...string) string {
	var out []string
	for line := range strings.Lines(p.Text) {
		line = strings.TrimSpace(line)
		for _, table := range tables {
			scan := strings.HasPrefix(line, "SCAN "+table) && !strings.Contains(line, "USING") || strings.Contains(line, "Seq Scan on "+table)
			if scan && strings.Contains(p.SQL, " WHERE ") && !strings.Contains(line, table+"_") {
				out = append(out, line)
			}
		}
		if named.MatchString(p.SQL) {
			continue
		}
		if strings.Contains(line, "USE TEMP B-TREE FOR ORDER BY") || strings.HasPrefix(strings.TrimPrefix(line, "->  "), "Sort ") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "; ")
}

// Plans explains the queries that read a page while fn runs, which see is given to watch. PostgreSQL is told to go through whole tables and to sort only where
// there is no other way, as it would with many rows.
func Plans(t *testing.T, d *db.DB, see func(func(*gorm.DB)), fn func()) []Plan {
	t.Helper()
	return PlansOf(t, d, see, func(sql string) bool { return strings.Contains(sql, " ORDER BY ") && strings.Contains(sql, " LIMIT ") }, fn)
}

// PlansOf explains, as Plans does, the queries that are asked for by their text.
func PlansOf(t *testing.T, d *db.DB, see func(func(*gorm.DB)), asks func(sql string) bool, fn func()) []Plan {
	t.Helper()
	type asked struct {
		sql  string
		vars []any
	}
	var mu sync.Mutex
	var seen []asked
	watch := func(q *gorm.DB) {
		mu.Lock()
		defer mu.Unlock()
		if sql := q.Statement.SQL.String(); asks(sql) {
			seen = append(seen, asked{sql, append([]any{}, q.Statement.Vars...)})
		}
	}
	see(watch)
	fn()
	see(nil)
	var out []Plan
	for _, a := range seen {
		out = append(out, Plan{a.sql, explain(t, d, a.sql, a.vars)})
	}
	return out
}

func explain(t *testing.T, d *db.DB, sql string, vars []any) string {
	t.Helper()
	var lines []string
	err := d.Reader.Transaction(func(q *gorm.DB) error {
		if d.Dialect == db.SQLite {
			rows, err := q.Statement.ConnPool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+sql, vars...)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					return err
				}
				lines = append(lines, detail)
			}
			return rows.Err()
		}
		for _, set := range []string{"enable_seqscan", "enable_sort", "enable_bitmapscan"} {
			if err := q.Exec("SET LOCAL " + set + " = off").Error; err != nil {
				return err
			}
		}
		rows, err := q.Statement.ConnPool.QueryContext(t.Context(), "EXPLAIN "+sql, vars...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("explain %s: %v", sql, err)
	}
	return strings.Join(lines, "\n")
}
