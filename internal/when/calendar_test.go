package when

import (
	"testing"

	"pgregory.net/rapid"
)

// Two years like real ones: May Day 2026 as announced, with Saturday 9 May worked in exchange; 2027 has no table.
func mayDay(t testing.TB) Calendar {
	t.Helper()
	var entries []CalendarEntry
	for _, day := range []string{"2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05"} {
		entries = append(entries, CalendarEntry{MustDay(day), Off})
	}
	entries = append(entries, CalendarEntry{MustDay("2026-05-09"), Work})
	c, err := NewCalendar([]int{2025, 2026}, entries)
	if err != nil {
		t.Fatal(err)
	}
	return c.WithLaw(func(d Day) bool { return byLaw[d.String()[5:]] })
}

var byLaw = map[string]bool{"01-01": true, "05-01": true, "05-02": true, "10-01": true, "10-02": true, "10-03": true}

func TestAddWorkingDays(t *testing.T) {
	c := mayDay(t)
	for _, row := range []struct {
		name, from  string
		n           int
		want        string
		provisional bool
	}{
		{"the day itself does not count", "2026-04-13", 1, "2026-04-14", false}, // a Monday
		{"a weekend is passed over", "2026-04-17", 1, "2026-04-20", false},      // a Friday
		{"a period begun on a Sunday", "2026-04-19", 1, "2026-04-20", false},
		{"a holiday is passed over", "2026-04-30", 1, "2026-05-06", false},
		{"a shifted Saturday is a working day", "2026-05-08", 1, "2026-05-09", false},
		{"and the Sunday after it is not", "2026-05-09", 1, "2026-05-11", false},
		{"fifteen days over May Day", "2026-04-20", 15, "2026-05-13", false},
		{"no days", "2026-05-01", 0, "2026-05-01", false},
		{"fewer than none", "2026-05-01", -3, "2026-05-01", false},
		{"the last day that is known", "2026-12-30", 1, "2026-12-31", false},
		{"one that reaches into a year without a table: New Year is off by law", "2026-12-31", 1, "2027-01-04", true},
		{"beside that weekends alone count there", "2026-12-31", 2, "2027-01-05", true},
		{"May Day and National Day have their days by law", "2027-04-30", 1, "2027-05-03", true},
		{"three of them in October", "2027-09-30", 1, "2027-10-04", true},
		{"no days in such a year", "2027-01-01", 0, "2027-01-01", false},
		{"a period that begins in the last unknown day, with a table that has left New Year out", "2024-12-31", 1, "2025-01-02", false},
		{"a period wholly before the tables", "2024-06-03", 1, "2024-06-04", true},
	} {
		due, provisional := c.AddWorkingDays(MustDay(row.from), row.n)
		if due.String() != row.want || provisional != row.provisional {
			t.Errorf("%s: %s + %d = %s, %v; want %s, %v", row.name, row.from, row.n, due, provisional, row.want, row.provisional)
		}
	}
}

func TestWorking(t *testing.T) {
	c := mayDay(t)
	for day, want := range map[string][2]bool{
		"2026-04-30": {true, true},
		"2026-05-01": {false, true},
		"2026-05-02": {false, true},
		"2026-05-09": {true, true},
		"2026-05-10": {false, true},
		"2027-05-03": {true, false},
		"2027-05-01": {false, false},
	} {
		if working, known := c.Working(MustDay(day)); working != want[0] || known != want[1] {
			t.Errorf("%s: %v, %v; want %v", day, working, known, want)
		}
	}
}

func TestACalendarThatContradictsItselfIsRefused(t *testing.T) {
	d := MustDay("2026-05-09")
	if _, err := NewCalendar([]int{2026}, []CalendarEntry{{d, Off}, {d, Work}}); err == nil {
		t.Error("a day both off and worked was accepted")
	}
	if _, err := NewCalendar([]int{2026}, []CalendarEntry{{d, Work}, {d, Work}}); err != nil {
		t.Errorf("a day named twice alike was refused: %v", err)
	}
}

func TestAnEntryOutsideTheYearsCountsButStaysProvisional(t *testing.T) {
	c, err := NewCalendar([]int{2023}, []CalendarEntry{{MustDay("2022-12-30"), Off}})
	if err != nil {
		t.Fatal(err)
	}
	if working, known := c.Working(MustDay("2022-12-30")); working || known {
		t.Errorf("got %v, %v", working, known)
	}
}

func TestADayOffInAnUnknownYearMakesADateProvisionalToo(t *testing.T) {
	c, err := NewCalendar([]int{2023}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Saturday 31 December may yet be announced as worked.
	if due, provisional := c.AddWorkingDays(MustDay("2022-12-30"), 1); due.String() != "2023-01-02" || !provisional {
		t.Errorf("got %s, %v", due, provisional)
	}
}

func TestTheZeroCalendarCountsWeekendsProvisionally(t *testing.T) {
	var c Calendar
	if due, provisional := c.AddWorkingDays(MustDay("2026-04-17"), 6); due.String() != "2026-04-27" || !provisional {
		t.Errorf("got %s, %v", due, provisional)
	}
}

// The due date is a working day, the working days from the day after the start to it number exactly n, and adding in two
// steps is adding at once.
func TestWorkingDaysAddUp(t *testing.T) {
	c := mayDay(t)
	rapid.Check(t, func(t *rapid.T) {
		from := MustDay("2025-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, "from"))
		n, k := rapid.IntRange(1, 60).Draw(t, "n"), rapid.IntRange(1, 60).Draw(t, "k")
		due, provisional := c.AddWorkingDays(from, n)
		count, passedUnknown := 0, false
		for d := from.AddDays(1); !d.After(due); d = d.AddDays(1) {
			working, known := c.Working(d)
			if working {
				count++
			}
			passedUnknown = passedUnknown || !known
		}
		if working, _ := c.Working(due); !working || count != n || provisional != passedUnknown {
			t.Fatalf("%s + %d = %s, %v: %d working days passed", from, n, due, provisional, count)
		}
		if counted := c.WorkingDays(from, due); counted != n {
			t.Fatalf("%d working days are counted from %s to %s", counted, from, due)
		}
		stepped, p2 := c.AddWorkingDays(due, k)
		atOnce, p := c.AddWorkingDays(from, n+k)
		if stepped != atOnce || p != (provisional || p2) {
			t.Fatalf("%s + %d + %d is %s, but at once %s", from, n, k, stepped, atOnce)
		}
	})
}
