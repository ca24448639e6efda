package db

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"jiebang/internal/when"
)

// Some records are changed by the day alone: an open need ends with its deadline. So that they are changed for everybody at the same moment,
// whether the job that writes it down has run or not, a query knows the day on which it is asked, and conditions may speak of it.

// Today stands in a condition for the day on which it is asked: "deadline < {today}".
const Today = "{today}"

type dayKey struct{}

// OnDay makes queries with a context be asked on a day. The zero Day asks for rows as they are stored, whatever the day has made of them.
func OnDay(ctx context.Context, day when.Day) context.Context {
	return context.WithValue(ctx, dayKey{}, day)
}

// AsStored asks for rows as they are stored.
func AsStored(q *gorm.DB) *gorm.DB { return q.WithContext(OnDay(q.Statement.Context, when.Day{})) }

// DayOf is the day on which a query is asked; the zero Day where rows are wanted as they are stored.
func DayOf(q *gorm.DB) when.Day {
	if day, given := q.Statement.Context.Value(dayKey{}).(when.Day); given {
		return day
	}
	return when.DayOf(when.System())
}

// Dated writes the day into a condition. The zero Day is before all others.
func Dated(q *gorm.DB, sql string) string {
	if !strings.Contains(sql, Today) {
		return sql
	}
	day := DayOf(q)
	if day.IsZero() {
		day = when.MustDay("1900-01-01")
	}
	return strings.ReplaceAll(sql, Today, "'"+day.String()+"'")
}
