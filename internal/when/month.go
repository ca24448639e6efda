package when

import (
	"cmp"
	"fmt"
	"time"
)

// Month is a calendar month of a year, the period that turnover is closed by. Months compare with ==. The zero Month is
// "no month": IsZero tells it, its text is empty, and the database holds NULL for it.
type Month struct {
	n int32 // year*12 + month, January being 1
}

// ParseMonth reads "2026-01": exactly seven ASCII characters, years MinYear to MaxYear. It fails with ErrMonth.
func ParseMonth(s string) (Month, error) {
	if len(s) == 7 && s[4] == '-' {
		y, yok := number(s[:4])
		m, mok := number(s[5:])
		if yok && mok && inYears(y) && 1 <= m && m <= 12 {
			return monthOf(y, time.Month(m)), nil
		}
	}
	return Month{}, fmt.Errorf("%w: %q", ErrMonth, clip(s))
}

// IsZero reports whether m is no month.
func (m Month) IsZero() bool { return m.n == 0 }

// String writes the month as "2026-01", and no month as "".
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	y, month := m.split()
	return fmt.Sprintf("%04d-%02d", y, int(month))
}

// Year returns the year.
func (m Month) Year() int {
	y, _ := m.split()
	return y
}

// Quarter writes the quarter that the month belongs to, as "2026-Q1".
func (m Month) Quarter() string {
	y, month := m.split()
	return fmt.Sprintf("%04d-Q%d", y, (int(month)+2)/3)
}

// First returns the first day of the month.
func (m Month) First() Day {
	y, month := m.split()
	return civil(y, month, 1)
}

// Last returns the last day of the month.
func (m Month) Last() Day { return m.AddMonths(1).First().AddDays(-1) }

// AddMonths returns the month n months later, or earlier for a negative n.
func (m Month) AddMonths(n int) Month { return Month{m.n + int32(n)} }

// Compare returns -1, 0 or +1 as m lies before, is or lies after other. No month lies before all others.
func (m Month) Compare(other Month) int { return cmp.Compare(m.n, other.n) }

// Before reports whether m lies before other.
func (m Month) Before(other Month) bool { return m.n < other.n }

// After reports whether m lies after other.
func (m Month) After(other Month) bool { return m.n > other.n }

func monthOf(y int, m time.Month) Month { return Month{int32(y)*12 + int32(m)} }

func (m Month) split() (int, time.Month) {
	return int(m.n-1) / 12, time.Month((m.n-1)%12 + 1)
}
