package ref

import (
	"testing"
	"time"

	"jiebang/internal/when"
)

func TestTheCalendarKnowsItsYears(t *testing.T) {
	c := Calendar()
	for day, want := range map[string][2]bool{
		"2022-01-29": {true, true}, // a worked Saturday
		"2022-12-31": {false, true},
		"2023-01-01": {false, true},
		"2024-02-09": {true, true}, // the eve of the New Year 2024 was worked
		"2024-02-12": {false, true},
		"2025-10-08": {false, true},
		"2026-02-14": {true, true},
		"2026-02-16": {false, true},
		"2026-03-02": {true, true}, // a plain Monday
		"2026-03-07": {false, true},
		"2026-12-31": {true, true},
		"2027-01-04": {true, false},
		"2021-12-31": {true, false},
	} {
		if working, known := c.Working(when.MustDay(day)); working != want[0] || known != want[1] {
			t.Errorf("%s: working %v, known %v; want %v", day, working, known, want)
		}
	}
}

// A slip in a table shows in the shape of a year: the State Council never shifts a working day onto a weekday, and a year
// has 11 public holidays (13 from 2025) besides the weekends that were moved, so that 247 to 253 days are worked.
func TestEachYearHasTheShapeOfAYear(t *testing.T) {
	for _, r := range rows(holidaysTSV, 4) {
		d := when.MustDay(r[0])
		if got := d.Weekday().String()[:3]; got != r[3] {
			t.Errorf("%s is a %s, and the table says %s", d, got, r[3])
		}
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if r[1] == "work" && !weekend {
			t.Errorf("%s is worked in exchange, though no weekend", d)
		}
	}
	c := Calendar()
	for year := firstCalendarYear; year <= lastCalendarYear; year++ {
		worked := 0
		for d := when.MustDay(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)); d.Year() == year; d = d.AddDays(1) {
			if working, known := c.Working(d); !known {
				t.Fatalf("%s is not known", d)
			} else if working {
				worked++
			}
		}
		if worked < 247 || worked > 253 {
			t.Errorf("%d has %d working days", year, worked)
		}
	}
}
