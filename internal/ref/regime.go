package ref

import (
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// Regime is a set of rules for the registration of technology contracts, in force from a day. An application falls under
// the regime of the day it was made on, and keeps it.
type Regime struct {
	Code string   // "2000", "2026": the year of its text
	From when.Day // the first day of application that it holds for

	Clock       Period // time for a decision, from acceptance; starts again when missing papers come
	ExpertClock Period // the same, when experts review the contract; zero where the regime knows no such review
	Filing      Filing

	// ExpertThreshold is the technology amount in fen from which experts review a contract; 0 means that no amount alone
	// calls for them. Use NeedsExperts.
	ExpertThreshold money.Fen
	// Provisional says that nobody has yet confirmed this row against the text in force.
	Provisional bool
	Source      string // the text the row was taken from
}

// Period is a length of time in days.
type Period struct {
	Days    int
	Working bool // counted in working days; otherwise in calendar days
}

// Due returns the last day of the period when it runs from a day, which itself does not count. provisional is true when
// the calendar lacks a year that the period passes through.
func (p Period) Due(from when.Day, calendar when.Calendar) (due when.Day, provisional bool) {
	if p.Working {
		return calendar.AddWorkingDays(from, p.Days)
	}
	return from.AddDays(p.Days), false
}

// Filing says when an application may be made.
type Filing string

const (
	// FileOnceFormed allows an application at any time after the contract was formed.
	FileOnceFormed Filing = "once_formed"
	// FileWhileValid allows an application from the day the contract takes effect to the day it expires, both included.
	FileWhileValid Filing = "while_valid"
)

// NeedsExperts reports whether a contract of this technology amount goes to experts. A disputed one does too, whatever
// its amount, where ExpertClock is not zero.
func (r Regime) NeedsExperts(technology money.Fen) bool {
	return r.ExpertThreshold > 0 && technology >= r.ExpertThreshold
}

// RegimeOn returns the regime for an application made on a day. Before the first regime (2000-02-16) there is none.
func RegimeOn(day when.Day) (Regime, bool) {
	for i := len(regimes) - 1; i >= 0; i-- {
		if !day.Before(regimes[i].From) {
			return regimes[i], true
		}
	}
	return Regime{}, false
}

// RegimeOf returns the regime with a code, which an application keeps.
func RegimeOf(code string) (Regime, bool) {
	for _, r := range regimes {
		if r.Code == code {
			return r, true
		}
	}
	return Regime{}, false
}

// regimes are in ascending order of From.
var regimes = []Regime{
	{
		Code:   "2000",
		From:   when.MustDay("2000-02-16"),
		Clock:  Period{Days: 30},
		Filing: FileOnceFormed,
		Source: "《技术合同认定登记管理办法》国科发政字〔2000〕063号, read in reprints; repealed on 2026-03-01. " +
			"Offices often promised less than its 30 days, and asked for a second review after 国科火字〔2022〕159号.",
	},
	{
		Code:            "2026",
		From:            when.MustDay("2026-03-01"),
		Clock:           Period{Days: 15, Working: true},
		ExpertClock:     Period{Days: 30, Working: true},
		Filing:          FileWhileValid,
		ExpertThreshold: 5_000_000 * money.Yuan,
		Provisional:     true,
		Source: "《技术合同认定登记管理办法》, Ministry of Industry and Information Technology, 2026-01-23, in force 2026-03-01. " +
			"Periods, filing window and threshold are those of Articles 12 and 14 of the draft of 2024-12-18; " +
			"the second review is the practice of 国科火字〔2022〕159号. To be confirmed against the final text.",
	},
}
