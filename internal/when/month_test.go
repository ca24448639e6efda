package when

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func month(t testing.TB, s string) Month {
	t.Helper()
	m, err := ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMonth(t *testing.T) {
	for _, c := range []struct{ month, first, last, next, quarter string }{
		{"2026-01", "2026-01-01", "2026-01-31", "2026-02", "2026-Q1"},
		{"2026-03", "2026-03-01", "2026-03-31", "2026-04", "2026-Q1"},
		{"2026-04", "2026-04-01", "2026-04-30", "2026-05", "2026-Q2"},
		{"2024-02", "2024-02-01", "2024-02-29", "2024-03", "2024-Q1"},
		{"2023-02", "2023-02-01", "2023-02-28", "2023-03", "2023-Q1"},
		{"1900-01", "1900-01-01", "1900-01-31", "1900-02", "1900-Q1"},
		{"2026-09", "2026-09-01", "2026-09-30", "2026-10", "2026-Q3"},
		{"2026-12", "2026-12-01", "2026-12-31", "2027-01", "2026-Q4"},
	} {
		m := month(t, c.month)
		got := []string{m.String(), m.First().String(), m.Last().String(), m.AddMonths(1).String(), m.Quarter()}
		for i, want := range []string{c.month, c.first, c.last, c.next, c.quarter} {
			if got[i] != want {
				t.Errorf("%s: got %v, want %q in place %d", c.month, got, want, i)
			}
		}
		if m.First().Month() != m || m.Last().Month() != m || m.Last().AddDays(1).Month() != m.AddMonths(1) {
			t.Errorf("%s does not hold its first and last day", c.month)
		}
	}
}

func TestParseMonthRefuses(t *testing.T) {
	for _, bad := range []string{
		"", "2026", "2026-1", "2026-00", "2026-13", "2026-1 ", "2026/01", "202601", "1899-12", "2201-01", "2026-01-01",
		"+026-01", "2026-+1", "２026-01", "2026-Q1",
	} {
		if m, err := ParseMonth(bad); !errors.Is(err, ErrMonth) || !m.IsZero() {
			t.Errorf("ParseMonth(%q) = %q, %v", bad, m, err)
		}
	}
}

func TestMonthArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t)
		m := d.Month()
		if d.Before(m.First()) || d.After(m.Last()) || m.Year() != d.Year() || m.String() != d.String()[:7] {
			t.Fatalf("%s is in %s, %s to %s", d, m, m.First(), m.Last())
		}
		n := rapid.IntRange(-2000, 2000).Draw(t, "n")
		moved := m.AddMonths(n)
		if moved.AddMonths(-n) != m || m.Before(moved) != (n > 0) || m.After(moved) != (n < 0) {
			t.Fatalf("%s + %d months = %s", m, n, moved)
		}
		if m.First().Compare(moved.First()) != m.Compare(moved) {
			t.Fatalf("%s and %s are in another order than their first days", m, moved)
		}
	})
}

func TestNoMonth(t *testing.T) {
	var none Month
	if !none.IsZero() || none.String() != "" || !none.Before(month(t, "1900-01")) {
		t.Errorf("the zero Month is %q", none)
	}
}

func FuzzParseMonth(f *testing.F) {
	for _, s := range []string{"2026-01", "2026-13", "1900-12", "2200-12", "2026-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMonth(s)
		_, dayErr := ParseDay(s + "-01") // a month is what has a first day
		if (err == nil) != (dayErr == nil) || err == nil && m.String() != s {
			t.Fatalf("ParseMonth(%q) = %s, %v; its first day: %v", s, m, err, dayErr)
		}
	})
}
