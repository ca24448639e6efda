package ref

import (
	_ "embed"
	"sync"

	"jiebang/internal/when"
)

//go:embed data/holidays-2022-2026.tsv
var holidaysTSV string

//go:embed data/holidays-2027.tsv
var expectedTSV string

// The years that the table of holidays covers. The State Council announces a year's holidays late in the year before.
const (
	firstCalendarYear = 2022
	lastCalendarYear  = 2026
)

// Calendar returns the working days of the years 2022 to 2026, by the State Council's notices. A due date that passes
// through any other year is provisional: there the holidays of every year by law are off (HolidayByLaw), and of 2027 what is expected,
// since its table was taken from other software and nobody has held it against the notice yet.
func Calendar() when.Calendar { return calendar() }

var calendar = sync.OnceValue(func() when.Calendar {
	var years []int
	for y := firstCalendarYear; y <= lastCalendarYear; y++ {
		years = append(years, y)
	}
	c, err := when.NewCalendar(years, append(entriesOf(holidaysTSV), entriesOf(expectedTSV)...))
	if err != nil {
		panic("ref: " + err.Error())
	}
	return c.WithLaw(HolidayByLaw)
})

func entriesOf(tsv string) []when.CalendarEntry {
	var entries []when.CalendarEntry
	for _, r := range rows(tsv, 4) {
		e := when.CalendarEntry{Day: when.MustDay(r[0])}
		switch r[1] {
		case "off":
			e.Shift = when.Off
		case "work":
			e.Shift = when.Work
		default:
			panic("ref: the calendar knows no kind " + r[1])
		}
		entries = append(entries, e)
	}
	return entries
}
