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
	// RegionLevel takes the regions of a group together; empty leaves them as they were written.
	RegionLevel RegionLevel `query:"region_level"`
	// Shared asks for what each row has of its period (Turnover.Shares).
	Shared bool `query:"shares"`
	Scope
	// Elsewhere asks for contracts that were registered elsewhere instead of those that were registered here: never for both.
	Elsewhere bool     `query:"elsewhere"`
	AsOf      when.Day `query:"as_of"` // only what was recorded by the end of this day; none: all
}

func (q Query) check(g *gorm.DB, today when.Day, public bool) error {
	var bad fault.Fields
	bad.Check(!q.From.IsZero(), "query:from", fault.Required, "须给出统计起日", "A first day is needed")
	bad.Check(!q.To.IsZero(), "query:to", fault.Required, "须给出统计止日", "A last day is needed")
	when.NotAhead(&bad, q.From, today, "query:from")
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
	checkLevel(&bad, q.GroupBy, q.RegionLevel)
	checkAsOf(&bad, q.AsOf, today, public)
	if err := q.Scope.check(g, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// Row is the figures of one period and group. A period in which nothing was posted has zeros.
type Row struct {
	Period      string // "2026-01-31", "2026-01", "2026-Q1" or "2026"
	First, Last when.Day
	Group       string // a value of GroupBy, empty when that is unknown
	// Merged are the groups that the row takes together, since they are not shown one by one; Group is empty then.
	Merged []string
	// Withheld tells that the period has, or may have, contracts that are not shown yet, or not so.
	Withheld bool
	// Since is the first month of what was too little by itself and counts here; zero: all is of the period itself.
	Since when.Month
	Figures
}

// Turnover answers a Query; the head says which state of the ledger it was computed from.
type Turnover struct {
	Query
	Public bool  // by the rule of disclosure; otherwise the ledger as it is
	Rows   []Row // by period, then by group
	Total  Figures
	Head   Head
	names  map[string]Name // of the groups
}

// Entries is the filter that finds the entries which sum to the row, for whoever sees the ledger as it is.
func (t Turnover) Entries(r Row) Filter {
	f := Filter{Scope: t.Scope, Elsewhere: &t.Elsewhere, PostedFrom: r.First, PostedTo: r.Last, RecordedTo: t.AsOf}
	if t.GroupBy != "" && r.Merged == nil {
		f.Group = &Group{By: t.GroupBy, Value: r.Group, Level: t.RegionLevel}
	}
	return f
}

// Turnover gives figures by period; anyone may ask. Operators see the ledger as it is, and registrars that of their office; everybody else
// what is public of it.
func (s *Service) Turnover(ctx context.Context, actor policy.Actor, q Query) (Turnover, error) {
	if err := policy.Check(actor, policy.TurnoverRead, policy.Facts{}); err != nil {
		return Turnover{}, err
	}
	now := s.unit.Now()
	t := Turnover{Query: q, Public: !policy.Allowed(actor, policy.TurnoverReadFull, policy.Facts{Office: q.Office})}
	var p public
	err := s.unit.View(ctx, func(g *gorm.DB) (err error) {
		if err := q.check(g, when.DayOf(now), t.Public); err != nil {
			return err
		}
		if t.Head, err = head(g); err != nil {
			return err
		}
		if t.Public {
			p, err = s.disclose(g, &t, now)
			return err
		}
		if err := t.sumUp(g); err != nil {
			return err
		}
		return t.callGroups(g, actor)
	})
	if err != nil || !t.Public {
		return t, err
	}
	// Tables that are not kept yet are cut here, which may take a while: no transaction waits for that.
	if err := t.tell(p); err != nil {
		return t, err
	}
	return t, t.callGroups(s.unit.Query(ctx), actor)
}

// sumUp adds up the ledger as it is: from the sums that are kept ready, or, for more than two dimensions and those without sums, from entries.
func (t *Turnover) sumUp(g *gorm.DB) error {
	var sums []sum
	var err error
	if c := t.cut(t.GroupBy); c.kept() && t.Head.summed(c) == t.Head.Seq {
		sums, err = t.fromRollups(g)
	} else {
		sums, err = t.fromEntries(g)
	}
	if err != nil {
		return err
	}
	if t.Rows, t.Total, err = t.fold(sums); err != nil {
		return err
	}
	t.Rows, err = t.series(t.Rows)
	return err
}

// maxRows is how long an answer may be.
const maxRows = 50_000

// series fills in the rows of periods in which nothing was posted: every group has a row for each period, or is among those merged there.
func (q Query) series(rows []Row) ([]Row, error) {
	type key struct{ period, group string }
	there := map[key]bool{}
	groups := map[string]bool{}
	for _, r := range rows {
		if r.Merged == nil {
			groups[r.Group] = true
			there[key{r.Period, r.Group}] = true
		}
		for _, g := range r.Merged {
			groups[g] = true
			there[key{r.Period, g}] = true
		}
	}
	if q.GroupBy == "" {
		groups[""] = true
	}
	periods, err := q.periods()
	if err != nil {
		return nil, err
	}
	if len(periods)*len(groups) > maxRows {
		return nil, fault.InvalidInput.At("query:to", fault.TooLong, "结果超过 %[1]d 行，请缩短期间或加大周期", "The answer would have more than %[1]d rows; ask for less time or longer periods", maxRows)
	}
	for _, p := range periods {
		for g := range groups {
			if !there[key{p.label, g}] {
				rows = append(rows, Row{Period: p.label, First: later(p.first, q.From), Last: earlier(p.last, q.To), Group: g})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(len(a.Merged), len(b.Merged)), cmp.Compare(a.Group, b.Group))
	})
	return rows, nil
}

// periods are all that the query asks for.
func (q Query) periods() ([]span, error) {
	var out []span
	for d := q.From; !d.After(q.To); d = out[len(out)-1].last.AddDays(1) {
		slice := d.String()
		if q.By != Daily {
			slice = d.Month().String()
		}
		p, err := q.By.around(slice)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
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

// soughtOneByOne is how many days or months are sought one by one rather than as a range.
const soughtOneByOne = 120

// each gives all its days or months.
func (s stretch) each() (out []string) {
	for d := s.from; !d.After(s.to) && len(out) <= soughtOneByOne; {
		out = append(out, s.of(d))
		if d = d.AddDays(1); s.name == months.name {
			d = d.AddDays(-1).Month().AddMonths(1).First()
		}
	}
	return out
}

// stretches are what a query is put together from: whole months, the days beside them, and, of the month in which "as of" falls, the days
// that count in it or, recorded late, before it.
func (q Query) stretches(g *gorm.DB) ([]stretch, error) {
	first, last := q.From.Month(), q.To.Month()
	if q.From != first.First() {
		first = first.AddMonths(1)
	}
	if q.To != last.Last() {
		last = last.AddMonths(-1)
	}
	if q.By == Daily || last.Before(first) {
		return []stretch{{scale: days, from: q.From, to: q.To, through: q.AsOf}}, nil
	}
	whole := stretch{scale: months, from: first.First(), to: last.Last()}
	var out []stretch
	if whole.from != q.From {
		out = append(out, stretch{scale: days, from: q.From, to: whole.from.AddDays(-1), through: q.AsOf})
	}
	if whole.to != q.To {
		out = append(out, stretch{scale: days, from: whole.to.AddDays(1), to: q.To, through: q.AsOf})
	}
	month := q.AsOf.Month()
	if q.AsOf.IsZero() || q.AsOf == month.Last() {
		whole.through = q.AsOf
		return append(out, whole), nil
	}
	whole.through = month.First().AddDays(-1)
	var touched []string // months in which something counts that was recorded in that of the day: mostly that month alone
	err := g.Model(&rollup{}).Where("elsewhere = ? AND period = ? AND dimension = ?", q.Elsewhere, months.name, cut{}.name()).
		Where("posted BETWEEN ? AND ? AND recorded = ?", months.of(whole.from), months.of(whole.to), month.String()).Order("posted").Pluck("posted", &touched).Error
	if err != nil {
		return nil, err
	}
	for _, t := range touched {
		m, err := when.ParseMonth(t)
		if err != nil {
			return nil, err
		}
		out = append(out, stretch{scale: days, from: m.First(), to: earlier(m.Last(), q.AsOf), after: whole.through, through: q.AsOf})
	}
	return append(out, whole), nil
}

// fromRollups adds up sums that are kept ready.
func (q Query) fromRollups(g *gorm.DB) ([]sum, error) {
	c := q.cut(q.GroupBy)
	group := "''"
	by := "grp"
	if q.GroupBy != "" {
		group = c.holder(q.GroupBy)
	}
	if q.RegionLevel == RegionProvince { // the places of a province are added up where they lie: there are many, and one of them tells which
		by = "CASE WHEN LENGTH(" + group + ") = 6 THEN SUBSTR(" + group + ", 1, 2) ELSE " + group + " END"
		group = "MIN(" + group + ")"
	}
	var all []sum
	stretches, err := q.stretches(g)
	if err != nil {
		return nil, err
	}
	for _, s := range stretches {
		kept := g.Model(&rollup{}).Where("elsewhere = ? AND period = ? AND dimension = ?", q.Elsewhere, s.name, c.name()).
			Where("posted BETWEEN ? AND ?", s.of(s.from), s.of(s.to))
		if some := s.each(); len(c) > 0 && q.Value(c[0]) != "" && len(some) <= soughtOneByOne {
			kept = kept.Where("posted IN ?", some) // the key goes by them before the value: one by one, what has another value is not read
		}
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
		if err := kept.Select("posted AS slice, " + group + " AS grp, " + figures).Group("slice, " + by).Scan(&sums).Error; err != nil {
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
		group := s.Group
		if q.GroupBy.region() {
			group = q.RegionLevel.of(group)
		}
		k := key{p.label, group}
		r, seen := rows[k]
		if !seen {
			r = Row{Period: p.label, First: later(p.first, q.From), Last: earlier(p.last, q.To), Group: group}
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
