package when

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDay(t *testing.T) {
	for _, good := range []string{"1900-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "2026-01-31", "2200-12-31"} {
		if d, err := ParseDay(good); err != nil || d.String() != good || d.IsZero() {
			t.Errorf("ParseDay(%q) = %q, %v", good, d, err)
		}
	}
	for _, bad := range []string{
		"", "2026", "2026-01", "2026-1-31", "2026-01-1", "26-01-31", "2026/01/31", "20260131", "2026.01.31",
		"2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32", "2026-02-29", "1900-02-29", "2026-04-31",
		"1899-12-31", "2201-01-01", "0000-01-01", "9999-12-31",
		" 2026-01-31", "2026-01-31 ", "2026-01-31\n", "2026-01-31T00:00:00Z", "+026-01-31", "2026--1-31", "2026-+1-31",
		"２０２６-01-31", "2026年1月31日", "infinity",
	} {
		if d, err := ParseDay(bad); !errors.Is(err, ErrDay) || !d.IsZero() {
			t.Errorf("ParseDay(%q) = %q, %v", bad, d, err)
		}
	}
}

func TestMustDayPanicsOnWhatIsNoDay(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	MustDay("2026-02-30")
}

func TestTheDayOfAnInstantIsTheOneInShanghai(t *testing.T) {
	for instant, want := range map[string]string{
		"2026-03-01T15:59:59.999999Z": "2026-03-01",
		"2026-03-01T16:00:00Z":        "2026-03-02", // midnight in Shanghai
		"2026-12-31T16:00:00Z":        "2027-01-01",
		"2026-03-01T00:30:00+09:00":   "2026-02-28", // Tokyo is already a day ahead
		"1988-07-01T15:30:00Z":        "1988-07-02", // summer time was kept from 1986 to 1991
	} {
		at, err := time.Parse(time.RFC3339Nano, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at).String(); got != want {
			t.Errorf("DayOf(%s) = %s, want %s", instant, got, want)
		}
	}
}

func TestADeadlineGivenAsADayEndsWithThatDayInShanghai(t *testing.T) {
	d := MustDay("2026-03-01")
	if got := d.Start().Format(time.RFC3339); got != "2026-02-28T16:00:00Z" {
		t.Errorf("starts %s", got)
	}
	if got := d.End().Format(time.RFC3339); got != "2026-03-01T16:00:00Z" {
		t.Errorf("ends %s", got)
	}
	if DayOf(d.End().Add(-time.Microsecond)) != d {
		t.Error("the last microsecond does not belong to the day")
	}
	if DayOf(d.End()) != d.AddDays(1) {
		t.Error("the end belongs to the day")
	}
}

// Every day of the range, with the skipped and doubled midnights of 1919 and the 1940s, and the change from local time in 1901.
func TestEachDayStartsWhereTheOneBeforeEnds(t *testing.T) {
	last := MustDay("2200-12-31")
	for d := MustDay("1900-01-01"); !d.After(last); d = d.AddDays(1) {
		start := d.Start()
		if DayOf(start) != d || DayOf(start.Add(-time.Nanosecond)) != d.AddDays(-1) {
			t.Fatalf("%s starts at %s, which is %s, after %s", d, start, DayOf(start), DayOf(start.Add(-time.Nanosecond)))
		}
	}
}

func TestDayArithmeticAgreesWithGoTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t)
		n := rapid.IntRange(-30_000, 30_000).Draw(t, "n")
		at, err := time.Parse(time.DateOnly, d.String())
		if err != nil {
			t.Fatal(err)
		}
		moved := d.AddDays(n)
		if want := at.AddDate(0, 0, n).Format(time.DateOnly); moved.String() != want {
			t.Fatalf("%s + %d days = %s, want %s", d, n, moved, want)
		}
		if moved.AddDays(-n) != d {
			t.Fatalf("%s + %d - %d days = %s", d, n, n, moved.AddDays(-n))
		}
		if d.Year() != at.Year() || d.Weekday() != at.Weekday() {
			t.Fatalf("%s has year %d, weekday %s", d, d.Year(), d.Weekday())
		}
		if d.Before(moved) != (n > 0) || d.After(moved) != (n < 0) || (d == moved) != (n == 0) {
			t.Fatalf("%s and %s are out of order", d, moved)
		}
		if c := d.Compare(moved); c != -moved.Compare(d) || (c < 0) != d.Before(moved) || (c > 0) != d.After(moved) {
			t.Fatalf("Compare(%s, %s) = %d", d, moved, c)
		}
	})
}

func TestInstantsKeepTheirOrderAsDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := time.UnixMicro(rapid.Int64Range(-2_200_000_000_000_000, 7_200_000_000_000_000).Draw(t, "a"))
		b := time.UnixMicro(rapid.Int64Range(-2_200_000_000_000_000, 7_200_000_000_000_000).Draw(t, "b"))
		if a.Before(b) && DayOf(b).Before(DayOf(a)) {
			t.Fatalf("%s is before %s, but %s is after %s", a, b, DayOf(a), DayOf(b))
		}
		d := DayOf(a)
		if a.Before(d.Start()) || !a.Before(d.End()) {
			t.Fatalf("%s is not between %s and %s", a, d.Start(), d.End())
		}
	})
}

func TestNoDayIsBeforeAllOthers(t *testing.T) {
	var none Day
	if !none.IsZero() || none.String() != "" || !none.Month().IsZero() || !none.Before(MustDay("1900-01-01")) {
		t.Errorf("the zero Day is %q in %q", none, none.Month())
	}
}

func TestSystemIsInUTCAndCutToMicroseconds(t *testing.T) {
	var clock Clock = System
	now := clock()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 || time.Since(now).Abs() > time.Minute {
		t.Errorf("System() = %v", now)
	}
	if now != now.Round(0) {
		t.Error("the instant still carries a monotonic reading, which == would compare")
	}
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2026-01-31", "2024-02-29", "2023-02-29", "1899-12-31", "2026-1-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDay(s)
		reference, refErr := time.Parse(time.DateOnly, s)
		want := refErr == nil && reference.Year() >= MinYear && reference.Year() <= MaxYear
		if (err == nil) != want {
			t.Fatalf("ParseDay(%q) = %s, %v; the standard library: %v, %v", s, d, err, reference, refErr)
		}
		if err == nil && d.String() != s {
			t.Fatalf("ParseDay(%q) = %s", s, d)
		}
	})
}

func drawDay(t *rapid.T) Day {
	first, last := MustDay("1900-01-01"), MustDay("2200-12-31")
	return Day{rapid.Int32Range(first.n, last.n).Draw(t, "day")}
}
