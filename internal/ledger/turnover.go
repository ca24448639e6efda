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
	// Elsewhere asks for contracts that were registered elsewhere instead of those that were registered here: never for both.
	Elsewhere bool     `query:"elsewhere"`
	AsOf      when.Day `query:"as_of"` // only what was recorded by the end of this day; none: all
}

func (q Query) check() error {
	var bad fault.Fields
	bad.Check(!q.From.IsZero(), "query:from", fault.Required, "须给出统计起日", "A first day is needed")
	bad.Check(!q.To.IsZero(), "query:to", fault.Required, "须给出统计止日", "A last day is needed")
	bad.Check(!q.To.Before(q.From), "query:to", fault.BeforeStart, "统计止日早于起日", "It ends before it begins")
	bad.Check(slices.Contains([]Period{Daily, Monthly, Quarterly, Yearly}, q.By), "query:by", fault.UnknownPeriod, "不支持此统计周期", "There is no such period")
	if q.By == Daily {
		bad.Check(q.To.Before(q.From.AddDays(maxDays)), "query:to", fault.TooLong, "按日统计不超过 %[1]d 天", "Daily figures cover at most %[1]d days", maxDays)
	} else {
		bad.Check(q.To.Before(q.From.AddDays(maxRange)), "query:to", fault.TooLong, "统计期间不超过一百年", "Figures cover at most a hundred years")
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
	f := Filter{Scope: t.Scope, Elsewhere: &t.Elsewhere, PostedFrom: r.First, PostedTo: r.Last, RecordedTo: t.AsOf}
	if t.GroupBy != "" {
		f.Group = &Group{By: t.GroupBy, Value: r.Group}
	}
	return f
}

// Turnover gives figures by period; anyone may ask. What asks about two dimensions at most is answered from the sums that are kept ready;
// more are added up from entries, and only for those who may read entries.
func (s *Service) Turnover(ctx context.Context, actor policy.Actor, q Query) (Turnover, error) {
	if err := policy.Check(actor, policy.TurnoverRead, policy.Facts{}); err != nil {
		return Turnover{}, err
	}
	if err := q.check(); err != nil {
		return Turnover{}, err
	}
	kept := len(q.cut(q.GroupBy)) <= 2
	if !kept && !policy.Allowed(actor, policy.LedgerRead, policy.Facts{}) {
		return Turnover{}, fault.InvalidInput.At("query:group_by", fault.TooManyItems, "公开统计至多按两个维度筛选与分组，请减少一个", "Public figures are cut by two dimensions at most; leave one out")
	}
	t := Turnover{Query: q}
	var sums []sum
	err := s.unit.View(ctx, func(g *gorm.DB) (err error) {
		if t.Head, err = head(g); err != nil {
			return err
		}
		if kept {
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

// stretch is a range of periods of one scale, by the days that entries count in and the days by which they were recorded.
type stretch struct {
	scale
	from, to       when.Day
	after, through when.Day // recorded after the one and by the end of the other; none: whenever
}

// stretches are what a query is put together from: whole months, the days beside them, and, of the month in which "as of" falls, what
// was recorded by that day.
func (q Query) stretches() []stretch {
	first, last := q.From.Month(), q.To.Month()
	if q.From != first.First() {
		first = first.AddMonths(1)
	}
	if q.To != last.Last() {
		last = last.AddMonths(-1)
	}
	if q.By == Daily || last.Before(first) {
		return []stretch{{scale: days, from: q.From, to: q.To, through: q.AsOf}}
	}
	whole := stretch{scale: months, from: first.First(), to: last.Last()}
	var out []stretch
	if whole.from != q.From {
		out = append(out, stretch{scale: days, from: q.From, to: whole.from.AddDays(-1), through: q.AsOf})
	}
	if whole.to != q.To {
		out = append(out, stretch{scale: days, from: whole.to.AddDays(1), to: q.To, through: q.AsOf})
	}
	if !q.AsOf.IsZero() {
		whole.through = q.AsOf
		if month := q.AsOf.Month(); q.AsOf != month.Last() {
			whole.through = month.First().AddDays(-1)
			out = append(out, stretch{scale: days, from: whole.from, to: whole.to, after: whole.through, through: q.AsOf})
		}
	}
	return append(out, whole)
}

// fromRollups adds up sums that are kept ready.
func (q Query) fromRollups(g *gorm.DB) ([]sum, error) {
	c := q.cut(q.GroupBy)
	group := "''"
	if q.GroupBy != "" {
		group = c.holder(q.GroupBy)
	}
	var all []sum
	for _, s := range q.stretches() {
		kept := g.Model(&rollup{}).Where("elsewhere = ? AND period = ? AND dimension = ?", q.Elsewhere, s.name, c.name()).
			Where("posted BETWEEN ? AND ?", s.of(s.from), s.of(s.to))
		for _, d := range c {
			kept = q.narrow(kept, d, c.holder(d))
		}
		if !s.after.IsZero() {
			kept = kept.Where("recorded > ?", s.of(s.after))
		}
		if !s.through.IsZero() {
			kept = kept.Where("recorded <= ?", s.of(s.through))
		}
		var sums []sum
		if err := kept.Select("posted AS slice, " + group + " AS grp, " + figures).Group("slice, grp").Scan(&sums).Error; err != nil {
			return nil, err
		}
		for i := range sums {
			if q.By != Daily {
				sums[i].Slice = sums[i].Slice[:len("2026-01")]
			}
		}
		all = append(all, sums...)
	}
	return all, nil
}

// fromEntries adds up the entries of g that the query asks for.
func (q Query) fromEntries(g *gorm.DB) ([]sum, error) {
	g = q.narrowEntries(g.Model(&Entry{}).Where("elsewhere = ? AND posted_on BETWEEN ? AND ?", q.Elsewhere, q.From, q.To))
	if !q.AsOf.IsZero() {
		g = g.Where("recorded_on <= ?", q.AsOf)
	}
	group := "''"
	if q.GroupBy != "" {
		group = q.GroupBy.column()
	}
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
