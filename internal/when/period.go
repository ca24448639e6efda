package when

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"jiebang/internal/text"
)

// Period is a time as people write it, from its first day to its last: one day, a month, or a year.
type Period struct{ From, To Day }

var (
	years  = regexp.MustCompile(`^(\d{4})年?度?$`)
	months = regexp.MustCompile(`^(\d{4})(?:年(\d{1,2})月份?|[-/.](\d{1,2})|(\d{2}))$`)
	ofDay  = regexp.MustCompile(`^(?:(.+?日)\s*|(.+?\d)[t\s]+)(?:上午|下午)?\s*\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?分?(?:z|[+-]\d\d:?\d\d)?$`)
)

// hanDigits are the digits of dates in Chinese: 二〇二六年三月一日. The last two stand in papers for 〇.
var hanDigits = map[rune]string{'〇': "0", '零': "0", '一': "1", '二': "2", '三': "3", '四': "4", '五': "5", '六': "6", '七': "7", '八': "8", '九': "9", '○': "0", '0': "0"}

// ReadPeriod reads a day as ReadDay does, and also what says less: 2023.5, 2023年5月, 2023-05, 2026, 二〇二六年, 二〇二六年三月一日. A time of the day
// behind it is left out. What is no day of the calendar (2026-2-30), or could be read in two ways, is ErrDay.
func ReadPeriod(s string) (Period, error) {
	n := strings.ToLower(strings.TrimSpace(text.Narrow(s)))
	if m := ofDay.FindStringSubmatch(n); m != nil {
		n = m[1] + m[2]
	}
	n = strings.ReplaceAll(n, " ", "")
	n = strings.TrimRight(n, "。.前") // 2026年5月前
	n = fromHan(n)
	if day, err := ReadDay(n); err == nil {
		return Period{day, day}, nil
	}
	if m := years.FindStringSubmatch(n); m != nil {
		year, _ := strconv.Atoi(m[1])
		if inYears(year) {
			return Period{MustDay(m[1] + "-01-01"), MustDay(m[1] + "-12-31")}, nil
		}
	}
	if m := months.FindStringSubmatch(n); m != nil {
		of := m[2] + m[3] + m[4]
		if month, err := ParseMonth(m[1] + "-" + ("0" + of)[len(of)-1:]); err == nil {
			return Period{month.First(), month.Last()}, nil
		}
	}
	return Period{}, fmt.Errorf("%w: %q", ErrDay, clip(s))
}

// fromHan writes a date in Chinese digits by usual ones; anything else stays as it is.
func fromHan(s string) string {
	year, rest, found := strings.Cut(s, "年")
	if !found || strings.ContainsAny(year, "123456789") {
		return s
	}
	var out strings.Builder
	for _, c := range year {
		d, known := hanDigits[c]
		if !known {
			return s
		}
		out.WriteString(d)
	}
	out.WriteString("年")
	for _, mark := range []string{"月", "日"} {
		part, behind, found := strings.Cut(rest, mark)
		if !found {
			break
		}
		n, ok := hanNumber(part)
		if !ok {
			return s
		}
		out.WriteString(strconv.Itoa(n) + mark)
		rest = behind
	}
	return out.String() + rest
}

// hanNumber reads a number up to 39 in Chinese: 三, 十二, 二十, 三十一, 一〇, 廿一.
func hanNumber(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, true
	}
	s = strings.NewReplacer("廿", "二十", "卅", "三十").Replace(s)
	tens, ones, ten := strings.Cut(s, "十")
	digit := func(s string, otherwise int) (int, bool) {
		if s == "" {
			return otherwise, true
		}
		r := []rune(s)
		d, known := hanDigits[r[0]]
		n, _ := strconv.Atoi(d)
		return n, known && len(r) == 1
	}
	if !ten {
		n := 0
		for _, c := range s {
			d, known := hanDigits[c]
			if !known {
				return 0, false
			}
			one, _ := strconv.Atoi(d)
			n = n*10 + one
		}
		return n, s != "" && n < 40
	}
	a, okA := digit(tens, 1)
	b, okB := digit(ones, 0)
	return a*10 + b, okA && okB && a < 4
}
