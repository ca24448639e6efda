package indicators

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// The steps of the funnel, each further than the one before.
const (
	Published = iota
	Matched
	Introduced
	Answered
	Dealt
	Filed
	Registered
	Paid
	stepCount
)

// Steps is how many records reached each step. A record counts in the furthest that it reached and in all before, so that none exceeds the one before it.
type Steps [stepCount]int64

// reach counts n records whose furthest step this is.
func (s *Steps) reach(furthest int, n int64) {
	for k := range furthest + 1 {
		s[k] += n
	}
}

// FunnelGroup is what rows of the funnel are by.
type FunnelGroup string

// The groups.
const (
	ByMonth            FunnelGroup = "month"
	ByKind             FunnelGroup = "kind"
	ByChain            FunnelGroup = "chain"
	ByOrganizationKind FunnelGroup = "organization_kind"
)

// FunnelQuery asks what came of the results and needs of a year; empty fields do not narrow.
type FunnelQuery struct {
	Year             int         `query:"year"`
	GroupBy          FunnelGroup `query:"group_by"`
	Kind             string      `query:"kind"` // result or need
	Chain            string      `query:"chain"`
	OrganizationKind string      `query:"organization_kind"`
	Broker           uuid.UUID   `query:"broker_id"`
	AsOf             when.Day    `query:"as_of"`
}

// FunnelRow is the records of one group. Of its steps the first Told are told.
type FunnelRow struct {
	Group string // empty where a record names none
	Name  fault.Text
	Steps Steps
	Told  int
}

// Funnel is how far the records came that became public in a year.
type Funnel struct {
	FunnelQuery
	Full  bool // the figures as they are; otherwise what is public of them
	Rows  []FunnelRow
	Total FunnelRow
}

// Funnel tells it; anyone may ask. Operators see the figures as they are, and a broker those of what they introduced; everybody else what is
// public of them, by one grouping.
func (s *Service) Funnel(ctx context.Context, reader policy.Actor, q FunnelQuery) (Funnel, error) {
	if err := policy.Check(reader, policy.FunnelRead, policy.Facts{}); err != nil {
		return Funnel{}, err
	}
	of := policy.Facts{Subject: q.Broker}
	if q.Broker != uuid.Nil {
		if err := policy.Check(reader, policy.FunnelReadFull, of); err != nil {
			return Funnel{}, err
		}
	}
	f := Funnel{FunnelQuery: q, Full: policy.Allowed(reader, policy.FunnelReadFull, of)}
	now := s.unit.Now()
	today := when.DayOf(now)
	last := today // the latest day as of which there are figures for this reader
	if !f.Full {
		last = ledger.Over(now).Last()
	}
	f.AsOf, f.Year, f.GroupBy = cmp.Or(q.AsOf, last), cmp.Or(q.Year, today.Year()), cmp.Or(q.GroupBy, ByMonth)
	err := s.unit.View(ctx, func(g *gorm.DB) error {
		if err := f.check(g, today, last); err != nil {
			return err
		}
		counted, err := f.count(g)
		if err != nil {
			return err
		}
		f.sum(counted)
		return f.call(g)
	})
	if !f.Full {
		f.release()
	}
	return f, err
}

func (f *Funnel) check(g *gorm.DB, today, last when.Day) error {
	var bad fault.Fields
	when.YearNotAhead(&bad, f.Year, today, "query:year")
	when.NotAhead(&bad, f.AsOf, today, "query:as_of")
	if !f.Full {
		bad.Check(f.AsOf.After(today) || !f.AsOf.After(last) && f.AsOf == f.AsOf.Month().Last(), "query:as_of", fault.NotOffered,
			"公开的漏斗截至已结束月份的末日，最近的一个为 %[1]s", "The public funnel is as of the last day of a month that is over; the latest is %[1]s", last)
		for _, narrowed := range [][2]string{{"kind", f.Kind}, {"chain", f.Chain}, {"organization_kind", f.OrganizationKind}} {
			bad.Check(narrowed[1] == "", "query:"+narrowed[0], fault.NotOffered, "筛选只供运营方；公开的漏斗可用 group_by 分行", "Filters are for operators; the public funnel has rows by group_by")
		}
	}
	if err := ref.CheckChain(g, &bad, f.Chain, "query:chain"); err != nil {
		return err
	}
	if f.Broker != uuid.Nil {
		_, err := work.Load[accounts.Account](g, f.Broker)
		bad.Check(!fault.NotVisible.Of(err), "query:broker_id", fault.UnknownRecord, "没有标识为 %[1]s 的账号，请核对", "There is no account %[1]s; check the identifier", f.Broker)
		if err != nil && !fault.NotVisible.Of(err) {
			return err
		}
	}
	return bad.Err()
}

// sum adds up what was counted, by the groups that are asked for; every month until the day has a row, and of kinds both have one.
func (f *Funnel) sum(counted []reached) {
	by := map[string]*FunnelRow{}
	row := func(group string) *FunnelRow {
		if by[group] == nil {
			by[group] = &FunnelRow{Group: group, Told: stepCount}
		}
		return by[group]
	}
	f.Total.Told = stepCount
	switch f.GroupBy {
	case ByMonth:
		for m := yearStart(f.Year).Month(); m.Year() == f.Year && !m.First().After(f.AsOf); m = m.AddMonths(1) {
			row(m.String())
		}
	case ByKind:
		for _, kind := range funnelKinds {
			if f.Kind == "" || f.Kind == kind {
				row(kind)
			}
		}
	}
	for _, c := range counted {
		f.Total.Steps.reach(c.Step, c.N)
		row(map[FunnelGroup]string{ByMonth: yearStart(f.Year).Month().AddMonths(c.Nth).String(), ByKind: c.Kind, ByChain: c.Chain, ByOrganizationKind: c.OrganizationKind}[f.GroupBy]).Steps.reach(c.Step, c.N)
	}
	for _, r := range by {
		f.Rows = append(f.Rows, *r)
	}
	slices.SortFunc(f.Rows, func(a, b FunnelRow) int {
		if f.GroupBy == ByMonth || f.GroupBy == ByKind {
			return cmp.Compare(a.Group, b.Group)
		}
		return cmp.Or(cmp.Compare(b.Steps[Published], a.Steps[Published]), cmp.Compare(a.Group, b.Group))
	})
}

// call finds out what the groups are called.
func (f *Funnel) call(g *gorm.DB) error {
	chains := map[string]ref.Chain{}
	if f.GroupBy == ByChain {
		groups := map[string]bool{}
		for _, r := range f.Rows {
			groups[r.Group] = true
		}
		var err error
		if chains, err = ref.ChainsNamed(g, slices.Sorted(maps.Keys(groups))); err != nil {
			return err
		}
	}
	for i := range f.Rows {
		r := &f.Rows[i]
		r.Name = fault.Text{ZH: r.Group, EN: r.Group}
		switch {
		case r.Group == "":
			r.Name = fault.Text{ZH: "未填", EN: "None given"}
		case f.GroupBy == ByKind:
			r.Name = funnelWords[r.Group]
		case f.GroupBy == ByOrganizationKind:
			r.Name = orgs.Kind(r.Group).Text()
		case f.GroupBy == ByChain && chains[r.Group].Name != "":
			r.Name = fault.Text{ZH: chains[r.Group].Name, EN: chains[r.Group].NameEN}
		}
	}
	return nil
}

// apart tells that a number of records is none, or enough that none of them is told of.
func apart(n int64) bool { return n == 0 || n >= fewestTold }

// fewestTold is how many records a public figure is about at the least, and by how many it differs from another (docs/disclosure.md).
const fewestTold = 3

// release leaves what is public: a row tells a step where it is none, or three at the least, and so is what did not come from the step before; what
// is not told from one step on is not told further on. Rows that do not tell a step are known together, as the total less the others: the
// next smallest joins them until together they may be told. How many were published is told of all, since each of them is public.
func (f *Funnel) release() {
	f.Total.Told = 1
	for i := range f.Rows {
		f.Rows[i].Told = 1
	}
	for k := 1; k < stepCount; k++ {
		safe := func(s Steps) bool { return apart(s[k]) && apart(s[k-1]-s[k]) }
		var told []*FunnelRow
		rest := f.Total.Steps
		for i := range f.Rows {
			if r := &f.Rows[i]; r.Told == k && safe(r.Steps) {
				told = append(told, r)
				rest[k], rest[k-1] = rest[k]-r.Steps[k], rest[k-1]-r.Steps[k-1]
			}
		}
		slices.SortStableFunc(told, func(a, b *FunnelRow) int {
			return cmp.Or(cmp.Compare(a.Steps[k], b.Steps[k]), cmp.Compare(a.Steps[k-1], b.Steps[k-1]))
		})
		all := f.Total.Told == k && safe(f.Total.Steps)
		for all && !safe(rest) {
			next := slices.IndexFunc(told, func(r *FunnelRow) bool { return r.Steps[k-1] > 0 }) // one without any joins nothing
			rest[k], rest[k-1] = rest[k]+told[next].Steps[k], rest[k-1]+told[next].Steps[k-1]
			told = slices.Delete(told, next, next+1)
		}
		for _, r := range told {
			r.Told++
		}
		if all {
			f.Total.Told++
		}
	}
}
