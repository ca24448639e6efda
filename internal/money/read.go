package money

import (
	"fmt"
	"strings"

	"jiebang/internal/text"
)

// units are what an amount may be counted in, the longer first, with the power of ten of a yuan.
var units = []struct {
	name  string
	power int
}{
	{"亿元", 8}, {"千万元", 7}, {"百万元", 6}, {"十万元", 5}, {"万元", 4}, {"千元", 3}, {"百元", 2},
	{"亿", 8}, {"千万", 7}, {"百万", 6}, {"万", 4}, {"元", 0}, {"圆", 0},
}

// Read reads an amount of yuan as people and tables write it: digits, point and commas in any width, blanks, ¥ or 人民币 before it, 元,
// 万元 or 亿元 behind it: "１２．５ 万元" and "¥125,000.00" are 125000.00. An amount that is no whole number of fen, a sign, or a comma in
// another place than between thousands is ErrSyntax: what could be read in two ways is not guessed.
func Read(s string) (Fen, error) {
	n, power := counted(s)
	n, whole := ungrouped(n)
	if !whole {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	}
	yuan, part, point := strings.Cut(n, ".")
	switch {
	case !digits(yuan), len(yuan) > 1 && yuan[0] == '0', point && !digits(part), len(n) > 40:
		return 0, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	case power == 0 && len(part) > 2:
		return 0, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	}
	for len(part) < power+2 {
		part += "0"
	}
	if strings.Trim(part[power+2:], "0") != "" { // less than a fen
		return 0, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	}
	all := strings.TrimLeft(yuan+part[:power], "0")
	if all == "" {
		all = "0"
	}
	return Parse(all + "." + part[power:power+2])
}

// counted takes what stands before and behind the number away; the unit is a power of ten of a yuan.
func counted(s string) (n string, power int) {
	n = strings.ReplaceAll(text.Narrow(s), " ", "")
	for _, sign := range []string{"人民币", "RMB", "CNY", "¥", "￥"} {
		n = strings.TrimPrefix(n, sign)
	}
	n = strings.TrimPrefix(n, ":")
	if rest, found := strings.CutSuffix(n, "整"); found && (strings.HasSuffix(rest, "元") || strings.HasSuffix(rest, "圆")) {
		n = rest
	}
	for _, u := range units {
		if rest, found := strings.CutSuffix(n, u.name); found {
			return rest, u.power
		}
	}
	return n, 0
}

// ungrouped takes out commas between thousands; with one in another place it is not whole.
func ungrouped(n string) (string, bool) {
	yuan, part, point := strings.Cut(n, ".")
	groups := strings.Split(yuan, ",")
	for i, g := range groups[1:] {
		if len(g) != 3 || i == 0 && (groups[0] == "" || len(groups[0]) > 3) {
			return n, false
		}
	}
	n = strings.Join(groups, "")
	if point {
		n += "." + part
	}
	return n, true
}
