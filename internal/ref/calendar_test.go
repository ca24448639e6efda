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

// A slip in a table shows in the shape of a year: the State Council never shifts a working day onto a weekday, and gives as many
// weekdays off as the law has holidays besides the weekends that are worked for them: 11, since 2025 13, less the one by which
// 中秋 and National Day fall together.
func TestEachYearHasTheShapeOfAYear(t *testing.T) {
	for _, r := range append(rows(holidaysTSV, 4), rows(expectedTSV, 4)...) {
		d := when.MustDay(r[0])
		if got := d.Weekday().String()[:3]; got != r[3] {
			t.Errorf("%s is a %s, and the table says %s", d, got, r[3])
		}
		if r[1] == "work" && !weekend(d) {
			t.Errorf("%s is worked in exchange, though no weekend", d)
		}
	}
	c := Calendar()
	for year := firstCalendarYear; year <= lastCalendarYear+1; year++ {
		given, byLaw := 0, 0
		for d := when.MustDay(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)); d.Year() == year; d = d.AddDays(1) {
			working, known := c.Working(d)
			if known != (year <= lastCalendarYear) {
				t.Fatalf("%s: known %v", d, known)
			}
			switch {
			case !working && !weekend(d):
				given++
			case working && weekend(d):
				given--
			}
			if HolidayByLaw(d) {
				if byLaw++; working {
					t.Errorf("%s is a holiday by law, and the table has it worked", d)
				}
			}
		}
		want := 11
		if year >= 2025 {
			want = 13
		}
		if given != want || byLaw != want {
			t.Errorf("%d gives %d days off besides weekends, and the law has %d; want %d", year, given, byLaw, want)
		}
	}
}

func weekend(d when.Day) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

func TestWhatTheLawHasOff(t *testing.T) {
	for day, want := range map[string]bool{
		"2027-01-01": true, "2027-01-02": false,
		"2027-02-05": true, "2027-02-08": true, "2027-02-09": false, // from the eve to the third
		"2027-04-05": true, "2028-04-04": true, "2028-04-05": false,
		"2027-05-02": true, "2027-05-03": false,
		"2027-06-09": true, "2027-09-15": true,
		"2027-10-03": true, "2027-10-04": false,
		"2028-01-25": true, "2029-02-13": true, "2030-02-03": true,
		"2033-09-08": true,                      // 中秋 in the year in which a month too early would be the leap month
		"2034-02-18": true,                      // the eve after that leap month
		"2031-10-01": true,                      // 中秋 and National Day at once
		"2024-02-09": false, "2024-02-12": true, // the eve counts since 2025
		"2024-05-02": false,
		"2013-02-09": true, "2013-02-12": false, // and did from 2008 to 2013
		"2007-05-03": true, "2007-04-05": false,
		"1999-01-01": false, // of before nothing is known here
	} {
		if got := HolidayByLaw(when.MustDay(day)); got != want {
			t.Errorf("%s: %v", day, got)
		}
	}
	if HolidayByLaw(when.Day{}) {
		t.Error("no day is a holiday")
	}
}

// Without any table a year has its holidays by law, and whatever is reckoned through it stays provisional.
func TestAYearWithoutATableHasTheHolidaysOfTheLaw(t *testing.T) {
	c := Calendar()
	for _, row := range []struct {
		from string
		n    int
		want string
	}{
		{"2028-01-24", 1, "2028-01-31"}, // Tuesday 25 is the eve, then three days and a weekend
		{"2028-04-03", 1, "2028-04-05"},
		{"2028-12-29", 1, "2029-01-02"},
	} {
		due, provisional := c.AddWorkingDays(when.MustDay(row.from), row.n)
		if due != when.MustDay(row.want) || !provisional {
			t.Errorf("%s + %d = %s, %v; want %s", row.from, row.n, due, provisional, row.want)
		}
	}
	var bare when.Calendar
	due, provisional := bare.WithLaw(HolidayByLaw).AddWorkingDays(when.MustDay("2026-12-14"), 15)
	if due != when.MustDay("2027-01-05") || !provisional {
		t.Errorf("with no table at all: %s, %v", due, provisional)
	}
}

// What is expected of 2027 counts, and is replaced whole once the year is loaded.
func TestTheTableOfAYearTakesThePlaceOfWhatWasExpected(t *testing.T) {
	c := Calendar()
	if working, known := c.Working(when.MustDay("2027-02-14")); !working || known {
		t.Errorf("the Sunday that is expected to be worked: %v, %v", working, known)
	}
	c, err := c.With(2027, []when.CalendarEntry{{Day: when.MustDay("2027-01-01"), Shift: when.Off}, {Day: when.MustDay("2027-01-04"), Shift: when.Off}})
	if err != nil {
		t.Fatal(err)
	}
	// A day that is off by law stays so where the table has left it out.
	for day, want := range map[string]bool{"2027-02-14": false, "2027-01-04": false, "2027-05-04": true, "2027-10-01": false, "2027-02-08": false} {
		if working, known := c.Working(when.MustDay(day)); working != want || !known {
			t.Errorf("%s: %v, %v", day, working, known)
		}
	}
	if working, known := c.Working(when.MustDay("2028-01-26")); working || known {
		t.Errorf("the law is lost with the table: %v, %v", working, known)
	}
}
