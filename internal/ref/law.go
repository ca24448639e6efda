package ref

import (
	"strconv"
	"sync"

	lunar "github.com/6tail/lunar-go/calendar"

	"jiebang/internal/when"
)

// holidayLaw is a version of 《全国年节及纪念日放假办法》: the days that everybody has off, every year anew. The days given in place of those
// that fall on a weekend, and the weekends that are worked so that a holiday is longer, only the notice of a year tells.
type holidayLaw struct {
	from     int      // the first year that it holds for
	sun      []string // days of the sun's calendar, month and day
	moon     [][2]int // days of the moon's calendar, month and day
	eve      bool     // the last day of the moon's year
	qingming bool     // the day of the solar term 清明
}

// holidayLaws are the versions by orders 270 (1999), 513 (2007), 644 (2013) and 795 (2024) of the State Council, in ascending order.
var holidayLaws = []holidayLaw{
	{from: 2000, sun: []string{"01-01", "05-01", "05-02", "05-03", "10-01", "10-02", "10-03"}, moon: [][2]int{{1, 1}, {1, 2}, {1, 3}}},
	{from: 2008, sun: []string{"01-01", "05-01", "10-01", "10-02", "10-03"}, moon: [][2]int{{1, 1}, {1, 2}, {5, 5}, {8, 15}}, eve: true, qingming: true},
	{from: 2014, sun: []string{"01-01", "05-01", "10-01", "10-02", "10-03"}, moon: [][2]int{{1, 1}, {1, 2}, {1, 3}, {5, 5}, {8, 15}}, qingming: true},
	{from: 2025, sun: []string{"01-01", "05-01", "05-02", "10-01", "10-02", "10-03"}, moon: [][2]int{{1, 1}, {1, 2}, {1, 3}, {5, 5}, {8, 15}},
		eve: true, qingming: true},
}

// HolidayByLaw tells whether a day is a public holiday of every year by the law of its year, whatever the notice of that year says.
func HolidayByLaw(d when.Day) bool {
	if d.IsZero() {
		return false
	}
	year := d.Year()
	days, known := holidaysByLaw.Load(year)
	if !known {
		days, _ = holidaysByLaw.LoadOrStore(year, holidaysOf(year))
	}
	return days.(map[when.Day]bool)[d]
}

// holidaysByLaw remembers the days of a year once they were found: int → map[when.Day]bool.
var holidaysByLaw sync.Map

func holidaysOf(year int) map[when.Day]bool {
	days := map[when.Day]bool{}
	var law holidayLaw
	for _, l := range holidayLaws {
		if l.from <= year {
			law = l
		}
	}
	for _, day := range law.sun {
		days[when.MustDay(strconv.Itoa(year)+"-"+day)] = true
	}
	for _, day := range law.moon {
		days[dayOfSun(lunar.NewLunarFromYmd(year, day[0], day[1]).GetSolar())] = true
	}
	if law.eve {
		days[dayOfSun(lunar.NewLunarFromYmd(year, 1, 1).GetSolar()).AddDays(-1)] = true
	}
	if law.qingming {
		// The table of a year of the moon begins with the winter solstice before it, so that it has one 清明.
		days[dayOfSun(lunar.NewLunarFromYmd(year, 1, 1).GetJieQiTable()["清明"])] = true
	}
	return days
}

func dayOfSun(s *lunar.Solar) when.Day { return when.MustDay(s.ToYmd()) }
