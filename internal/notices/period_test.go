package notices

import (
	"testing"

	"pgregory.net/rapid"

	"jiebang/internal/ref"
	"jiebang/internal/when"
)

func TestTheLastDayOfAPeriod(t *testing.T) {
	day := when.MustDay
	for name, c := range map[string]struct {
		period    Period
		published string
		last      string
	}{
		// Shenyang, 13 March 2023, a Monday, "within seven days from this day": the 19th is a Sunday.
		"seven days, day one counted, last off moves": {Period{7, CalendarDays, true, NextWorkingDay}, "2023-03-13", "2023-03-20"},
		"seven days, day one not counted":             {Lawful(7), "2023-03-13", "2023-03-20"},
		"seven days, day one counted, last off stays": {Period{7, CalendarDays, true, Stays}, "2023-03-13", "2023-03-19"},
		"five working days, day one counted":          {Period{5, WorkingDays, true, Stays}, "2023-03-13", "2023-03-17"},
		"five working days, day one not counted":      {Period{5, WorkingDays, false, Stays}, "2023-03-13", "2023-03-20"},
		"published on a Saturday, day one counted":    {Period{1, WorkingDays, true, Stays}, "2023-03-18", "2023-03-20"},
		"one day, its own":                            {Period{1, CalendarDays, true, Stays}, "2023-03-13", "2023-03-13"},
		// National Day of 2026: 1 to 7 October are off, Saturday the 10th is worked.
		"ends within a holiday":             {Lawful(7), "2026-09-26", "2026-10-08"},
		"ends on a Saturday that is worked": {Lawful(7), "2026-10-03", "2026-10-10"},
		"working days over a holiday":       {Period{3, WorkingDays, false, NextWorkingDay}, "2026-09-30", "2026-10-10"},
	} {
		if got := c.period.Last(day(c.published), ref.Calendar()); got != day(c.last) {
			t.Errorf("%s: %s, want %s", name, got, c.last)
		}
	}
}

func TestAPeriodIsAtLeastAsLongAsItSays(t *testing.T) {
	calendar := ref.Calendar()
	rapid.Check(t, func(t *rapid.T) {
		p := Period{
			Length: rapid.IntRange(1, 60).Draw(t, "length"), Unit: rapid.SampledFrom([]Unit{CalendarDays, WorkingDays}).Draw(t, "unit"),
			DayOneCounts: rapid.Bool().Draw(t, "day one"), LastOff: rapid.SampledFrom([]LastOff{NextWorkingDay, Stays}).Draw(t, "last off"),
		}
		published := when.MustDay("2024-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, "published"))
		last := p.Last(published, calendar)
		days := last.Since(published)
		if p.DayOneCounts {
			days++
		}
		working, _ := calendar.Working(last)
		switch {
		case days < p.Length:
			t.Fatalf("%d days only", days)
		case p.Unit == CalendarDays && p.LastOff == Stays && days != p.Length:
			t.Fatalf("%d days", days)
		case (p.Unit == WorkingDays || p.LastOff == NextWorkingDay) && !working:
			t.Fatalf("it ends on %s, which is off", last)
		}
		longer := p
		longer.Length++
		if longer.Last(published, calendar).Before(last) {
			t.Fatal("a longer period ends earlier")
		}
	})
}
