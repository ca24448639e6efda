package when

// AddYears is the corresponding day so many years later, or the last day of February where that year has no 29th.
func (d Day) AddYears(n int) Day {
	y, m, day := d.midnight().Date()
	out := civil(y+n, m, day)
	if moved := out.midnight(); moved.Day() != day {
		out = out.AddDays(-moved.Day())
	}
	return out
}

// EndOfYear is the last day of the year in which d lies.
func (d Day) EndOfYear() Day { return civil(d.Year(), 12, 31) }

// AddMonths is the corresponding day so many months later, or the last day of that month where it has no such day.
func (d Day) AddMonths(n int) Day {
	to := d.Month().AddMonths(n)
	return civil(to.Year(), to.First().midnight().Month(), min(d.midnight().Day(), to.Last().midnight().Day()))
}
