package indicators

import (
	"context"
	"math/big"
	"time"

	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Figure is an indicator in a year, as of a day: what is to be reached, what is, and what that says. It is kept in frozen reports as it is
// written here.
type Figure struct {
	Content `json:",inline"`
	How     How
	Year    int
	AsOf    when.Day
	Full    bool // the bureau's own figure; otherwise what is public
	Scope
	Target    *Goal     `json:",omitempty"`
	Actual    *Reading  `json:",omitempty"`
	Missing   Missing   `json:",omitempty"` // why there is no actual
	Met       *bool     `json:",omitempty"` // nil: it cannot be told
	Share     *int64    `json:",omitempty"` // of the target, in basis points, cut: 19,938 of 20,000 is 9969
	TimeShare int64     // of the year's days that are over
	Ahead     *int64    `json:",omitempty"` // Share less TimeShare
	LastYear  *Past     `json:",omitempty"`
	Forecast  *Forecast `json:",omitempty"`
	DrillDown string    `json:",omitempty"` // address of the statistic behind it
	Head      Head
}

// Head is where the ledger stood.
type Head struct {
	Seq   int64
	Hash  string
	Month string `json:",omitempty"`
}

// Goal is the target in force.
type Goal struct {
	ID         string
	Value      Value
	Comparison Comparison
	Source     string
}

// Missing says why a figure has no actual.
type Missing string

// The reasons.
const (
	NoFigure Missing = "no_figure" // nothing was reported, or there is nothing to divide by, or the year has not begun
	Bureau   Missing = "bureau"    // it is a sum of so few contracts, or by such a list, that it is the bureau's own
)

// Reading is an actual.
type Reading struct {
	Value Value
	Bound Bound
	// Of what was reported by hand.
	Source     string    `json:",omitempty"`
	DataFrom   when.Day  `json:",omitzero"`
	DataTo     when.Day  `json:",omitzero"`
	ReportedAt time.Time `json:",omitzero"`
	// Of a rate. Numbers of contracts and results are hundredths, too.
	Ratio *Ratio `json:",omitempty"`
	// Of a sum of several counts.
	Parts []Part `json:",omitempty"`
	// Withheld tells that contracts are not in it that the public may not be told of, or not yet.
	Withheld bool `json:",omitempty"`
}

// Ratio is what a rate is made of.
type Ratio struct {
	Unit                   Unit
	City                   string
	Numerator, Denominator Value
	Unknown                Value // of the denominator, where nobody knows the buyer's region
}

// Part is one of what is added up.
type Part struct {
	Name  string
	Value Value
}

// compare tells whether the actual is below, at or above a value, exactly.
func (r *Reading) compare(v Value) int {
	if r.Ratio == nil {
		return big.NewInt(int64(r.Value)).Cmp(big.NewInt(int64(v)))
	}
	return big.NewRat(int64(r.Ratio.Numerator), int64(r.Ratio.Denominator)).Cmp(big.NewRat(int64(v), 100*whole))
}

// Past is the actual of a year ago.
type Past struct {
	On     when.Day
	Value  Value
	Bound  Bound
	Change *int64 `json:",omitempty"` // in basis points of that; none of a rate, whose points are subtracted
}

// Forecast is what the year may end with, if it goes as the years before went.
type Forecast struct {
	Value     Value
	Years     []int
	MeanShare int64  // that those years had reached by this day, in basis points
	Share     *int64 `json:",omitempty"` // of the target
}

// Question asks for figures; empty fields stand for the running year, as of now.
type Question struct {
	Year int      `query:"year"`
	AsOf when.Day `query:"as_of"`
}

// One asks for one indicator.
type One struct {
	Code string `path:"code"`
	Question
	Office string `query:"office"`
	Region string `query:"region"`
}

// Answer is the figures of a question.
type Answer struct {
	Year    int
	AsOf    when.Day
	Full    bool
	Figures []Figure
}

// asked is a question that was understood.
type asked struct {
	actor policy.Actor
	full  bool
	year  int
	asOf  when.Day
	Scope
	city string // of local conversion
	head Head
	sums map[sumOf]summed // what the ledger has answered already
}

// ask understands a question. The public is told of months that are over, as the ledger has it; the bureau of now.
func (s *Service) ask(ctx context.Context, reader policy.Actor, q Question, scope Scope) (asked, error) {
	if err := policy.Check(reader, policy.IndicatorRead, policy.Facts{}); err != nil {
		return asked{}, err
	}
	now := s.unit.Now()
	a := asked{actor: reader, full: policy.Allowed(reader, policy.IndicatorReadFull, policy.Facts{}), year: q.Year, asOf: q.AsOf, Scope: scope, sums: map[sumOf]summed{}}
	if !a.full {
		a.actor = policy.Actor{}
	}
	if a.asOf.IsZero() {
		if a.asOf = when.DayOf(now); !a.full {
			a.asOf = ledger.Over(now).Last()
		}
	}
	if a.year == 0 {
		a.year = a.asOf.Year()
	}
	var bad fault.Fields
	today := when.DayOf(now)
	when.NotAhead(&bad, a.asOf, today, "query:as_of")
	bad.Check(a.year <= today.Year(), "query:year", fault.OutOfRange, "%[1]d 年尚未到来，没有数字；其目标见 GET /v1/indicator-targets", "The year %[1]d has not come and has no figures; GET /v1/indicator-targets has its targets", a.year)
	if err := bad.Err(); err != nil {
		return a, err
	}
	h, err := s.ledger.Head(ctx, a.actor)
	a.head = Head{Seq: h.Seq, Hash: h.Hash, Month: h.Month.String()}
	if err != nil {
		return a, err
	}
	a.city, err = s.city(ctx, a.Region)
	return a, err
}

// Figures tells all indicators in their order, of all; anyone may ask.
func (s *Service) Figures(ctx context.Context, reader policy.Actor, q Question) (Answer, error) {
	a, err := s.ask(ctx, reader, q, Scope{})
	if err != nil {
		return Answer{}, err
	}
	out := Answer{Year: a.year, AsOf: a.asOf, Full: a.full}
	var all []Definition
	if err := s.unit.Query(ctx).Order("nth, id").Find(&all).Error; err != nil {
		return out, err
	}
	for _, d := range all {
		f, err := s.figure(ctx, a, d)
		if err != nil {
			return out, err
		}
		out.Figures = append(out.Figures, f)
	}
	return out, nil
}

// Figure tells one indicator; anyone may ask.
func (s *Service) Figure(ctx context.Context, reader policy.Actor, q One) (Figure, error) {
	g := s.unit.Query(ctx)
	d, err := defined(g, q.Code, "path:code")
	if fault.InvalidInput.Of(err) {
		err = fault.NotVisible.New()
	}
	if err != nil {
		return Figure{}, err
	}
	var bad fault.Fields
	scope := Scope{q.Office, q.Region}
	if err := scope.check(g, &bad, d, func(name string) string { return "query:" + name }); err != nil {
		return Figure{}, err
	}
	if err := bad.Err(); err != nil {
		return Figure{}, err
	}
	a, err := s.ask(ctx, reader, q.Question, scope)
	if err != nil {
		return Figure{}, err
	}
	return s.figure(ctx, a, d)
}

// figure puts an indicator's figure together.
func (s *Service) figure(ctx context.Context, a asked, d Definition) (Figure, error) {
	f := Figure{Content: d.Content, How: d.How, Year: a.year, AsOf: a.asOf, Full: a.full, Scope: a.Scope, TimeShare: timeShare(a.year, a.asOf), Head: a.head}
	t, err := inForce(s.unit.Query(ctx), d.Code, a.year, a.Scope)
	if err != nil {
		return f, err
	}
	if t != nil {
		f.Target = &Goal{ID: t.ID.String(), Value: t.Value, Comparison: t.Comparison, Source: t.Source}
	}
	read := s.readerOf(d)
	if f.Actual, f.Missing, err = read(ctx, a, a.year, a.day()); err != nil {
		return f, err
	}
	f.DrillDown = a.drillDown(d)
	if f.Actual == nil {
		return f, nil
	}
	f.judge()
	if err := f.compareWithLastYear(ctx, a, read); err != nil {
		return f, err
	}
	if d.How == Computed && d.Shape == Flow && a.day() != yearEnd(a.year) {
		err = f.forecast(ctx, a, read)
	}
	return f, err
}

// judge holds the actual against the target.
func (f *Figure) judge() {
	if f.Target == nil {
		return
	}
	if met, known := f.Target.Comparison.meets(f.Actual.compare(f.Target.Value), f.Actual.Bound); known {
		f.Met = &met
	}
	if f.Actual.Bound != Exact || f.Target.Value == 0 {
		return
	}
	part := big.NewRat(int64(f.Actual.Value), int64(f.Target.Value))
	if r := f.Actual.Ratio; r != nil {
		part = new(big.Rat).Quo(big.NewRat(int64(r.Numerator), int64(r.Denominator)), big.NewRat(int64(f.Target.Value), 100*whole))
	}
	n := floor(part, 10_000)
	f.Share = &n
	if f.How == Computed && f.Shape == Flow {
		ahead := n - f.TimeShare
		f.Ahead = &ahead
	}
}

// reader reads the actual of a year by the end of a day in it.
type reader func(ctx context.Context, a asked, year int, to when.Day) (*Reading, Missing, error)

// earlierYears is how many years a forecast rests on at most.
const earlierYears = 3

func (f *Figure) compareWithLastYear(ctx context.Context, a asked, read reader) error {
	on := sameDay(a.day(), a.year-1)
	if f.How == Reported { // what was said of that year in the end, whenever its data were of
		on = a.asOf
	}
	was, _, err := read(ctx, a, a.year-1, on)
	if err != nil || was == nil {
		return err
	}
	f.LastYear = &Past{On: on, Value: was.Value, Bound: was.Bound}
	if f.How == Reported {
		f.LastYear.On = was.DataTo
	}
	if f.Shape != Rate && was.Value > 0 && was.Bound == Exact && f.Actual.Bound == Exact {
		change := floor(big.NewRat(int64(f.Actual.Value-was.Value), int64(was.Value)), 10_000)
		f.LastYear.Change = &change
	}
	return nil
}

// forecast is the actual by the mean share that earlier years had reached by this day.
func (f *Figure) forecast(ctx context.Context, a asked, read reader) error {
	sum := new(big.Rat)
	out := Forecast{}
	for n := range earlierYears {
		year := a.year - 1 - n
		by, _, err := read(ctx, a, year, sameDay(a.day(), year))
		if err != nil {
			return err
		}
		all, _, err := read(ctx, a, year, yearEnd(year))
		if err != nil {
			return err
		}
		if by == nil || all == nil || all.Value <= 0 || by.Value <= 0 {
			continue
		}
		sum.Add(sum, big.NewRat(int64(by.Value), int64(all.Value)))
		out.Years = append(out.Years, year)
	}
	if len(out.Years) == 0 || f.Actual.Value <= 0 {
		return nil
	}
	mean := sum.Quo(sum, new(big.Rat).SetInt64(int64(len(out.Years))))
	out.MeanShare = floor(mean, 10_000)
	unit := int64(1)
	if f.Unit == Count {
		unit = whole
	}
	end := new(big.Rat).Quo(new(big.Rat).SetInt64(int64(f.Actual.Value)), mean)
	out.Value = Value(floor(end.Quo(end, new(big.Rat).SetInt64(unit)), 1) * unit)
	if f.Target != nil && f.Target.Value > 0 {
		n := share(int64(out.Value), int64(f.Target.Value))
		out.Share = &n
	}
	f.Forecast = &out
	return nil
}

// day is the last day of the year that counts: that of the question, or the year's end.
func (a asked) day() when.Day {
	if end := yearEnd(a.year); end.Before(a.asOf) {
		return end
	}
	return a.asOf
}

// sameDay is the corresponding day of another year: of a month's end its end, so that what is public of months stays so.
func sameDay(d when.Day, year int) when.Day {
	out := d.AddYears(year - d.Year())
	if d == d.Month().Last() {
		return out.Month().Last()
	}
	return out
}

func yearStart(year int) when.Day { return yearEnd(year - 1).AddDays(1) }

func yearEnd(year int) when.Day {
	return someDay.AddYears(year - someDay.Year()).EndOfYear()
}

var someDay = when.MustDay("2026-01-01")

// timeShare is how much of a year is over by the end of a day, in basis points.
func timeShare(year int, by when.Day) int64 {
	first, last := yearStart(year), yearEnd(year)
	switch {
	case by.Before(first):
		return 0
	case !by.Before(last):
		return 10_000
	}
	return share(int64(by.Since(first)+1), int64(last.Since(first)+1))
}
