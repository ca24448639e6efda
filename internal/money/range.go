package money

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"jiebang/internal/text"
)

// Span is an amount as people write it where they leave room: one amount, a range with one end or both, or none.
type Span struct {
	Kind     SpanKind
	Min, Max *Fen // Exact: both are the same
}

// SpanKind tells how much a Span says.
type SpanKind byte

// The kinds of span. Neither Open nor Unknown is 0.
const (
	Unknown SpanKind = iota // nothing is said: 待定, /, an empty cell
	Open                    // 面议: it is to be agreed
	Exact                   // one amount
	Ranged                  // one end or both
)

var (
	toAgree   = []string{"面议", "议价", "协商", "协议", "双方协商", "价格面议", "电议", "可议", "待议", "协商确定", "双方协商确定", "协议定价", "另议", "面谈", "negotiable"}
	unknowns  = []string{"", "待定", "暂无", "无", "不详", "未知", "未定", "暂未确定", "未确定", "-", "--", "—", "——", "/", "n/a", "na", "null", "tbd", "待评估", "待补充", "空"}
	forFree   = []string{"免费", "无偿", "free", "无偿转让", "免费许可"}
	fromMarks = longestFirst("以上", "及以上", "起", "起步", "+", "或以上")
	upMarks   = longestFirst("以下", "及以下", "以内", "之内", "封顶", "或以下")
	fromHeads = longestFirst("不少于", "不低于", "至少", "大于等于", "大于", "高于", "超过", "≥", ">=", ">", "最低")
	upHeads   = longestFirst("不超过", "不高于", "不多于", "至多", "最多", "小于等于", "小于", "低于", "≤", "<=", "<", "最高")
	about     = []string{"大约", "约", "左右", "上下", "预计", "估计", "暂定", "总计", "合计", "共计", "共"}
	twoEnds   = regexp.MustCompile(`^(.+?)(?:-|~|～|–|—|－|〜|∼|至|到)+(.+)$`)
	// twoNumbers are digits with a blank between them that is none between thousands.
	twoNumbers = regexp.MustCompile(`\d\s+(?:\d{1,2}|\d{4,})(?:\D|$)`)
	onlyUnit   = regexp.MustCompile(`^[0-9.,\s]+(.*)$`)
)

// ReadSpan reads an amount as people and tables write it: 50-100万元, 500万元以上, 不超过50万, 约30万元, 面议, 待定, 叁万玖仟贰佰元整. unit is that
// of the table (a column headed 资金（万元）), for amounts that name none; empty: yuan. What could be read in two ways is ErrSyntax, and so is
// another currency: the first number of a text is never taken for all of it.
func ReadSpan(s, unit string) (Span, error) {
	if twoNumbers.MatchString(text.Narrow(s)) {
		return Span{}, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	}
	n := strings.ToLower(strings.Join(strings.Fields(text.Narrow(s)), ""))
	n = strings.Trim(n, "。；;")
	for _, around := range []string{"()", "（）", "[]"} {
		open, shut := string([]rune(around)[0]), string([]rune(around)[1])
		if strings.HasPrefix(n, open) && strings.HasSuffix(n, shut) && strings.Count(n, open) == 1 {
			n = strings.TrimSuffix(strings.TrimPrefix(n, open), shut)
		}
	}
	switch {
	case slices.Contains(unknowns, n):
		return Span{}, nil
	case slices.Contains(toAgree, n):
		return Span{Kind: Open}, nil
	case slices.Contains(forFree, n):
		return exact(0), nil
	}
	for _, a := range about {
		n = strings.TrimSuffix(strings.TrimPrefix(n, a), a)
	}
	if rest, low := cutAny(n, fromHeads, strings.CutPrefix); low {
		return oneEnd(rest, unit, s, true)
	}
	if rest, high := cutAny(n, upHeads, strings.CutPrefix); high {
		return oneEnd(rest, unit, s, false)
	}
	if rest, low := cutAny(n, fromMarks, strings.CutSuffix); low {
		return oneEnd(rest, unit, s, true)
	}
	if rest, high := cutAny(n, upMarks, strings.CutSuffix); high {
		return oneEnd(rest, unit, s, false)
	}
	if f, err := amountIn(n, unit); err == nil {
		return exact(f), nil
	}
	ends := twoEnds.FindStringSubmatch(n)
	if ends == nil {
		return Span{}, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	}
	low, high := ends[1], ends[2]
	if !strings.ContainsAny(low, "元万亿圆千百十仟佰拾") { // 10-20万元: the unit of the second is the first's, too
		if u := onlyUnit.FindStringSubmatch(high); u != nil {
			low += u[1]
		}
	}
	from, errLow := amountIn(low, unit)
	to, errHigh := amountIn(high, unit)
	switch {
	case errLow != nil || errHigh != nil || from > to:
		return Span{}, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	case from == to:
		return exact(from), nil
	}
	return Span{Ranged, &from, &to}, nil
}

func exact(f Fen) Span { return Span{Exact, &f, &f} }

// longestFirst puts marks in the order in which they are tried, so that 大于等于 is not taken for 大于.
func longestFirst(marks ...string) []string {
	slices.SortStableFunc(marks, func(a, b string) int { return len(b) - len(a) })
	return marks
}

// cutAny cuts the first of marks off that is there.
func cutAny(s string, marks []string, cut func(s, mark string) (string, bool)) (string, bool) {
	for _, m := range marks {
		if rest, found := cut(s, m); found {
			return rest, true
		}
	}
	return s, false
}

func oneEnd(rest, unit, whole string, low bool) (Span, error) {
	for _, a := range about {
		rest = strings.TrimPrefix(rest, a)
	}
	rest = strings.TrimPrefix(rest, "(含)")
	f, err := amountIn(rest, unit)
	if err != nil {
		return Span{}, fmt.Errorf("%w: %q", ErrSyntax, clip(whole))
	}
	if low {
		return Span{Kind: Ranged, Min: &f}, nil
	}
	return Span{Kind: Ranged, Max: &f}, nil
}

// amountIn reads one amount; where it names no unit, it is counted in that of the table.
func amountIn(s, unit string) (Fen, error) {
	if s == "" {
		return 0, ErrSyntax
	}
	if strings.Trim(s, "0123456789.,¥￥") == "" {
		return Read(s + unit)
	}
	f, err := Read(s)
	if err == nil {
		return f, nil
	}
	if f, err = readWords(s); err != nil || unit == "" || strings.ContainsAny(s, "元圆圓角分万萬亿億") {
		return f, err
	}
	of, err := Read("1" + unit) // 叁拾 below 资金（万元）: fewer than ten thousand of them
	return f / Yuan * of, err
}

// The signs of amounts in words, capital letters and small ones.
var (
	wordDigits = map[rune]int64{
		'零': 0, '〇': 0, '○': 0, '一': 1, '壹': 1, '幺': 1, '二': 2, '贰': 2, '貳': 2, '两': 2, '三': 3, '叁': 3, '參': 3, '四': 4, '肆': 4, '五': 5, '伍': 5,
		'六': 6, '陆': 6, '陸': 6, '七': 7, '柒': 7, '八': 8, '捌': 8, '九': 9, '玖': 9,
	}
	wordTens = map[rune]int64{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}
)

// readWords reads an amount in words: 叁万玖仟贰佰元整, 三十万元, 壹佰元伍角叁分. Each sign counts: one that has no place there makes it none.
func readWords(s string) (Fen, error) {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "人民币"), ":")
	s = strings.TrimSuffix(strings.TrimSuffix(s, "整"), "正")
	yuan, parts := s, ""
	if i := strings.IndexAny(s, "元圆圓"); i >= 0 {
		yuan, parts = s[:i], s[i+len("元"):]
	} else if strings.ContainsAny(s, "角分") {
		return 0, ErrSyntax
	}
	whole, err := words(yuan)
	if err != nil {
		return 0, err
	}
	fen := int64(0)
	last := int64(100)
	for parts != "" {
		parts = strings.TrimPrefix(parts, "零")
		r := []rune(parts)
		if len(r) < 2 {
			return 0, ErrSyntax
		}
		d, known := wordDigits[r[0]]
		by := map[rune]int64{'角': 10, '分': 1}[r[1]]
		if !known || by == 0 || by >= last {
			return 0, ErrSyntax
		}
		fen, last, parts = fen+d*by, by, string(r[2:])
	}
	if whole > (1<<62)/100 {
		return 0, ErrSyntax
	}
	return Parse(fmt.Sprintf("%d.%02d", whole, fen))
}

// words reads a whole number in words.
func words(s string) (int64, error) {
	var total, section, digit int64
	lastTen, lastBig := int64(10_000), int64(1<<62)
	have, any := false, false
	for _, c := range s {
		d, isDigit := wordDigits[c]
		ten, isTen := wordTens[c]
		switch {
		case isDigit && d == 0:
			if have {
				return 0, ErrSyntax
			}
		case isDigit:
			if have {
				return 0, ErrSyntax
			}
			digit, have = d, true
		case isTen:
			if !have && (ten != 10 || section != 0 || total != 0) || ten >= lastTen {
				return 0, ErrSyntax
			}
			if !have {
				digit = 1
			}
			section, digit, have, lastTen = section+digit*ten, 0, false, ten
		case c == '万' || c == '萬' || c == '亿' || c == '億':
			big := int64(10_000)
			if c == '亿' || c == '億' {
				big = 100_000_000
			}
			section += digit
			if section == 0 || big >= lastBig {
				return 0, ErrSyntax
			}
			total, section, digit, have, lastTen, lastBig = total+section*big, 0, 0, false, 10_000, big
		default:
			return 0, ErrSyntax
		}
		any = true
	}
	if !any {
		return 0, ErrSyntax
	}
	total += section + digit
	return total, nil
}
