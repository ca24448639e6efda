package when

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"jiebang/internal/fault"
)

// The years that a day or month read from outside may have. Anything else is a slip of the pen or a wrong format.
const (
	MinYear = 1900
	MaxYear = 2200
)

var (
	// ErrDay means that a text or database value is not a day: "YYYY-MM-DD", a day that exists, MinYear to MaxYear.
	ErrDay = errors.New("when: not a day")
	// ErrMonth means that a text or database value is not a month: "YYYY-MM", MinYear to MaxYear.
	ErrMonth = errors.New("when: not a month")
)

// Day is a civil date. Days compare with ==, and may be map keys. The zero Day is "no day": IsZero tells it, its text is
// empty, and the database holds NULL for it.
type Day struct {
	n int32 // days counted so that 0001-01-01 is 1
}

// epoch is 1970-01-01 in the count of Day.n.
const epoch = 719_163

const secondsOfDay = 24 * 60 * 60

// DayOf returns the day that an instant falls in, in Shanghai.
func DayOf(t time.Time) Day { return civil(t.In(Shanghai).Date()) }

// ParseDay reads "2026-01-31": exactly ten ASCII characters, a day that exists, years MinYear to MaxYear. It fails with
// ErrDay.
func ParseDay(s string) (Day, error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		y, yok := number(s[:4])
		m, mok := number(s[5:7])
		d, dok := number(s[8:])
		if yok && mok && dok {
			if day := civil(y, time.Month(m), d); day.String() == s && inYears(y) {
				return day, nil
			}
		}
	}
	return Day{}, fmt.Errorf("%w: %q", ErrDay, clip(s))
}

// MustDay is ParseDay for days written in the source, and panics on anything else.
func MustDay(s string) Day {
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d.n == 0 }

// String writes the day as "2026-01-31", and no day as "".
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(time.DateOnly)
}

// AddDays returns the day n days later, or earlier for a negative n.
func (d Day) AddDays(n int) Day { return Day{d.n + int32(n)} }

// Since is how many days lie between another day and this one: 1 from yesterday to today.
func (d Day) Since(other Day) int { return int(d.n - other.n) }

// Compare returns -1, 0 or +1 as d lies before, on or after other. No day lies before all others.
func (d Day) Compare(other Day) int { return cmp.Compare(d.n, other.n) }

// Before reports whether d lies before other.
func (d Day) Before(other Day) bool { return d.n < other.n }

// After reports whether d lies after other.
func (d Day) After(other Day) bool { return d.n > other.n }

// Within tells whether d is one of the days from a first to a last one, both included; no last day means that they go on.
func (d Day) Within(from, to Day) bool { return !d.Before(from) && (to.IsZero() || !d.After(to)) }

// Year returns the year.
func (d Day) Year() int { return d.midnight().Year() }

// Month returns the month that the day belongs to, and no month for no day.
func (d Day) Month() Month {
	if d.IsZero() {
		return Month{}
	}
	y, m, _ := d.midnight().Date()
	return monthOf(y, m)
}

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.midnight().Weekday() }

// Start returns the first instant of the day in Shanghai, in UTC.
func (d Day) Start() time.Time {
	y, m, day := d.midnight().Date()
	// Some summer times of the 1940s began or ended at midnight, so that 00:00 was skipped or came twice. Go promises no
	// more than one of two answers then; that it gives the right one is held by a test over every day.
	return time.Date(y, m, day, 0, 0, 0, 0, Shanghai).UTC()
}

// End returns the instant at which the day is over in Shanghai, in UTC: the start of the next day, which is no longer
// part of this one. What is due on the day is in time before End.
func (d Day) End() time.Time { return d.AddDays(1).Start() }

// midnight is the day as Go's calendar arithmetic takes it. It is not an instant of the day: Start is.
func (d Day) midnight() time.Time { return time.Unix((int64(d.n)-epoch)*secondsOfDay, 0).UTC() }

func civil(y int, m time.Month, d int) Day {
	return Day{int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/secondsOfDay + epoch)}
}

func inYears(y int) bool { return MinYear <= y && y <= MaxYear }

// number reads ASCII digits only; the standard library would take a sign.
func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// clip keeps a hostile input from filling an error message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// NotAhead refuses a day that has not come, where something is said to have been by it: what was done, what was counted. A day that was left
// out is none.
func NotAhead(bad *fault.Fields, on, today Day, pointer string) {
	bad.Check(!on.After(today), pointer, fault.OutOfRange, "%[1]s 尚未到来，至多为今天 %[2]s", "The day %[1]s has not come; the last that can be given is today, %[2]s", on, today)
}

// YearNotAhead is NotAhead of a year of which figures are asked; 0 stands for none.
func YearNotAhead(bad *fault.Fields, year int, today Day, pointer string) {
	bad.Check(year <= today.Year(), pointer, fault.OutOfRange, "%[1]d 年尚未到来，至多为今年 %[2]d 年", "The year %[1]d has not come; the last that can be given is this one, %[2]d", year, today.Year())
}
