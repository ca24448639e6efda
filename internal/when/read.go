package when

import (
	"fmt"
	"strings"

	"jiebang/internal/text"
)

// ReadDay reads a day as people and tables write it, the year first: 2026-03-01, 2026/3/1, 2026.3.1, 2026年3月1日, 20260301, in any width
// and with blanks, and with the midnight that a spreadsheet puts behind it. A day that could be read in two ways, such as 3/1/2026, is
// ErrDay.
func ReadDay(s string) (Day, error) {
	n := text.Narrow(s)
	for _, midnight := range []string{" 00:00:00", " 0:00:00", " 00:00", " 0:00"} {
		n = strings.TrimSuffix(n, midnight)
	}
	n = strings.ReplaceAll(n, " ", "")
	if rest, chinese := strings.CutSuffix(n, "日"); chinese || strings.Contains(n, "年") {
		n = strings.NewReplacer("年", "-", "月", "-").Replace(rest)
	}
	if len(n) == 8 {
		if _, all := number(n); all {
			n = n[:4] + "-" + n[4:6] + "-" + n[6:]
		}
	}
	var parts []string
	for _, between := range []string{"-", "/", "."} {
		if parts = strings.Split(n, between); len(parts) == 3 {
			break
		}
	}
	if len(parts) != 3 || len(parts[0]) != 4 || len(parts[1]) < 1 || len(parts[1]) > 2 || len(parts[2]) < 1 || len(parts[2]) > 2 {
		return Day{}, fmt.Errorf("%w: %q", ErrDay, clip(s))
	}
	return ParseDay(parts[0] + "-" + ("0" + parts[1])[len(parts[1])-1:] + "-" + ("0" + parts[2])[len(parts[2])-1:])
}
