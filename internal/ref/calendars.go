package ref

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// CalendarYear is the table of one year's holidays and of the weekend days that are worked in exchange, as the State Council's notice of
// the year before has it. The years up to the program's own edition are built in (Calendar); an operator loads the others, or corrects
// one.
type CalendarYear struct {
	work.Head
	Year     int
	Source   string        // the notice
	Days     []CalendarDay `gorm:"serializer:json"`
	LoadedBy uuid.UUID
	// What one operator has loaded waits for another. Until a table is confirmed for the first time there is none in force, and no source.
	Proposal    *CalendarProposal `gorm:"serializer:json" json:",omitempty"`
	ConfirmedBy *uuid.UUID
}

// CalendarProposal is how the table of a year shall be.
type CalendarProposal struct {
	Source string
	Days   []CalendarDay
	By     uuid.UUID
	At     time.Time
}

// CalendarDay is a day that is not what its weekday says.
type CalendarDay struct {
	Day  when.Day
	Work bool // worked, though it is of a weekend; otherwise off
}

func (CalendarYear) TableName() string { return "calendar_years" }
func (*CalendarYear) Noun() string     { return "calendar" }
func (y *CalendarYear) String() string { return strconv.Itoa(y.Year) }

// InForce tells whether two operators have said once that this is the year's table.
func (y *CalendarYear) InForce() bool { return y.Source != "" }

// Facts are that a table in force is public, and who loaded what waits.
func (y *CalendarYear) Facts() policy.Facts {
	f := policy.Facts{Public: y.InForce()}
	if y.Proposal != nil {
		f.Submitter = y.Proposal.By
	}
	return f
}

// CalendarLoaded is the job that follows from a calendar that was loaded: what was reckoned without it is reckoned again.
const CalendarLoaded jobs.Kind = "calendar.loaded"

// reckonedAtOnce is how many records one transaction reckons anew.
const reckonedAtOnce = 100

// Reckon takes up CalendarLoaded for one kind of record: anew reckons each record that where finds, and tells whether its day has moved. One that
// goes through another year that is not known yet has not, and stays to be found. It goes by and by, so that nobody has to wait.
func Reckon[R any, P interface {
	*R
	work.Record
}](tx *work.Tx, j jobs.Job, anew func(P, when.Calendar) (moved bool, err error), where string, args ...any) error {
	calendar, err := CalendarIn(tx.DB)
	if err != nil {
		return err
	}
	moved := 0
	for after := uuid.Nil; ; {
		var some []R
		if err := tx.Where(where, args...).Where("id > ?", after).Order("id").Limit(reckonedAtOnce).Find(&some).Error; err != nil {
			return err
		}
		for i := range some {
			r := P(&some[i])
			after = r.Base().ID
			is, err := anew(r, calendar)
			if err != nil {
				return err
			}
			if !is {
				continue
			}
			if moved++; moved == reckonedAtOnce {
				return jobs.At(tx, j.Kind, j.ObjectID, j.Now)
			}
		}
		if len(some) < reckonedAtOnce {
			break
		}
	}
	if moved == 0 {
		return jobs.ErrNothing
	}
	return nil
}

// CalendarIn is the calendar as this database has it: the built-in years and those that were loaded.
func CalendarIn(q *gorm.DB) (when.Calendar, error) {
	var loaded []CalendarYear
	if err := q.Order("year").Find(&loaded).Error; err != nil {
		return when.Calendar{}, err
	}
	c := Calendar()
	for _, y := range loaded {
		if !y.InForce() {
			continue
		}
		var err error
		if c, err = c.With(y.Year, y.entries()); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (y *CalendarYear) entries() []when.CalendarEntry { return entries(y.Days) }

func entries(days []CalendarDay) []when.CalendarEntry {
	out := make([]when.CalendarEntry, len(days))
	for i, d := range days {
		out[i] = when.CalendarEntry{Day: d.Day, Shift: when.Shift(d.Work)}
	}
	return out
}

// CalendarInput is what loading a calendar takes.
type CalendarInput struct {
	Year   int
	Source string
	Days   []CalendarDay
}

// check holds what makes a table of a year: holidays of that year, or of its first days' neighbours in the year before, each once.
func (in CalendarInput) check() error {
	var bad fault.Fields
	bad.Check(in.Year >= 2000 && in.Year <= 2100, "/year", fault.OutOfRange, "年份须在 2000 至 2100 之间", "The year lies between 2000 and 2100")
	bad.Length(in.Source, "/source", 5, 200)
	bad.Check(len(in.Days) <= 100, "/days", fault.TooManyItems, "至多一百天", "At most a hundred days")
	seen := map[when.Day]bool{}
	off := false
	for i, d := range in.Days {
		at := fmt.Sprintf("/days/%d", i)
		near := d.Day.Year() == in.Year || d.Day.Year() == in.Year-1 && d.Day.Month().String()[5:] == "12"
		bad.Check(near, at+"/day", fault.OutOfRange, "不在这一年", "It is not of this year")
		bad.Check(!seen[d.Day], at+"/day", fault.Repeated, "日期重复", "The day is given twice")
		seen[d.Day] = true
		bad.Check(!d.Work || !HolidayByLaw(d.Day), at+"/kind", fault.NotOffered, "%[1]s 依法放假，不能调为上班", "%[1]s is off by law and cannot be worked", d.Day)
		off = off || !d.Work && d.Day.Year() == in.Year && d.Day.String()[5:] == "01-01"
	}
	bad.Check(off, "/days", fault.Required, "元旦（1 月 1 日）须列为放假", "New Year's Day must be among the days off")
	return bad.Err()
}

// calendars is how calendars are read and written.
var calendars = work.Records[CalendarYear, *CalendarYear, CalendarView]{
	Read: policy.CalendarRead, Columns: work.Columns{string(policy.Public): "(source <> '')"},
	Acts: []work.Act[*CalendarYear, CalendarView]{
		{Operation: "replaceCalendar", Action: policy.CalendarLoad},
		{Operation: "confirmCalendar", Action: policy.CalendarConfirm, When: func(y *CalendarYear, _ *CalendarView) error { return y.confirm(uuid.Nil) }},
		{Operation: "dropCalendarProposal", Action: policy.CalendarLoad, When: func(y *CalendarYear, _ *CalendarView) error { return y.confirmable() }},
	},
	Show: func(q *gorm.DB, reader policy.Actor, rows []CalendarYear) ([]CalendarView, error) {
		out, people := make([]CalendarView, len(rows)), accounts.Roll{}
		for i, r := range rows {
			if !reader.Operator { // what waits is the bureau's own
				r.Proposal = nil
			}
			out[i] = CalendarView{CalendarYear: r}
			if !reader.Operator {
				continue
			}
			if r.InForce() {
				people.Name(&r.LoadedBy, &out[i].LoadedBy)
			}
			people.Name(r.ConfirmedBy, &out[i].ConfirmedBy)
			if r.Proposal != nil {
				people.Name(&r.Proposal.By, &out[i].ProposedBy)
			}
		}
		return out, people.Call(q)
	},
}

type (
	// CalendarView is a calendar as everybody sees it.
	CalendarView struct {
		CalendarYear
		// Who loaded and confirmed the table in force, and proposed what waits; for operators.
		LoadedBy, ConfirmedBy, ProposedBy *accounts.Person
		work.Acts
	}
	// CalendarAnswer is the outcome of loading one.
	CalendarAnswer = work.Answer[CalendarView]
	// Service runs the use cases about reference data.
	Service struct{ unit *work.Unit }
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// LoadCalendar proposes the table of a year; by an operator. It is in force once another confirms it.
func (s *Service) LoadCalendar(ctx context.Context, call work.Call, in CalendarInput) (CalendarAnswer, error) {
	return calendars.Do(ctx, s.unit, call, func(tx *work.Tx) (*CalendarYear, error) {
		if err := policy.Check(call.Actor, policy.CalendarLoad, policy.Facts{Public: true}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		y := &CalendarYear{Head: tx.NewHead(), Year: in.Year, Days: []CalendarDay{}, LoadedBy: call.Actor.Account}
		if err := y.propose(tx, in); err != nil {
			return nil, err
		}
		err := work.Insert(tx, work.Did(policy.CalendarLoad), y)
		if db.Duplicate(err) {
			err = fault.CalendarLoaded.New()
		}
		return y, err
	})
}

// ReplaceCalendar corrects the table of a year, whose notice was changed; by an operator.
func (s *Service) ReplaceCalendar(ctx context.Context, call work.Call, id uuid.UUID, version int64, in CalendarInput) (CalendarAnswer, error) {
	return calendars.Change(ctx, s.unit, call, id, version, policy.CalendarLoad, func(tx *work.Tx, y *CalendarYear) error {
		if in.Year != y.Year {
			return fault.InvalidInput.At("/year", fault.Immutable, "年份不可更改", "The year cannot change")
		}
		if err := in.check(); err != nil {
			return err
		}
		return y.propose(tx, in)
	})
}

// propose has the table wait for another operator. It must not contradict the years beside it.
func (y *CalendarYear) propose(tx *work.Tx, in CalendarInput) error {
	y.Proposal = &CalendarProposal{Source: in.Source, Days: in.Days, By: tx.Call.Actor.Account, At: tx.Now}
	return y.fits(tx, in.Days)
}

func (y *CalendarYear) fits(tx *work.Tx, days []CalendarDay) error {
	c, err := CalendarIn(tx.DB)
	if err != nil {
		return err
	}
	if _, err := c.With(y.Year, entries(days)); err != nil {
		return fault.InvalidInput.At("/days", fault.Repeated, "与相邻年份的安排矛盾", "It contradicts the table of a year beside it")
	}
	return nil
}

func (y *CalendarYear) confirmable() error {
	if y.Proposal == nil {
		return fault.NothingToConfirm.New()
	}
	return nil
}

func (y *CalendarYear) confirm(by uuid.UUID) error {
	if err := y.confirmable(); err != nil {
		return err
	}
	y.Source, y.Days, y.LoadedBy = y.Proposal.Source, y.Proposal.Days, y.Proposal.By
	y.Proposal, y.ConfirmedBy = nil, &by
	return nil
}

// ConfirmCalendar puts in force what another operator has loaded. Everything that it bears on is reckoned again in the background.
func (s *Service) ConfirmCalendar(ctx context.Context, call work.Call, id uuid.UUID, version int64) (CalendarAnswer, error) {
	return calendars.Change(ctx, s.unit, call, id, version, policy.CalendarConfirm, func(tx *work.Tx, y *CalendarYear) error {
		if err := y.confirm(call.Actor.Account); err != nil {
			return err
		}
		if err := y.fits(tx, y.Days); err != nil {
			return err
		}
		return jobs.At(tx, CalendarLoaded, y.ID, tx.Now)
	})
}

// DropCalendar takes back what waits; by any operator. A year that never was in force goes with it.
func (s *Service) DropCalendar(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		y, err := calendars.Lock(tx, id)
		if err != nil {
			return err
		}
		drop := func() error {
			if err := y.confirmable(); err != nil {
				return err
			}
			y.Proposal = nil
			return nil
		}
		if err := work.Change(tx, y, version, policy.CalendarLoad, drop); err != nil || y.InForce() {
			return err
		}
		return work.Remove(tx, y, calendarDropped)
	})
}

// calendarDropped is the deed by which a year that never was in force goes.
const calendarDropped work.Deed = "calendar.drop"

// GetCalendar reads one calendar that was loaded.
func (s *Service) GetCalendar(ctx context.Context, reader policy.Actor, id uuid.UUID) (CalendarView, error) {
	return calendars.Get(ctx, s.unit, reader, id)
}

// CalendarFilter narrows a list of calendars; empty fields do not.
type CalendarFilter struct {
	Year int `query:"year" where:"year = ?"`
}

// ListCalendars lists the calendars that were loaded; they are public.
func (s *Service) ListCalendars(ctx context.Context, reader policy.Actor, f CalendarFilter, p db.Paging) (db.Page[CalendarView], error) {
	return calendars.List(ctx, s.unit, reader, f, p)
}
