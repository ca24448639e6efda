package ref

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

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
}

// CalendarDay is a day that is not what its weekday says.
type CalendarDay struct {
	Day  when.Day
	Work bool // worked, though it is of a weekend; otherwise off
}

func (CalendarYear) TableName() string    { return "calendar_years" }
func (*CalendarYear) Noun() string        { return "calendar" }
func (*CalendarYear) Facts() policy.Facts { return policy.Facts{Public: true} }
func (y *CalendarYear) String() string    { return strconv.Itoa(y.Year) }

// CalendarLoaded is the job that follows from a calendar that was loaded: what was reckoned without it is reckoned again.
const CalendarLoaded jobs.Kind = "calendar.loaded"

// CalendarIn is the calendar as this database has it: the built-in years and those that were loaded.
func CalendarIn(q *gorm.DB) (when.Calendar, error) {
	var loaded []CalendarYear
	if err := q.Order("year").Find(&loaded).Error; err != nil {
		return when.Calendar{}, err
	}
	c := Calendar()
	for _, y := range loaded {
		var err error
		if c, err = c.With(y.Year, y.entries()); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (y *CalendarYear) entries() []when.CalendarEntry {
	out := make([]when.CalendarEntry, len(y.Days))
	for i, d := range y.Days {
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
		off = off || !d.Work && d.Day.Year() == in.Year && d.Day.String()[5:] == "01-01"
	}
	bad.Check(off, "/days", fault.Required, "元旦（1 月 1 日）须列为放假", "New Year's Day must be among the days off")
	return bad.Err()
}

// calendars is how calendars are read and written.
var calendars = work.Records[CalendarYear, *CalendarYear, CalendarView]{
	Read: policy.CalendarRead, Columns: work.Columns{string(policy.Public): "TRUE"},
	Acts: []work.Act[*CalendarYear, CalendarView]{{Operation: "replaceCalendar", Action: policy.CalendarLoad}},
	Show: func(_ *gorm.DB, _ policy.Actor, rows []CalendarYear) ([]CalendarView, error) {
		out := make([]CalendarView, len(rows))
		for i, r := range rows {
			out[i] = CalendarView{CalendarYear: r}
		}
		return out, nil
	},
}

type (
	// CalendarView is a calendar as everybody sees it.
	CalendarView struct {
		CalendarYear
		work.Acts
	}
	// CalendarAnswer is the outcome of loading one.
	CalendarAnswer = work.Answer[CalendarView]
	// Service runs the use cases about reference data.
	Service struct{ unit *work.Unit }
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// LoadCalendar takes over the table of a year; by an operator. What was reckoned without it is reckoned again in the background.
func (s *Service) LoadCalendar(ctx context.Context, call work.Call, in CalendarInput) (CalendarAnswer, error) {
	return calendars.Do(ctx, s.unit, call, func(tx *work.Tx) (*CalendarYear, error) {
		if err := policy.Check(call.Actor, policy.CalendarLoad, policy.Facts{Public: true}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		y := &CalendarYear{Head: tx.NewHead(), Year: in.Year, Source: in.Source, Days: in.Days, LoadedBy: call.Actor.Account}
		err := work.Insert(tx, work.Did(policy.CalendarLoad), y)
		if db.Duplicate(err) {
			return nil, fault.CalendarLoaded.New()
		} else if err != nil {
			return nil, err
		}
		return y, s.follow(tx, y)
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
		y.Source, y.Days, y.LoadedBy = in.Source, in.Days, call.Actor.Account
		return s.follow(tx, y)
	})
}

// follow has everything that the calendar bears on reckoned again.
func (s *Service) follow(tx *work.Tx, y *CalendarYear) error {
	if _, err := CalendarIn(tx.DB); err != nil { // it must not contradict the years beside it
		return fault.InvalidInput.At("/days", fault.Repeated, "与相邻年份的安排矛盾", "It contradicts the table of a year beside it")
	}
	return jobs.At(tx, CalendarLoaded, y.ID, tx.Now)
}

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
