package contracts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// StatisticsOf asks what desks did in a period: one office, or without one all of the reader's. The days are both included; without them it
// is the running month until today.
type StatisticsOf struct {
	Office string   `query:"office"`
	From   when.Day `query:"from"`
	To     when.Day `query:"to"`
}

// mostStatisticsDays is how long a period may be.
const mostStatisticsDays = 366

// Work is what became of applications in a period.
type Work struct {
	Granted, Refused int
	// Late are those granted or refused after the day that they were due on.
	Late int
	// Median is how many working days it took from where the clock began, by filing or by what was supplied, to the decision: half of what was
	// granted or refused took as many at most. The day of the decision counts and the first does not, as in periods of law. Nil where nothing was decided.
	Median *float64

	took map[int]int // how many took so many working days
}

// OfficeStatistics is the period of one office.
type OfficeStatistics struct {
	Office   string
	Name     string
	Received int // filed in the period
	Work
	Withdrawn     int // taken back in the period
	Open, Overdue int // today
}

// RegistrarStatistics is what one registrar had a part in.
type RegistrarStatistics struct {
	Registrar     *accounts.Person
	First, Second int // decisions that they took, as the first and as the second
	Work
	Holding, Overdue int // today
}

// Statistics are the statistics of desks.
type Statistics struct {
	From, To, On when.Day // On is the day of what is open
	Offices      []OfficeStatistics
	Registrars   []RegistrarStatistics // those who decided in the period, or hold something today: to operators all, to a registrar their own line
}

// Statistics tells what desks received and decided in a period, by office and by registrar; for those who may list their queue. It reads what
// was filed and decided on these days and what is open, however much lies before.
func (s *Service) Statistics(ctx context.Context, reader policy.Actor, f StatisticsOf) (Statistics, error) {
	offices, err := officesOf(reader, f.Office)
	if err == nil {
		err = s.officeExists(ctx, reader, f.Office)
	}
	if err != nil {
		return Statistics{}, err
	}
	today := when.DayOf(s.unit.Now())
	if f.To.IsZero() {
		f.To = today
	}
	if f.From.IsZero() {
		if f.From = f.To.Month().First(); f.From.After(today) {
			f.From = today.Month().First()
		}
	}
	var bad fault.Fields
	when.NotAhead(&bad, f.From, today, "query:from")
	bad.Check(!f.To.Before(f.From), "query:to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Check(f.To.Before(f.From.AddDays(mostStatisticsDays)), "query:to", fault.TooLong, "至多 %[1]d 天", "At most %[1]d days", mostStatisticsDays)
	if err := bad.Err(); err != nil {
		return Statistics{}, err
	}
	if f.Office != "" {
		offices = []string{f.Office}
	}
	r := reckoner{Statistics: Statistics{From: f.From, To: f.To, On: today}, everywhere: offices == nil, byOffice: map[string]*OfficeStatistics{}, byRegistrar: map[uuid.UUID]*RegistrarStatistics{}, days: map[[2]when.Day]int{}}
	for _, code := range offices { // an office that had nothing to do is told as well
		r.office(code)
	}
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		if r.calendar, err = ref.CalendarIn(q); err != nil {
			return err
		}
		within := func() *gorm.DB {
			q := q.Model(&Application{}).Where("kind <> ?", Takeover) // which is no work of a desk on an application
			if offices != nil {
				return q.Where("office IN ?", offices)
			}
			return q
		}
		for _, read := range []func(func() *gorm.DB) error{r.received, r.decided, r.withdrawn, r.open} {
			if err := read(within); err != nil {
				return err
			}
		}
		return r.end(q, reader)
	})
	return r.Statistics, err
}

// reckoner puts statistics together.
type reckoner struct {
	Statistics
	everywhere  bool // it is asked for all offices that there are
	byOffice    map[string]*OfficeStatistics
	byRegistrar map[uuid.UUID]*RegistrarStatistics
	calendar    when.Calendar
	days        map[[2]when.Day]int // working days that were counted already
}

func (r *reckoner) office(code string) *OfficeStatistics {
	o := r.byOffice[code]
	if o == nil {
		o = &OfficeStatistics{Office: code}
		r.byOffice[code] = o
	}
	return o
}

func (r *reckoner) registrar(id uuid.UUID) *RegistrarStatistics {
	x := r.byRegistrar[id]
	if x == nil {
		x = &RegistrarStatistics{}
		r.byRegistrar[id] = x
	}
	return x
}

func (r *reckoner) received(within func() *gorm.DB) error {
	return r.count(within().Where("filed_on BETWEEN ? AND ?", r.From, r.To), func(o *OfficeStatistics, n int) { o.Received = n })
}

// withdrawn counts what applicants took back, which has no decision and does not move any more.
func (r *reckoner) withdrawn(within func() *gorm.DB) error {
	return r.count(within().Where("state = 'withdrawn' AND updated_at >= ? AND updated_at < ?", r.From.Start(), r.To.End()), func(o *OfficeStatistics, n int) { o.Withdrawn = n })
}

// count has each office keep how many of these are its own.
func (r *reckoner) count(these *gorm.DB, keep func(o *OfficeStatistics, n int)) error {
	var rows []struct {
		Office string
		N      int
	}
	err := these.Group("office").Select("office, COUNT(*) AS n").Find(&rows).Error
	for _, row := range rows {
		keep(r.office(row.Office), row.N)
	}
	return err
}

// decision is what statistics read of an application that is over.
type decision struct {
	Office                        string
	State                         State
	FiledOn, ClockFrom, DueOn     when.Day
	FirstReviewer, SecondReviewer *uuid.UUID
	DecidedAt                     time.Time
	SupplementAskedAt             *time.Time
	SupplementAnswer              string
}

// until is the day until which the desk had it: while papers are asked for the clock stands still, and where they never come it does not go on.
func (a *decision) until() when.Day {
	if a.SupplementAskedAt != nil && a.SupplementAnswer == "" {
		return when.DayOf(*a.SupplementAskedAt)
	}
	return when.DayOf(a.DecidedAt)
}

// decided reads what was decided in the period one by one, since every one has its own days, and keeps sums only.
func (r *reckoner) decided(within func() *gorm.DB) error {
	rows, err := within().Where("decided_at >= ? AND decided_at < ?", r.From.Start(), r.To.End()).
		Select("office, state, filed_on, clock_from, due_on, first_reviewer, second_reviewer, decided_at, supplement_asked_at, supplement_answer").Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	q := within()
	for rows.Next() {
		var a decision
		if err := q.ScanRows(rows, &a); err != nil {
			return err
		}
		from, on := a.ClockFrom, a.until()
		if from.IsZero() {
			from = a.FiledOn
		}
		took, late := r.workingDays(from, on), on.After(a.DueOn)
		r.office(a.Office).add(a.State, took, late)
		if a.FirstReviewer != nil {
			x := r.registrar(*a.FirstReviewer)
			x.First++
			x.add(a.State, took, late)
		}
		if a.SecondReviewer != nil {
			x := r.registrar(*a.SecondReviewer)
			x.Second++
			x.add(a.State, took, late)
		}
	}
	return rows.Err()
}

func (w *Work) add(state State, took int, late bool) {
	switch state {
	case Granted:
		w.Granted++
	case Refused:
		w.Refused++
	}
	if late {
		w.Late++
	}
	if w.took == nil {
		w.took = map[int]int{}
	}
	w.took[took]++
}

// settle finds the median.
func (w *Work) settle() {
	n := w.Granted + w.Refused
	if n == 0 {
		return
	}
	days := make([]int, 0, len(w.took))
	for d := range w.took {
		days = append(days, d)
	}
	slices.Sort(days)
	at := func(place int) int { // place counts from 0
		for _, d := range days {
			if place -= w.took[d]; place < 0 {
				return d
			}
		}
		return 0
	}
	median := float64(at((n-1)/2)+at(n/2)) / 2
	w.Median = &median
}

// workingDays counts the working days after one day until another, which counts itself.
func (r *reckoner) workingDays(from, to when.Day) int {
	key := [2]when.Day{from, to}
	n, known := r.days[key]
	if !known {
		n = r.calendar.WorkingDays(from, to)
		r.days[key] = n
	}
	return n
}

func (r *reckoner) open(within func() *gorm.DB) error {
	var rows []struct {
		Office        string
		State         State
		FirstReviewer *uuid.UUID
		DueOn         when.Day
		N             int
	}
	err := within().Where("state IN ?", openStates).Group("office, state, first_reviewer, due_on").
		Select("office, state, first_reviewer, due_on, COUNT(*) AS n").Find(&rows).Error
	for _, row := range rows {
		overdue := 0
		if isOverdue(row.State, row.DueOn, r.On) {
			overdue = row.N
		}
		o := r.office(row.Office)
		o.Open, o.Overdue = o.Open+row.N, o.Overdue+overdue
		if row.FirstReviewer != nil && isHeld(row.State) {
			x := r.registrar(*row.FirstReviewer)
			x.Holding, x.Overdue = x.Holding+row.N, x.Overdue+overdue
		}
	}
	return err
}

// end names and sorts.
func (r *reckoner) end(q *gorm.DB, reader policy.Actor) error {
	named, err := offices.Names(q)
	if err != nil {
		return err
	}
	if r.everywhere {
		for code := range named { // those that had nothing to do are told as well
			r.office(code)
		}
	}
	for _, o := range r.byOffice {
		o.settle()
		o.Name = named[o.Office]
		r.Offices = append(r.Offices, *o)
	}
	slices.SortFunc(r.Offices, func(a, b OfficeStatistics) int { return cmp.Compare(a.Office, b.Office) })
	ids := make([]uuid.UUID, 0, len(r.byRegistrar))
	for id := range r.byRegistrar {
		if !reader.Operator && id != reader.Account {
			delete(r.byRegistrar, id) // how fast a colleague works is the bureau's affair
			continue
		}
		ids = append(ids, id)
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return err
	}
	for id, x := range r.byRegistrar {
		x.settle()
		if p, known := people[id]; known {
			x.Registrar = &p
			r.Registrars = append(r.Registrars, *x)
		}
	}
	slices.SortFunc(r.Registrars, func(a, b RegistrarStatistics) int { return cmp.Compare(a.Registrar.Username, b.Registrar.Username) })
	return nil
}
