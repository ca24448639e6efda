package ledger

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

const (
	maxDays  = 366    // of daily figures
	maxRange = 36_525 // days of any figures: a hundred years
)

// Query asks for figures.
type Query struct {
	From    when.Day  `query:"from"` // the days that entries count in, both included
	To      when.Day  `query:"to"`
	By      Period    `query:"by"`
	GroupBy Dimension `query:"group_by"` // empty: not grouped
	Scope
	AsOf when.Day `query:"as_of"` // only what was recorded by the end of this day; none: all
}

func (q Query) check() error {
	var bad fault.Fields
	bad.Check(!q.From.IsZero(), "query:from", fault.Required, "须给出统计起日 A first day is needed")
	bad.Check(!q.To.IsZero(), "query:to", fault.Required, "须给出统计止日 A last day is needed")
	bad.Check(!q.To.Before(q.From), "query:to", fault.BeforeStart, "统计止日早于起日 It ends before it begins")
	bad.Check(slices.Contains([]Period{Daily, Monthly, Quarterly, Yearly}, q.By), "query:by", fault.UnknownPeriod, "不支持此统计周期 There is no such period")
	if q.By == Daily {
		bad.Check(q.To.Before(q.From.AddDays(maxDays)), "query:to", fault.TooLong, "按日统计不超过 %d 天 Daily figures cover at most %d days", maxDays, maxDays)
	} else {
		bad.Check(q.To.Before(q.From.AddDays(maxRange)), "query:to", fault.TooLong, "统计期间不超过一百年 Figures cover at most a hundred years")
	}
	if q.GroupBy != "" {
		checkDimension(&bad, q.GroupBy)
	}
	q.Scope.check(&bad)
	return bad.Err()
}

// Row is the figures of one period and group. A period in which nothing was posted has none.
type Row struct {
	Period      string // "2026-01-31", "2026-01", "2026-Q1" or "2026"
	First, Last when.Day
	Group       string // a value of GroupBy, empty when that is unknown
	Figures
}

// Turnover answers a Query; the head says which state of the ledger it was computed from.
type Turnover struct {
	Query
	Rows  []Row // by period, then by group
	Total Figures
	Head  Head
}

// Entries is the filter that finds the entries which sum to the row.
func (t Turnover) Entries(r Row) Filter {
	f := Filter{Scope: t.Scope, PostedFrom: r.First, PostedTo: r.Last, RecordedTo: t.AsOf}
	if t.GroupBy != "" {
		f.Group = &Group{By: t.GroupBy, Value: r.Group}
	}
	return f
}

// Turnover gives figures by period; anyone may ask. It adds up the sums that are kept ready where these suffice, and entries
// otherwise: the answer is the same.
func (s *Service) Turnover(ctx context.Context, actor policy.Actor, q Query) (Turnover, error) {
	if err := policy.Check(actor, policy.TurnoverRead, policy.Facts{}); err != nil {
		return Turnover{}, err
	}
	if err := q.check(); err != nil {
		return Turnover{}, err
	}
	t := Turnover{Query: q}
	var sums []sum
	err := s.unit.View(ctx, func(g *gorm.DB) (err error) {
		if t.Head, err = head(g); err != nil {
			return err
		}
		if q.onRollups() {
			sums, err = q.fromRollups(g)
		} else {
			sums, err = q.fromEntries(g)
		}
		return err
	})
	if err != nil {
		return Turnover{}, err
	}
	t.Rows, t.Total, err = q.fold(sums)
	return t, err
}

// sum is what the database adds up: the figures of one day or month, and one group.
type sum struct {
	Slice string
	Group string `gorm:"column:grp"`
	Figures
}

const figures = "CAST(SUM(contracts) AS bigint) AS contracts, CAST(SUM(turnover) AS bigint) AS turnover, CAST(SUM(technology) AS bigint) AS technology"

// onRollups tells whether the sums by month suffice: they know whole months and one dimension at a time.
func (q Query) onRollups() bool {
	_, one := q.dimension()
	return one && q.By != Daily && q.From == q.From.Month().First() && q.To == q.To.Month().Last()
}

// dimension is the one that the query cuts by, in its group or its scope, and whether there is no second one.
func (q Query) dimension() (d Dimension, one bool) {
	d = cmp.Or(q.GroupBy, all)
	for _, other := range dimensions {
		if q.value(other) == "" || other == d {
			continue
		}
		if d != all {
			return d, false
		}
		d = other
	}
	return d, true
}

// fromRollups adds up the sums of whole recorded months, and the entries of the month that "as of" leaves unfinished.
func (q Query) fromRollups(g *gorm.DB) ([]sum, error) {
	d, _ := q.dimension()
	group := "''"
	if q.GroupBy != "" {
		group = "value"
	}
	kept := g.Model(&rollup{}).Where("dimension = ? AND posted_month BETWEEN ? AND ?", d, q.From.Month(), q.To.Month())
	kept = q.narrow(kept, d, "value")
	open := q.AsOf.AddDays(1).Month() // the first recorded month that is not whole by then
	if !q.AsOf.IsZero() {
		kept = kept.Where("recorded_month < ?", open)
	}
	var sums []sum
	err := kept.Select("posted_month AS slice, " + group + " AS grp, " + figures).Group("slice, grp").Scan(&sums).Error
	if err != nil || q.AsOf.IsZero() || q.AsOf.Before(open.First()) {
		return sums, err
	}
	rest, err := q.fromEntries(g.Where("recorded_on >= ?", open.First()))
	return append(sums, rest...), err
}

// fromEntries adds up the entries of g that the query asks for.
func (q Query) fromEntries(g *gorm.DB) ([]sum, error) {
	g = q.narrowEntries(g.Model(&Entry{}).Where("posted_on BETWEEN ? AND ?", q.From, q.To))
	if !q.AsOf.IsZero() {
		g = g.Where("recorded_on <= ?", q.AsOf)
	}
	group := cmp.Or(q.GroupBy, all).column()
	var sums []sum
	err := g.Select(q.By.slice() + " AS slice, " + group + " AS grp, " + figures).Group("slice, grp").Scan(&sums).Error
	return sums, err
}

// fold turns days and months into the periods that were asked for.
func (q Query) fold(sums []sum) ([]Row, Figures, error) {
	type key struct{ period, group string }
	rows := map[key]Row{}
	var total Figures
	for _, s := range sums {
		p, err := q.By.around(s.Slice)
		if err != nil {
			return nil, total, err
		}
		k := key{p.label, s.Group}
		r, seen := rows[k]
		if !seen {
			r = Row{Period: p.label, First: later(p.first, q.From), Last: earlier(p.last, q.To), Group: s.Group}
		}
		r.Figures = r.Plus(s.Figures)
		rows[k] = r
		total = total.Plus(s.Figures)
	}
	return slices.SortedFunc(maps.Values(rows), func(a, b Row) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Group, b.Group))
	}), total, nil
}

func later(a, b when.Day) when.Day {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b when.Day) when.Day {
	if a.Before(b) {
		return a
	}
	return b
}
