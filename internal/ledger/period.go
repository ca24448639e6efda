package ledger

import (
	"fmt"

	"jiebang/internal/when"
)

// Period is the length of time that figures are given for.
type Period string

const (
	Daily     Period = "day"
	Monthly   Period = "month"
	Quarterly Period = "quarter"
	Yearly    Period = "year"
)

// slice is the SQL expression for the day or month that an entry counts in, as text: quarters and years are folded from months.
// Both databases write a date as "2026-01-31".
func (p Period) slice() string {
	if p == Daily {
		return days.sql("posted_on")
	}
	return months.sql("posted_on")
}

// span is one period: "2026-01-31", "2026-01", "2026-Q1" or "2026", with its first and last day.
type span struct {
	label       string
	first, last when.Day
}

// around is the period that a slice lies in.
func (p Period) around(slice string) (span, error) {
	if p == Daily {
		d, err := when.ParseDay(slice)
		return span{slice, d, d}, err
	}
	m, err := when.ParseMonth(slice)
	if err != nil {
		return span{}, err
	}
	label, first, last := p.label(m), m, m
	for p.label(first.AddMonths(-1)) == label {
		first = first.AddMonths(-1)
	}
	for p.label(last.AddMonths(1)) == label {
		last = last.AddMonths(1)
	}
	return span{label, first.First(), last.Last()}, nil
}

func (p Period) label(m when.Month) string {
	switch p {
	case Quarterly:
		return m.Quarter()
	case Yearly:
		return fmt.Sprintf("%04d", m.Year())
	}
	return m.String()
}
