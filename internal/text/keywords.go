package text

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Keywords are keywords as they are kept: trimmed, letters and digits in their usual width, blanks inside them single, and none that
// differs from an earlier one by case, width or blanks alone. Chinese punctuation stays as it is. What is empty stays, for the caller
// to refuse.
func Keywords(in []string) []string {
	out := make([]string, 0, len(in))
	var seen []string
	for _, k := range in {
		k = strings.Join(strings.Fields(strings.Map(keywordRune, k)), " ")
		same := strings.ToLower(strings.ReplaceAll(Narrow(k), " ", ""))
		if same != "" && slices.Contains(seen, same) {
			continue
		}
		seen = append(seen, same)
		out = append(out, k)
	}
	return out
}

// keywordRune folds what is compared and leaves punctuation, which Chinese writes in full width.
func keywordRune(c rune) rune {
	if f := Fold(c); unicode.In(f, unicode.L, unicode.N, unicode.S) || f == ' ' || strings.ContainsRune("-+/%#&.@*", f) {
		return f
	}
	return c
}

// placeholders are what people type where a form wants something and they have nothing, without blanks and signs, in small letters.
var placeholders = map[string]bool{}

func init() {
	for p := range strings.FieldsSeq("无 暂无 没有 略 空 未知 不详 待定 待补充 待填写 待完善 测试 测试数据 测试成果 测试需求 测试项目 试试 示例 样例 关键词 关键字 标题 摘要 内容 某某 某某某 " +
		"test tests testing demo sample example foo bar foobar tbd tba todo na none null nil nan undefined unknown abc abcd aaa asdf asd qwe qwer qwerty " +
		"lorem loremipsum keyword keywords title abstract placeholder n/a 123 1234 12345 123456") {
		placeholders[p] = true
	}
}

// Placeholder tells whether a text stands for one that is still to be written: xxx, 无, 测试, N/A, ……, 111.
func Placeholder(s string) bool {
	var plain []rune
	for _, c := range strings.ToLower(Narrow(s)) {
		if unicode.In(c, unicode.L, unicode.N) || c == '/' {
			plain = append(plain, c)
		}
	}
	switch {
	case len(plain) == 0:
		return s != ""
	case placeholders[string(plain)]:
		return true
	case len(plain) == 1:
		return unicode.IsDigit(plain[0]) || plain[0] == 'x'
	}
	// One character again and again; digits that end in a number (测试1) are that number of a placeholder.
	if same := strings.TrimLeft(string(plain), string(plain[0])); same == "" && (plain[0] < 0x80 || len(plain) > 2) {
		return true
	}
	numbered := strings.TrimRightFunc(string(plain), unicode.IsDigit)
	return numbered != string(plain) && placeholders[numbered]
}

var (
	// locants are the numbers and letters before a group in the name of a chemical: the commas between them separate nothing.
	locants = regexp.MustCompile(`(?:\d+'*|[NOSPnospαβγ])(?:,(?:\d+'*|[NOSPnospαβγ]))+[-－]`)
	numbers = regexp.MustCompile(`\d,\d`)
)

// SplitKeywords takes a cell apart into keywords: at the strongest separator that is in it and at no other, so that a list with semicolons keeps
// its commas. A comma between digits, or in the name of a chemical (2,4-二硝基苯, N,N-二甲基), separates nothing. What is empty, or comes twice, goes.
func SplitKeywords(cell string) []string {
	cut := func(at string) []string {
		return strings.FieldsFunc(cell, func(c rune) bool { return strings.ContainsRune(at, c) })
	}
	var parts []string
	switch {
	case strings.ContainsAny(cell, ";；"):
		parts = cut(";；")
	case strings.ContainsAny(cell, "|｜"):
		parts = cut("|｜")
	case strings.ContainsAny(cell, "\n\r"):
		parts = cut("\n\r")
	case strings.ContainsRune(cell, '、'):
		parts = cut("、")
	case strings.ContainsRune(cell, '，'):
		parts = cut("，")
	default:
		const kept = "\x00" // in no text that is kept
		cell = strings.ReplaceAll(cell, kept, "")
		keep := func(m string) string { return strings.ReplaceAll(m, ",", kept) }
		held := locants.ReplaceAllStringFunc(cell, keep)
		for range 2 { // matches do not overlap: 1,2,3
			held = numbers.ReplaceAllStringFunc(held, keep)
		}
		for _, p := range strings.Split(held, ",") {
			parts = append(parts, strings.ReplaceAll(p, kept, ","))
		}
	}
	var out []string
	for _, p := range Keywords(parts) {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
