package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"jiebang/internal/when"
)

// Sums are kept ready, so that no figure that everybody may ask for reads entries: of what was recorded in a month to count in a month,
// and of what was recorded on a day to count on a day; over everything, under each value of each dimension, and under each two values of
// each two; besides, for the bureau, by whether a challenge led to it. An entry is in seventeen sums of either kind.
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

// cut is what sums are kept by: nothing, one dimension or two.
type cut []Dimension

// cuts are all that sums are kept by; the last is the bureau's own.
var cuts = append(slices.Clone(publicCuts), cut{ByFromChallenge})

// publicCuts are those by which everybody may ask, and by which releases are cut.
var publicCuts = func() []cut {
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

// column is what a cut makes of an entry, as an expression over entries.
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

// share is what entries that are in the same sums share: how they stand in them, by the names of the statement's arguments.
type share map[string]any

// shareOf tells how an entry stands in its sums.
func shareOf(e Entry) share {
	out := share{"elsewhere": e.Elsewhere}
	for _, s := range scales {
		out["posted "+s.name], out["recorded "+s.name] = s.of(e.PostedOn), s.of(e.RecordedOn)
	}
	for _, c := range cuts {
		if len(c) == 1 {
			out[string(c[0])] = c[0].of(e.Frozen)
		}
	}
	return out
}

// adding is the statement that adds figures to all the sums of a share, and the names of its arguments in their order. Each argument stands
// for itself in as many rows as it is in: written out they would be three hundred, which take the program and the database longer to pass
// on than to add up. SQLite numbers them by where they stand first, so that is how they are numbered.
type adding struct {
	statement string
	arguments []string
}

// allSums adds to every sum; fieldSums and challengeSums to those that versions before this one did not keep.
var (
	allSums       = addingTo(cuts)
	fieldSums     = addingTo(having(ByField))
	challengeSums = addingTo(having(ByFromChallenge))
)

// movingHead is allSums with the head moved by the same statement, which PostgreSQL can: an append waits there for one answer less while nobody
// else can append.
var movingHead = func() adding {
	seq, hash, at := len(allSums.arguments)+1, len(allSums.arguments)+2, len(allSums.arguments)+3
	return adding{fmt.Sprintf("WITH moved AS (UPDATE ledger_head SET seq = $%[1]d, hash = $%[2]d, recorded_at = $%[3]d, summed = $%[1]d, challenges_summed = $%[1]d WHERE one = 1) ",
		seq, hash, at) + allSums.statement, append(slices.Clone(allSums.arguments), "seq", "hash", "recorded_at")}
}()

func having(d Dimension) []cut {
	return slices.DeleteFunc(slices.Clone(cuts), func(c cut) bool { return !slices.Contains(c, d) })
}

// summed is up to which entry the sums of a cut are kept: an earlier version, which does not know them, may have appended since. The next
// append makes up for the rest.
func (h Head) summed(c cut) int64 {
	switch {
	case slices.Contains(c, ByFromChallenge):
		return h.ChallengesSummed
	case slices.Contains(c, ByField):
		return h.Summed
	}
	return h.Seq
}

func addingTo(cuts []cut) adding {
	var names, rows []string
	arg := func(name string) string {
		n := slices.Index(names, name)
		if n < 0 {
			n, names = len(names), append(names, name)
		}
		return fmt.Sprint("$", n+1)
	}
	for _, s := range scales {
		for _, c := range cuts {
			row := []string{arg("elsewhere"), "'" + s.name + "'", "'" + c.name() + "'", arg("posted " + s.name)}
			for i := range 2 {
				if i < len(c) {
					row = append(row, arg(string(c[i])))
				} else {
					row = append(row, "''")
				}
			}
			row = append(row, arg("recorded "+s.name), arg("contracts"), arg("turnover"), arg("technology"))
			rows = append(rows, "("+strings.Join(row, ", ")+")")
		}
	}
	return adding{"INSERT INTO ledger_rollups (elsewhere, period, dimension, posted, value, second, recorded, contracts, turnover, technology) VALUES " +
		strings.Join(rows, ", ") +
		" ON CONFLICT (elsewhere, period, dimension, posted, value, second, recorded) DO UPDATE SET contracts = ledger_rollups.contracts + excluded.contracts," +
		" turnover = ledger_rollups.turnover + excluded.turnover, technology = ledger_rollups.technology + excluded.technology", names}
}

// addedUp is what entries add up to, by the sums that they are in.
func addedUp(entries []Entry) []share {
	var shares []share
	var sums []Figures
	for _, e := range entries {
		of := shareOf(e)
		i := slices.IndexFunc(shares, func(s share) bool { return maps.Equal(s, of) })
		if i < 0 {
			i, shares, sums = len(shares), append(shares, of), append(sums, Figures{})
		}
		sums[i] = sums[i].Plus(e.Figures)
	}
	for i, of := range shares {
		of["contracts"], of["turnover"], of["technology"] = sums[i].Contracts, int64(sums[i].Turnover), int64(sums[i].Technology)
	}
	return shares
}

// add adds to the sums of each share by one statement. Appenders take turns, so that nobody waits for a row here.
func (a adding) add(q *gorm.DB, shares []share) error {
	for _, of := range shares {
		args := make([]any, len(a.arguments))
		for n, name := range a.arguments {
			args[n] = of[name]
		}
		if err := q.Exec(a.statement, args...).Error; err != nil {
			return err
		}
	}
	return nil
}
