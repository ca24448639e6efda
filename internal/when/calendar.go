package when

import (
	"fmt"
	"slices"
	"time"
)

// Shift says that a day differs from what its weekday says, or confirms it: Off for a public holiday, Work for a day of
// a weekend that is worked in exchange (调休).
type Shift bool

// The two kinds of entry in a calendar.
const (
	Off  Shift = false
	Work Shift = true
)

// Calendar knows which days are working days. The zero Calendar knows no year: it counts weekends, and everything it says is
// provisional. A Calendar does not change once it is made, and may be shared.
type Calendar struct {
	years  map[int]bool
	shifts map[Day]Shift
	law    func(Day) bool
}

// CalendarEntry is one day of a calendar table.
type CalendarEntry struct {
	Day   Day
	Shift Shift
}

// NewCalendar makes a calendar from the years that have a table and the entries of those tables. The years are stated
// and not taken from the entries, because a year's table may reach into the last days of the year before. It fails when
// two entries contradict each other.
func NewCalendar(years []int, entries []CalendarEntry) (Calendar, error) {
	c := Calendar{years: make(map[int]bool, len(years)), shifts: make(map[Day]Shift, len(entries))}
	for _, y := range years {
		c.years[y] = true
	}
	for _, e := range entries {
		if old, seen := c.shifts[e.Day]; seen && old != e.Shift {
			return Calendar{}, fmt.Errorf("when: the calendar has %s both off and worked", e.Day)
		}
		c.shifts[e.Day] = e.Shift
	}
	return c, nil
}

// Working reports whether d is a working day: by its entry, and else unless it is a Saturday or Sunday or off by law. known is
// false where the year has no table, so that a holiday may still take the day away.
func (c Calendar) Working(d Day) (working, known bool) {
	known = c.years[d.Year()]
	if shift, listed := c.shifts[d]; listed {
		return shift == Work, known
	}
	if c.law != nil && c.law(d) {
		return false, known
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday, known
}

// WithLaw is the calendar with the days that are off by law in every year, whatever its notice says: where the year has no table, and where a
// table was loaded that leaves one out.
func (c Calendar) WithLaw(law func(Day) bool) Calendar {
	c.law = law
	return c
}

// With is the calendar with the table of a year put in the place of what it knew of that year.
func (c Calendar) With(year int, entries []CalendarEntry) (Calendar, error) {
	years := []int{year}
	for y := range c.years {
		years = append(years, y)
	}
	all := slices.Clone(entries)
	for day, shift := range c.shifts {
		if day.Year() != year && !slices.ContainsFunc(entries, func(e CalendarEntry) bool { return e.Day == day }) {
			all = append(all, CalendarEntry{day, shift})
		}
	}
	next, err := NewCalendar(years, all)
	return next.WithLaw(c.law), err
}

// AddWorkingDays returns the n-th working day after from. The day of from itself does not count, working or not, as in
// periods of law. provisional reports that a day passed on the way lies in a year without a table, so that the answer
// may move when the table comes. For n of 0 or less the answer is from.
func (c Calendar) AddWorkingDays(from Day, n int) (due Day, provisional bool) {
	due = from
	for n > 0 {
		due = due.AddDays(1)
		working, known := c.Working(due)
		if working {
			n--
		}
		if !known {
			provisional = true
		}
	}
	return due, provisional
}

// WorkingDays counts the working days after from until to, which counts itself: the n by which AddWorkingDays leads from the one to the other,
// where that is a working day. It is 0 where to is not later.
func (c Calendar) WorkingDays(from, to Day) (n int) {
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if working, _ := c.Working(d); working {
			n++
		}
	}
	return n
}
