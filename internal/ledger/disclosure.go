package ledger

import (
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// checkPublic holds a query against what the public may ask: months at the least, as of months' ends, by two dimensions at most.
func (q Query) checkPublic(today when.Day) error {
	var bad fault.Fields
	bad.Check(q.By != Daily, "query:by", fault.NotOffered, "公开统计最细到月，请用 month、quarter 或 year；登记员可按 office=本机构 查按日数字",
		"Public figures are by month, quarter or year; a registrar sees days with office= their own")
	bad.Check(q.From == q.From.Month().First(), "query:from", fault.NotOffered, "公开统计按整月，请从 %[1]s 起", "Public figures are of whole months; begin with %[1]s", q.From.Month().First())
	last := q.To.Month().Last()
	bad.Check(q.To == last || !q.To.Before(today), "query:to", fault.NotOffered, "公开统计按整月，请至 %[1]s 止", "Public figures are of whole months; end with %[1]s", last)
	for _, d := range q.cut(q.GroupBy) {
		pointer := "query:" + d.Parameter()
		if d == q.GroupBy {
			pointer = "query:group_by"
		}
		bad.Check(d.public(), pointer, fault.NotOffered, "公开统计只按类别、机构、地区与技术领域；登记员可按 office=本机构 查询",
			"Public figures are cut by kind, office, region and field; a registrar sees more with office= their own")
	}
	bad.Check(len(q.cut(q.GroupBy)) <= 2, "query:group_by", fault.TooManyItems, "公开统计至多按两个维度筛选与分组，请减少一个", "Public figures are cut by two dimensions at most; leave one out")
	return bad.Err()
}

// checkAsOf holds the day as of which figures are asked against what there is: no day ahead, and for the public a month's end. One message says all
// that the day must be.
func checkAsOf(bad *fault.Fields, asOf, today when.Day, public bool) {
	if !public {
		when.NotAhead(bad, asOf, today, "query:as_of")
		return
	}
	latest := today.AddDays(1).Month().First().AddDays(-1) // the last month's end that has come
	place := fault.NotOffered
	if asOf.After(today) {
		place = fault.OutOfRange
	}
	bad.Check(asOf.IsZero() || asOf == asOf.Month().Last() && !asOf.After(today), "query:as_of", place,
		"公开统计的截至日须为今天或之前的月末，最近的一个为 %[1]s", "Public figures are as of the end of a month that is not after today; the latest is %[1]s", latest)
}

// disclose reads what is public, as far as a query asks for it.
func (s *Service) disclose(g *gorm.DB, t *Turnover, now time.Time) (public, error) {
	if err := t.checkPublic(when.DayOf(now)); err != nil {
		return public{}, err
	}
	p, err := s.releases.at(g, t.Head, over(now), t.Elsewhere)
	if err != nil {
		return p, err
	}
	if err := p.read(g, t.Elsewhere, t.Query, t.cut(t.GroupBy)); err != nil {
		return p, err
	}
	t.Head, err = publicHead(g, t.Head, p.over)
	return p, err
}

// tell adds up what is public.
func (t *Turnover) tell(p public) error {
	byPeriod := map[string]*tally{}
	periods, err := t.periods()
	if err != nil {
		return err
	}
	for _, span := range periods {
		byPeriod[span.label] = &tally{span: span, figures: map[string]Figures{}, joined: joined{}}
	}
	for _, r := range p.all() {
		if !r.countsIn(t.Query) {
			continue
		}
		span, err := t.By.around(r.posted.String())
		if err != nil {
			return err
		}
		byPeriod[span.label].add(r, t.Query)
	}
	for _, span := range periods {
		y := byPeriod[span.label]
		y.withheld = y.withheld || p.mayWait(span, t.AsOf) || p.toldElsewhere(span)
		rows := y.rows(t.Query)
		for _, r := range rows {
			t.Total = t.Total.Plus(r.Figures)
		}
		t.Rows = append(t.Rows, rows...)
	}
	if t.Rows, err = t.series(t.Rows); err != nil {
		return err
	}
	for i := range t.Rows {
		t.Rows[i].Withheld = byPeriod[t.Rows[i].Period].withheld
	}
	return nil
}

// countsIn tells whether a query asks about what was released.
func (r *release) countsIn(q Query) bool {
	return !r.posted.First().Before(q.From) && !r.posted.First().After(q.To) && (q.AsOf.IsZero() || !r.month.Last().After(q.AsOf))
}

// waits is the first month of what had been recorded by the end of a month and was not released by then; zero: there is none.
func (p public) waits(by when.Month) when.Month {
	first := p.waiting
	for _, r := range p.released {
		if r.month.After(by) && (first.IsZero() || r.first.Before(first)) {
			first = r.first
		}
	}
	if first.After(by) {
		return when.Month{}
	}
	return first
}

// toldElsewhere tells whether something of a period is told under another one, where it went together with what counts there: its own row is no
// nought.
func (p public) toldElsewhere(s span) bool {
	return slices.ContainsFunc(p.all(), func(r *release) bool {
		before := r.first.Before(r.posted) && !s.last.Month().Before(r.first) && s.last.Month().Before(r.posted)
		after := r.upto.After(r.posted) && !s.first.Month().After(r.upto) && s.first.Month().After(r.posted)
		return before || after
	})
}

// mayWait tells whether a period has, or may have, something that is not shown: it is not over, or what it had was too little.
func (p public) mayWait(s span, asOf when.Day) bool {
	by, running := p.over, p.over.AddMonths(1)
	if !asOf.IsZero() {
		by = asOf.Month()
	} else if !s.first.Month().After(running) && !s.last.Month().Before(running) {
		return true
	}
	if slices.ContainsFunc(p.arrears, func(m when.Month) bool { return !m.First().Before(s.first) && !m.Last().After(s.last) }) {
		return true
	}
	first := p.waits(by)
	return !first.IsZero() && !s.last.Month().Before(first) && !s.first.Month().After(by)
}

// tally adds up what was released in one period.
type tally struct {
	span     span
	since    when.Month
	withheld bool
	figures  map[string]Figures // by one of the groups that are taken together
	joined   joined
}

// add counts the blocks of a release that the query asks for. A block of which it asks for a part is not shown.
func (y *tally) add(r *release, q Query) {
	if r.first.First().Before(y.span.first) && (y.since.IsZero() || r.first.Before(y.since)) {
		y.since = r.first
	}
	c := q.cut(q.GroupBy)
	for _, b := range r.blocksOf(c) {
		switch all, some := q.asksFor(c, b); {
		case all:
			groups := []string{""}
			if q.GroupBy != "" {
				groups = nil
				for v := range b.values[slices.Index(c, q.GroupBy)] {
					groups = append(groups, q.group(v))
				}
			}
			y.joined.join(groups)
			y.figures[groups[0]] = y.figures[groups[0]].Plus(b.Figures)
		case some:
			y.withheld = true
		}
	}
}

// asksFor tells whether the scope asks for all of a block, or for some of it.
func (s Scope) asksFor(c cut, b *block) (all, some bool) {
	all, some = true, true
	for i, d := range c {
		if s.Value(d) == "" {
			continue
		}
		in := 0
		for v := range b.values[i] {
			if s.asks(d, v) {
				in++
			}
		}
		all = all && in == len(b.values[i])
		some = some && in > 0
	}
	return all, some
}

// asks tells whether the scope asks for a value.
func (s Scope) asks(d Dimension, value string) bool {
	if d.region() {
		return ref.InPlace(value, s.Value(d))
	}
	return value == s.Value(d)
}

// group is the group that a value counts in.
func (q Query) group(value string) string {
	if q.GroupBy.region() {
		return q.RegionLevel.of(value)
	}
	return value
}

// rows gives the period's rows: a group by itself where everything that was released of it stands alone, and all others in one row.
func (y *tally) rows(q Query) []Row {
	shown := map[string]Figures{}
	members := map[string][]string{}
	for g, f := range y.figures {
		root := y.joined.root(g)
		shown[root] = shown[root].Plus(f)
	}
	for g := range y.joined {
		root := y.joined.root(g)
		members[root] = append(members[root], g)
	}
	row := Row{Period: y.span.label, First: later(y.span.first, q.From), Last: earlier(y.span.last, q.To), Since: y.since}
	merged := row
	var out []Row
	for _, root := range slices.Sorted(maps.Keys(shown)) {
		if len(members[root]) > 1 {
			merged.Merged = append(merged.Merged, members[root]...)
			merged.Figures = merged.Plus(shown[root])
			continue
		}
		alone := row
		alone.Group, alone.Figures = root, shown[root]
		out = append(out, alone)
	}
	if merged.Merged != nil {
		slices.Sort(merged.Merged)
		out = append(out, merged)
	}
	return out
}

// joined takes groups together: those of one block, and so of all blocks that have one in common.
type joined map[string]string

func (j joined) root(g string) string {
	for j[g] != g {
		g = j[g]
	}
	return g
}

func (j joined) join(groups []string) {
	for _, g := range groups {
		if _, known := j[g]; !known {
			j[g] = g
		}
		j[j.root(g)] = j.root(groups[0])
	}
}

// publicHead is the head of the last month that is over: the chain is public by months.
func publicHead(q *gorm.DB, now Head, over when.Month) (Head, error) {
	if now.Seq == 0 {
		return Head{}, nil
	}
	if !now.month().After(over) {
		return Head{Seq: now.Seq, Hash: now.Hash, Month: now.month()}, nil
	}
	var ends []MonthEnd
	err := q.Where("month <= ?", over.String()).Order("month DESC").Limit(1).Find(&ends).Error
	if err != nil || len(ends) == 0 {
		return Head{}, err
	}
	return Head{Seq: ends[0].Seq, Hash: ends[0].Hash, Month: ends[0].Month}, nil
}
