package ref

import (
	"testing"

	"jiebang/internal/money"
	"jiebang/internal/when"
)

func TestTheRegimeGoesByTheDayOfApplication(t *testing.T) {
	for day, want := range map[string]string{
		"1999-12-31": "",
		"2000-02-15": "",
		"2000-02-16": "2000",
		"2026-02-28": "2000",
		"2026-03-01": "2026",
		"2030-01-01": "2026",
	} {
		r, ok := RegimeOn(when.MustDay(day))
		if r.Code != want || ok != (want != "") {
			t.Errorf("on %s: %q, %v; want %q", day, r.Code, ok, want)
		}
	}
	if r, ok := RegimeOn(when.Day{}); ok {
		t.Errorf("on no day: %+v", r)
	}
}

func TestRegimesAreInOrderAndNameTheirText(t *testing.T) {
	for i, r := range regimes {
		if i > 0 && !regimes[i-1].From.Before(r.From) {
			t.Errorf("%s is out of order", r.Code)
		}
		if r.Source == "" || r.Clock.Days <= 0 || r.Filing == "" {
			t.Errorf("%+v", r)
		}
		if (r.ExpertThreshold > 0) != (r.ExpertClock.Days > 0) {
			t.Errorf("%s has a threshold for experts or a clock for them, but not both", r.Code)
		}
	}
}

func TestADecisionIsDueByTheClockOfItsRegime(t *testing.T) {
	old, _ := RegimeOn(when.MustDay("2026-02-28"))
	now, _ := RegimeOn(when.MustDay("2026-03-01"))
	for _, c := range []struct {
		name, accepted string
		period         Period
		want           string
		provisional    bool
	}{
		{"30 calendar days, holidays or not", "2025-09-20", old.Clock, "2025-10-20", false},
		{"calendar days need no table", "2015-09-20", old.Clock, "2015-10-20", false},
		{"15 working days of March", "2026-03-02", now.Clock, "2026-03-23", false},
		{"over May Day, with 9 May worked", "2026-04-20", now.Clock, "2026-05-13", false},
		{"over the National Day, with 10 October worked", "2026-09-24", now.Clock, "2026-10-22", false},
		{"30 working days for experts", "2026-03-02", now.ExpertClock, "2026-04-14", false},
		{"over the National Day from before 中秋", "2026-09-18", now.Clock, "2026-10-15", false},
		{"and again from the day on which the papers are complete", "2026-09-28", now.Clock, "2026-10-23", false},
		{"experts from that day", "2026-09-28", now.ExpertClock, "2026-11-13", false},
		{"into a year whose table nobody has confirmed", "2026-12-14", now.Clock, "2027-01-05", true},
		{"a week later", "2026-12-21", now.Clock, "2027-01-12", true},
	} {
		due, provisional := c.period.Due(when.MustDay(c.accepted), Calendar())
		if due.String() != c.want || provisional != c.provisional {
			t.Errorf("%s: due %s, %v; want %s, %v", c.name, due, provisional, c.want, c.provisional)
		}
	}
}

func TestLargeContractsGoToExpertsSince2026(t *testing.T) {
	for _, c := range []struct {
		day    string
		amount money.Fen
		want   bool
	}{
		{"2026-03-01", 499_999_999, false},
		{"2026-03-01", 500_000_000, true}, // five million yuan
		{"2026-03-01", 0, false},
		{"2026-02-28", money.Max, false},
	} {
		r, _ := RegimeOn(when.MustDay(c.day))
		if got := r.NeedsExperts(c.amount); got != c.want {
			t.Errorf("on %s: %s yuan: %v", c.day, c.amount, got)
		}
	}
}
