package exchange

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/tables"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// column is one column of a kind: what it is called, and how a cell of it is read into a record and written from one. C is what is written of
// the record, O what goes live at once, V what a reader sees.
type column[C, O, V any] struct {
	Field
	read  func(cell *reading) func(c *C, o *O)
	write func(v *V, names naming) string
}

// Field is what a column is called and takes.
type Field struct {
	Name     string // in the API and in JSON Lines
	Heading  string // in templates and exports
	Also     []string
	Required bool
	Amount   bool // cells hold an amount, so that the heading may name its unit
	List     bool // in JSON Lines it may be an array
	Numeric  bool // in JSON Lines it may be a number
	Hint     string
	Example  string
	Options  []string // what there is to choose from
}

// reading is one cell as it is read, and what is wrong with it.
type reading struct {
	cell    tables.Cell
	pointer string
	unit    string // of amounts that name none
	serial  func(number string) (string, bool)
	names   naming
	bad     *fault.Fields
}

// naming are the names of what stands in tables of the database.
type naming struct {
	chains map[string]string // the code by the name or the code
	called map[string]string // the name by the code
}

// refuse says that the cell is wrong.
func (r *reading) refuse(place fault.Place, zh, en string, args ...any) {
	r.bad.Check(false, r.pointer, place, zh, en, args...)
}

// text reads a cell as the edge reads a text.
func (r *reading) text(class text.Class) string {
	if r.cell.Kind == tables.Broken {
		r.refuse(fault.WrongType, "单元格有错误：%[1]s。", "The cell holds an error: %[1]s.", r.cell.Text)
		return ""
	}
	s := r.cell.Text
	text.Into(r.bad, &s, r.pointer, class)
	return s
}

// exactText is text of a cell whose digits all count. A spreadsheet keeps fifteen digits of a number: of a longer one the rest is lost.
func (r *reading) exactText(class text.Class) string {
	if r.cell.Kind == tables.Number && len(strings.Trim(r.cell.Text, "-.0")) > 0 && len(strings.TrimLeft(strings.Split(r.cell.Text, ".")[0], "-")) > 15 {
		r.refuse(fault.BadFormat, "此列被存成了数字，第 15 位以后的数字已经丢失；请把该列设为“文本”格式后重新填写。", "It was stored as a number, and the digits behind the fifteenth are lost: make the column text and enter it anew.")
		return ""
	}
	if r.cell.Kind == tables.Number && strings.ContainsAny(r.cell.Text, "eE") {
		r.refuse(fault.BadFormat, "此项被写成了科学记数的数字，原来的数字可能已经丢失；请写成字符串，填写完整编号。", "It was written as a number with an exponent, and digits may be lost: write a string, with the whole number.")
		return ""
	}
	if exponent.MatchString(strings.TrimSpace(r.cell.Text)) { // as a spreadsheet saves a long number as text
		r.refuse(fault.BadFormat, "“%[1]s”是科学记数，原来的数字已经丢失；请把该列设为“文本”格式后重新导出。", "“%[1]s” is a number with an exponent, and digits are lost: make the column text and export it anew.", r.cell.Text)
		return ""
	}
	return r.text(class)
}

var exponent = regexp.MustCompile(`^[0-9](\.[0-9]+)?[eE]\+?[0-9]+$`)

func textColumn[C, O, V any](f Field, class text.Class, in func(*C) *string, out func(*V) string) column[C, O, V] {
	return column[C, O, V]{f, func(r *reading) func(*C, *O) {
		s := r.text(class)
		return func(c *C, _ *O) { *in(c) = s }
	}, func(v *V, _ naming) string { return out(v) }}
}

// list reads a list of texts: a JSON array, or one text with marks between them.
func (r *reading) list(split func(string) []string) []string {
	s := r.text(text.Long)
	if strings.HasPrefix(s, "[") {
		var out []string
		if json.Unmarshal([]byte(s), &out) == nil {
			for i := range out {
				text.Into(r.bad, &out[i], fmt.Sprintf("%s/%d", r.pointer, i), text.Line)
			}
			return out
		}
	}
	return split(s)
}

// joined writes a list so that it is read again as the same: with semicolons between, or, where one holds such a mark, as a JSON array.
func joined(list []string, split func(string) []string) string {
	s := strings.Join(list, "；")
	if len(list) == 0 || slices.Equal(split(s), list) && !strings.HasPrefix(s, "[") {
		return s
	}
	b, err := json.Marshal(list)
	if err != nil {
		return s
	}
	return string(b)
}

func listColumn[C, O, V any](f Field, in func(*C) *[]string, out func(*V) []string) column[C, O, V] {
	return splitColumn[C, O, V](f, text.SplitKeywords, in, out)
}

// sentencesColumn is a list of sentences: a comma is part of one.
func sentencesColumn[C, O, V any](f Field, in func(*C) *[]string, out func(*V) []string) column[C, O, V] {
	return splitColumn[C, O, V](f, splitSentences, in, out)
}

func splitColumn[C, O, V any](f Field, split func(string) []string, in func(*C) *[]string, out func(*V) []string) column[C, O, V] {
	f.List = true
	return column[C, O, V]{f, func(r *reading) func(*C, *O) {
		list := r.list(split)
		return func(c *C, _ *O) { *in(c) = slices.Clone(list) }
	}, func(v *V, _ naming) string { return joined(out(v), split) }}
}

// splitAt takes a text apart at any of some marks; what is blank between them is nothing.
func splitAt(marks string) func(string) []string {
	return func(s string) []string {
		var out []string
		for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(marks, r) }) {
			if one = strings.TrimSpace(one); one != "" {
				out = append(out, one)
			}
		}
		return out
	}
}

var (
	// splitSentences leaves commas, which are part of a sentence.
	splitSentences = splitAt(";；|\n")
	// splitTerms takes several of a fixed list apart: none of them holds a mark that people put between.
	splitTerms = splitAt(";；、,，|/／\n")
)

// term is one of a fixed list: its code, its name, and what people call it besides.
type term struct {
	code, name string
	also       []string
}

func namesOf(terms []term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.name
	}
	return out
}

func nameIn(terms []term, code string) string {
	for _, t := range terms {
		if t.code == code {
			return t.name
		}
	}
	return code
}

// choice is a fixed list, in which one is found by its name, its code, or what people call it.
type choice struct {
	terms []term
	by    map[string]string // the code by the code itself, or by the form of a name
}

func newChoice(terms []term) choice {
	c := choice{terms, map[string]string{}}
	for _, t := range terms {
		c.by[t.code] = t.code
		for _, name := range append([]string{t.name}, t.also...) {
			if form := codes.NameForm(name); c.by[form] == "" {
				c.by[form] = t.code
			}
		}
	}
	return c
}

// pick reads one of a fixed list.
func (r *reading) pick(c choice, typed, pointer string) string {
	if code, known := c.by[typed]; known {
		return code
	}
	if code, known := c.by[codes.NameForm(typed)]; known {
		return code
	}
	zh := make([]string, len(c.terms))
	en := make([]string, len(c.terms))
	for i, t := range c.terms {
		zh[i], en[i] = fmt.Sprintf("%s（%s）", t.name, t.code), t.code
	}
	r.bad.Check(false, pointer, fault.NotOffered, "没有“%[1]s”这一项，取值应为：%[2]s；可填多项的，以分号隔开", "There is no “%[1]s”; one of: %[3]s; where several may stand, semicolons part them", typed, strings.Join(zh, "、"), strings.Join(en, ", "))
	return typed
}

func termColumn[C, O, V any](f Field, terms []term, in func(*C, *O) *string, out func(*V) string) column[C, O, V] {
	f.Options = namesOf(terms)
	choice := newChoice(terms)
	return column[C, O, V]{f, func(r *reading) func(*C, *O) {
		s := r.text(text.Line)
		if s != "" {
			s = r.pick(choice, s, r.pointer)
		}
		return func(c *C, o *O) { *in(c, o) = s }
	}, func(v *V, _ naming) string {
		if code := out(v); code != "" {
			return nameIn(terms, code)
		}
		return ""
	}}
}

func termsColumn[C, O, V any](f Field, terms []term, in func(*C) *[]string, out func(*V) []string) column[C, O, V] {
	f.List = true
	choice := newChoice(terms)
	return column[C, O, V]{f, func(r *reading) func(*C, *O) {
		var list []string
		for i, s := range r.list(splitTerms) {
			list = append(list, r.pick(choice, s, fmt.Sprintf("%s/%d", r.pointer, i)))
		}
		return func(c *C, _ *O) { *in(c) = slices.Clone(list) }
	}, func(v *V, _ naming) string {
		var list []string
		for _, code := range out(v) {
			list = append(list, nameIn(terms, code))
		}
		return joined(list, splitTerms)
	}}
}

// chainsColumn is of industry chains, by name or code.
func chainsColumn[C, O, V any](in func(*C) *[]string, out func(*V) []string) column[C, O, V] {
	f := Field{Name: "chains", List: true, Heading: "产业链", Also: []string{"所属产业链", "重点产业链", "产业链条"}, Hint: "产业链的名称或代码，多个以分号隔开；见 /v1/industry-chains", Example: ""}
	return column[C, O, V]{f, func(r *reading) func(*C, *O) {
		var list []string
		for _, s := range r.list(text.SplitKeywords) {
			if code, known := r.names.chains[codes.NameForm(s)]; known {
				s = code
			}
			list = append(list, s)
		}
		return func(c *C, _ *O) { *in(c) = slices.Clone(list) }
	}, func(v *V, names naming) string {
		var list []string
		for _, code := range out(v) {
			if name := names.called[code]; name != "" {
				code = name
			}
			list = append(list, code)
		}
		return joined(list, text.SplitKeywords)
	}}
}

// day reads a day; of a month or a year its last is meant, since such columns say until when something holds.
func (r *reading) day() when.Day {
	typed := r.text(text.Code)
	if typed == "" || slices.Contains([]string{"长期", "长期有效", "/", "-", "无", "不限"}, typed) {
		return when.Day{}
	}
	if r.cell.Kind == tables.Number {
		if day, ok := r.serial(typed); ok {
			return when.MustDay(day)
		}
		if strings.Contains(typed, ".") { // 2023.1 may have been typed 2023.10
			r.refuse(fault.BadFormat, "此单元格是数字，2023.1 分不清是 1 月还是 10 月；请写成 2023-01-31 或 2023年1月。", "The cell is a number: 2023.1 may be January or October; write 2023-01-31.")
			return when.Day{}
		}
	}
	p, err := when.ReadPeriod(typed)
	if err != nil {
		r.refuse(fault.BadFormat, "读不出日期“%[1]s”：可写 2026-03-01、2026年3月1日；只写年月的按当月最后一天。", "“%[1]s” is no day: write 2026-03-01; of a month its last day is meant.", typed)
		return when.Day{}
	}
	return p.To
}

// dayColumn is a day, none where it is left empty.
func dayColumn[C, O, V any](f Field, in func(*C, *O) *when.Day, out func(*V) when.Day) column[C, O, V] {
	return column[C, O, V]{f, func(r *reading) func(*C, *O) {
		d := r.day()
		return func(c *C, o *O) { *in(c, o) = d }
	}, func(v *V, _ naming) string { return out(v).String() }}
}

// span reads an amount that may leave room.
func (r *reading) span() money.Span {
	typed := r.text(text.Code)
	s, err := money.ReadSpan(typed, r.unit)
	if why := money.Flaw(typed).Text(); err != nil && !why.IsZero() {
		r.refuse(fault.BadAmount, "读不出金额“%[1]s”：%[2]s，例如 1250000.00 或 100万元。", "“%[1]s” is no amount: %[3]s; write it like 1250000.00.", typed, why.ZH, why.EN)
	} else if err != nil {
		r.refuse(fault.BadAmount, "读不出金额“%[1]s”：可写 100万元、1250000.00、10-20万元、50万元以上、面议或免费。", "“%[1]s” is no amount: write it in yuan (1250000.00), with two ends (100000-200000), negotiable or free.", typed)
	}
	return s
}

// spanText writes an amount so that it is read again as the same.
func spanText(low, high *money.Fen) string {
	switch {
	case low == nil && high == nil:
		return ""
	case high == nil:
		return low.String() + "元以上"
	case low == nil:
		return high.String() + "元以下"
	case *low == *high:
		return low.String()
	}
	return low.String() + "-" + high.String()
}

var levels = regexp.MustCompile(`^(?i:trl)?[- ]?([1-9])级?$`)

// level reads a level of readiness: 5, "5", "TRL5", "5级".
func (r *reading) level() *int {
	typed := text.Narrow(r.text(text.Code))
	if typed == "" {
		return nil
	}
	found := levels.FindStringSubmatch(strings.ReplaceAll(typed, " ", ""))
	if found == nil {
		r.bad.Check(false, r.pointer, fault.OutOfRange, "技术成熟度为 1 至 9，可写 5、TRL5 或 5级。", "TRL is 1 to 9, written 5 or TRL5.")
		return nil
	}
	n, _ := strconv.Atoi(found[1])
	return &n
}

// yes reads 是 or 否.
func (r *reading) yes() bool {
	switch strings.ToLower(r.text(text.Code)) {
	case "是", "y", "yes", "true", "1", "√", "紧急", "急":
		return true
	case "", "否", "n", "no", "false", "0", "×", "不", "不紧急", "一般":
	default:
		r.refuse(fault.NotOffered, "取值应为：%[1]s", "One of: %[2]s", "是、否", "是 (yes), 否 (no)")
	}
	return false
}

func yesText(b bool) string {
	if b {
		return "是"
	}
	return "否"
}

// yesColumn is 是 or 否.
func yesColumn[C, O, V any](f Field, in func(*C, *O) *bool, out func(*V) bool) column[C, O, V] {
	f.Options = []string{"是", "否"}
	return column[C, O, V]{f, func(r *reading) func(*C, *O) {
		yes := r.yes()
		return func(c *C, o *O) { *in(c, o) = yes }
	}, func(v *V, _ naming) string { return yesText(out(v)) }}
}

// fields are the technology fields with what people call them.
func technologyFields() []term {
	also := map[codes.Field][]string{
		"electronics": {"电子信息技术", "电子与信息", "信息技术", "新一代信息技术"}, "aerospace": {"航空航天技术", "航天航空"}, "advanced_manufacturing": {"先进制造技术", "先进制造与自动化", "智能制造", "高端装备制造"},
		"biomedicine": {"生物医药", "生物与新医药", "生物医药和医疗器械", "生物医药与医疗器械", "医药"}, "new_materials": {"新材料", "新材料技术"}, "new_energy": {"新能源", "新能源与节能", "新能源技术", "节能"},
		"environment": {"环保", "环境保护", "资源与环境", "节能环保"}, "nuclear": {"核应用"}, "agriculture": {"现代农业", "农业技术"}, "transport": {"交通", "交通运输"}, "urban_social": {"城市建设", "社会发展"},
	}
	var out []term
	for _, t := range codes.Fields.All() {
		out = append(out, term{string(t.Code), t.Chinese, also[t.Code]})
	}
	return out
}
