package ledger

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"jiebang/internal/when"
)

// Sums are kept ready, so that no figure that everybody may ask for reads entries: of what was recorded in a month to count in a month,
// and of what was recorded on a day to count on a day; over everything, under each value of each dimension, and under each two values of
// each two. An entry is in eleven sums of either kind.
//
// So a figure by months costs as many rows as it has months and values, however many contracts there are, and a part of a month is
// taken from its days.

// cell names one sum.
type cell struct {
	Elsewhere bool
	Period    string // a scale
	Dimension string // a cut
	Posted    string // "2026-01" or "2026-01-31"
	Value     string
	Second    string
	Recorded  string // a month with a month, a day with a day
}

type rollup struct {
	Cell    cell `gorm:"embedded"`
	Figures `gorm:"embedded"`
}

func (rollup) TableName() string { return "ledger_rollups" }

func (c cell) compare(d cell) int {
	return cmp.Or(cmp.Compare(c.Period, d.Period), cmp.Compare(c.Dimension, d.Dimension), cmp.Compare(c.Posted, d.Posted), cmp.Compare(c.Value, d.Value), cmp.Compare(c.Second, d.Second),
		cmp.Compare(c.Recorded, d.Recorded))
}

// cut is what sums are kept by: nothing, one dimension or two.
type cut []Dimension

// cuts are all that sums are kept by.
var cuts = func() []cut {
	out := []cut{{}}
	for i, d := range dimensions {
		out = append(out, cut{d})
		for _, e := range dimensions[i+1:] {
			out = append(out, cut{d, e})
		}
	}
	return out
}()

// name is the cut as it stands in the table.
func (c cut) name() string {
	if len(c) == 0 {
		return "all"
	}
	names := make([]string, len(c))
	for i, d := range c {
		names[i] = string(d)
	}
	return strings.Join(names, "+")
}

// value is what a cut makes of something frozen.
func (c cut) value(i int, f Frozen) string {
	if i >= len(c) {
		return ""
	}
	return c[i].of(f)
}

// column is the same as an expression over entries.
func (c cut) column(i int) string {
	if i >= len(c) {
		return "''"
	}
	return c[i].column()
}

// holder is the column of a sum that holds a dimension of the cut.
func (c cut) holder(d Dimension) string {
	if slices.Index(c, d) == 0 {
		return "value"
	}
	return "second"
}

// scale is the length of the periods of sums: how a day is written in it, in Go and in SQL.
type scale struct {
	name string
	of   func(when.Day) string
	sql  func(column string) string
}

var (
	months = scale{"month", func(d when.Day) string { return d.Month().String() }, func(column string) string { return "substr(CAST(" + column + " AS text), 1, 7)" }}
	days   = scale{"day", when.Day.String, func(column string) string { return "CAST(" + column + " AS text)" }}
	scales = []scale{months, days}
)

// cellsOf are the sums that an entry is in.
func cellsOf(e Entry) []cell {
	out := make([]cell, 0, len(cuts)*len(scales))
	for _, s := range scales {
		posted, recorded := s.of(e.PostedOn), s.of(e.RecordedOn)
		for _, c := range cuts {
			out = append(out, cell{e.Elsewhere, s.name, c.name(), posted, c.value(0, e.Frozen), c.value(1, e.Frozen), recorded})
		}
	}
	return out
}

// addToRollups adds entries to the sums that they are in, in one statement. Appenders take turns, so that nobody waits for a row here.
func addToRollups(q *gorm.DB, entries []Entry) error {
	sums := map[cell]Figures{}
	for _, e := range entries {
		for _, c := range cellsOf(e) {
			sums[c] = sums[c].Plus(e.Figures)
		}
	}
	cells := slices.SortedFunc(maps.Keys(sums), cell.compare)
	// Written out, since GORM takes longer to put such a statement together than the database to run it.
	const row = "(?,?,?,?,?,?,?,?,?,?)"
	args := make([]any, 0, len(cells)*10)
	for _, c := range cells {
		f := sums[c]
		args = append(args, c.Elsewhere, c.Period, c.Dimension, c.Posted, c.Value, c.Second, c.Recorded, f.Contracts, int64(f.Turnover), int64(f.Technology))
	}
	return q.Exec("INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology) VALUES "+
		strings.Repeat(row+",", len(cells)-1)+row+
		" ON CONFLICT (elsewhere, period, dimension, posted, value, second, recorded) DO UPDATE SET contracts = ledger_rollups.contracts + excluded.contracts,"+
		" turnover = ledger_rollups.turnover + excluded.turnover, technology = ledger_rollups.technology + excluded.technology", args...).Error
}
