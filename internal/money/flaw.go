package money

import (
	"strings"

	"jiebang/internal/fault"
)

// Wrong is what is wrong with a text that is no amount, as far as that can be told.
type Wrong int

// What people most often write.
const (
	Unread   Wrong = iota // nothing that could be told
	Negative              // with a sign, or in brackets as bookkeepers have it
	Grouped               // with commas in other places than between thousands
	TooFine               // with parts of a fen
	TooLarge              // more than is taken
)

// mostDigits are those of an amount before its point, as the API takes it.
const mostDigits = 13

// Text says it, as a part of a sentence; nothing where nothing could be told.
func (w Wrong) Text() fault.Text {
	switch w {
	case Negative:
		return fault.Text{ZH: "金额不能为负数", EN: "an amount is not negative"}
	case Grouped:
		return fault.Text{ZH: "千分位逗号的位置不对，请去掉逗号", EN: "the commas are not between thousands, leave them out"}
	case TooFine:
		return fault.Text{ZH: "金额最小到分，至多两位小数", EN: "an amount is of whole fen, two decimals at most"}
	case TooLarge:
		return fault.Text{ZH: "金额过大，不能超过 9999999999999.99 元", EN: "the amount is too large, the most is 9999999999999.99 yuan"}
	}
	return fault.Text{}
}

// Flaw tells why a text that was refused is no amount: it is asked of what Read or its caller would not take.
func Flaw(s string) Wrong {
	n, power := counted(s)
	for _, minus := range []string{"-", "−", "–", "负"} {
		if rest, found := strings.CutPrefix(n, minus); found {
			if n, _ = counted(rest); number(n) {
				return Negative
			}
		}
	}
	if inner, found := strings.CutPrefix(n, "("); found && number(strings.TrimSuffix(inner, ")")) {
		return Negative
	}
	if !number(n) {
		return Unread
	}
	whole, fits := ungrouped(n)
	yuan, part, _ := strings.Cut(whole, ".")
	switch {
	case !fits:
		return Grouped
	case len(yuan) > 1 && yuan[0] == '0':
		return Unread
	case power == 0 && len(part) > 2, len(part) > power+2 && strings.Trim(part[power+2:], "0") != "":
		return TooFine
	case len(yuan)+power > mostDigits:
		return TooLarge
	}
	return Unread
}

// number tells whether a text is digits with points and commas, begins with a digit and has no second point.
func number(n string) bool {
	return n != "" && n[0] >= '0' && n[0] <= '9' && strings.Trim(n, "0123456789.,") == "" && strings.Count(n, ".") <= 1 && !strings.HasSuffix(n, ".")
}
