package notices

import (
	"jiebang/internal/fault"
	"jiebang/internal/when"
)

// Unit is what a period is counted in.
type Unit string

// The units.
const (
	CalendarDays Unit = "calendar_days"
	WorkingDays  Unit = "working_days"
)

// LastOff says what becomes of a period whose last day is no working day.
type LastOff string

// What may become of it.
const (
	NextWorkingDay LastOff = "next_working_day" // it ends with the next one, as the law has it where nothing is said
	Stays          LastOff = "stays"
)

// Period is how long a notice is public.
type Period struct {
	Length       int
	Unit         Unit
	DayOneCounts bool // the day of publication is the first of them; otherwise the day after
	LastOff      LastOff
}

// Lawful is a period of calendar days as the Civil Code has it where nothing is said: the day on which it begins does not count (Article
// 201), and a last day that is off gives way to the working day behind it (Article 203).
func Lawful(days int) Period {
	return Period{Length: days, Unit: CalendarDays, LastOff: NextWorkingDay}
}

// Longest is how many days a period may have.
const Longest = 120

// Last reckons the last day of a period that begins with a publication.
func (p Period) Last(published when.Day, calendar when.Calendar) when.Day {
	from := published // the day before the first that counts
	if p.DayOneCounts {
		from = published.AddDays(-1)
	}
	if p.Unit == WorkingDays {
		last, _ := calendar.AddWorkingDays(from, p.Length)
		return last
	}
	last := from.AddDays(p.Length)
	if working, _ := calendar.Working(last); !working && p.LastOff == NextWorkingDay {
		last, _ = calendar.AddWorkingDays(last, 1)
	}
	return last
}

func (p Period) check(bad *fault.Fields) {
	p.CheckAt(bad, "/period/length", "/period/unit", "/period/last_off")
}

// CheckAt refuses a period that cannot be counted, at the places where its parts stand.
func (p Period) CheckAt(bad *fault.Fields, length, unit, lastOff string) {
	bad.Check(p.Length >= 1 && p.Length <= Longest, length, fault.OutOfRange, "公示期为 1 至 %[1]d 日", "A period has 1 to %[1]d days", Longest)
	fault.Offered(bad, p.Unit, unit, []Unit{CalendarDays, WorkingDays})
	fault.Offered(bad, p.LastOff, lastOff, []LastOff{NextWorkingDay, Stays})
}

// Check refuses a period that cannot be counted, at the place of its parent.
func (p Period) Check() error {
	var bad fault.Fields
	p.check(&bad)
	return bad.Err()
}

// Text says how the days are counted.
func (p Period) Text() fault.Text {
	unit := fault.Text{ZH: "个自然日", EN: "calendar days"}
	if p.Unit == WorkingDays {
		unit = fault.Text{ZH: "个工作日", EN: "working days"}
	}
	start := fault.Text{ZH: "发布次日起算", EN: "counted from the day after publication"}
	if p.DayOneCounts {
		start = fault.Text{ZH: "发布当日计入", EN: "the day of publication included"}
	}
	end := fault.Text{}
	if p.Unit == CalendarDays {
		end = fault.Text{ZH: "，末日为休息日的不顺延", EN: ", a last day that is off stays the last"}
		if p.LastOff == NextWorkingDay {
			end = fault.Text{ZH: "，末日为休息日的顺延至下一工作日", EN: ", a last day that is off gives way to the next working day"}
		}
	}
	return fault.Say("%[1]d %[2]s，%[3]s%[4]s", "%[1]d %[5]s, %[6]s%[7]s", p.Length, unit.ZH, start.ZH, end.ZH, unit.EN, start.EN, end.EN)
}
