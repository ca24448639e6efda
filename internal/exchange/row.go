package exchange

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/results"
	"jiebang/internal/text"
)

// row is one line as it was read, and what is wrong with it.
type row struct {
	members map[string]jsontext.Value
	bad     fault.Fields
}

// known are the members of a row. A discipline is read and left out: a result has no place for it.
var known = []string{"id", "title", "abstract", "keywords", "field", "trl", "transfer_modes", "application", "advantage", "solves", "price", "discipline"}

// readRow takes a line apart. What is no JSON object is a MalformedBody that says where.
func readRow(line []byte) (*row, error) {
	r := &row{}
	err := json.Unmarshal(line, &r.members)
	var syntax *jsontext.SyntacticError
	switch {
	case err == nil && r.members == nil:
		return nil, malformed(fault.WrongType, "", "须为 JSON 对象，形如 {\"id\": …}。", "It must be a JSON object, like {\"id\": …}.")
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntax):
		return nil, malformed(fault.Twice, string(syntax.JSONPointer), "同一行中名称重复。", "The name is given twice in the line.")
	case errors.As(err, &syntax) && strings.Contains(err.Error(), "UTF-8"):
		return nil, malformed(fault.BadCharacters, string(syntax.JSONPointer), "第 %[1]d 个字节不是合法的 UTF-8。", "Byte %[1]d is not valid UTF-8.", syntax.ByteOffset+1)
	case errors.As(err, &syntax):
		return nil, malformed(fault.Syntax, string(syntax.JSONPointer), "第 %[1]d 个字节起不符合 JSON 语法。", "From byte %[1]d on it is not JSON.", syntax.ByteOffset+1)
	case err != nil:
		return nil, malformed(fault.WrongType, "", "须为 JSON 对象，形如 {\"id\": …}。", "It must be a JSON object, like {\"id\": …}.")
	}
	for name := range r.members {
		r.bad.Check(slices.Contains(known, name), "/"+name, fault.Unknown, "没有这一项；可用的有：%[1]s。", "There is no such member; these are read: %[1]s.", strings.Join(known, ", "))
	}
	slices.SortFunc(r.bad, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return r, nil
}

func malformed(place fault.Place, pointer, zh, en string, args ...any) error {
	return fault.MalformedBody.At(pointer, place, zh, en, args...)
}

func (r *row) wrongType(name, zh, en string) {
	r.bad = append(r.bad, fault.Field{Pointer: "/" + name, Code: fault.WrongType.Code, Message: fault.Text{ZH: zh, EN: en}})
}

// given tells whether a member is there and not null, which says the same in a table's export.
func (r *row) given(name string) (jsontext.Value, bool) {
	v, there := r.members[name]
	return v, there && v.Kind() != 'n'
}

// text reads a member as the edge reads it.
func (r *row) text(name string, class text.Class) string {
	v, there := r.given(name)
	if !there {
		return ""
	}
	var s string
	if v.Kind() == '0' && (name == "id" || name == "price" || name == "trl") {
		return string(v) // a number that was one in the table
	}
	if err := json.Unmarshal(v, &s); err != nil {
		r.wrongType(name, "须为字符串。", "Must be a string.")
		return ""
	}
	text.Into(&r.bad, &s, "/"+name, class)
	return s
}

var between = regexp.MustCompile(`[;；、,，|\n]`)

var sentenceEnds = regexp.MustCompile(`[;；|\n]`)

// sentences reads a list of sentences, or one text with semicolons or line ends between them: a comma is part of one.
func (r *row) sentences(name string) []string {
	if v, there := r.given(name); !there || v.Kind() != '"' {
		return r.list(name)
	}
	var out []string
	for _, one := range sentenceEnds.Split(r.text(name, text.Long), -1) {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// list reads a list of texts, or one text with marks between them as a cell of a table has them.
func (r *row) list(name string) []string {
	v, there := r.given(name)
	if !there {
		return nil
	}
	var out []string
	if v.Kind() == '"' {
		for _, one := range between.Split(r.text(name, text.Long), -1) {
			if one = strings.TrimSpace(one); one != "" {
				out = append(out, one)
			}
		}
		return out
	}
	if err := json.Unmarshal(v, &out); err != nil {
		r.wrongType(name, "须为字符串的数组，或以分号隔开的一段文字。", "Must be an array of strings, or one text with semicolons between them.")
		return nil
	}
	for i := range out {
		text.Into(&r.bad, &out[i], fmt.Sprintf("/%s/%d", name, i), text.Line)
	}
	return out
}

var levels = regexp.MustCompile(`^(?i:trl)?[- ]?([1-9])级?$`)

// trl reads a level of readiness: 5, "5", "TRL5", "5级".
func (r *row) trl() *int {
	if _, there := r.given("trl"); !there {
		return nil
	}
	typed := text.Narrow(r.text("trl", text.Code))
	if typed == "" {
		return nil
	}
	found := levels.FindStringSubmatch(strings.ReplaceAll(typed, " ", ""))
	if found == nil {
		r.bad = append(r.bad, fault.OutOfRange.Field("/trl", "技术成熟度为 1 至 9，可写 5、TRL5 或 5级。", "TRL is 1 to 9, written 5 or TRL5."))
		return nil
	}
	n, _ := strconv.Atoi(found[1])
	return &n
}

var (
	unpriced = []string{"面议", "议价", "协商", "双方协商", "价格面议", "negotiable"}
	free     = []string{"免费", "无偿", "free"}
	spans    = regexp.MustCompile(`^(.+?)(?:-|~|–|—|－|～|至|到)(.+)$`)
)

// price reads what is asked: 面议, 免费, 100万元, 10-20万元.
func (r *row) price() *results.Price {
	typed := strings.ReplaceAll(text.Narrow(r.text("price", text.Code)), " ", "")
	switch {
	case typed == "":
		return nil
	case slices.Contains(unpriced, strings.ToLower(typed)):
		return &results.Price{Kind: results.Negotiable}
	case slices.Contains(free, strings.ToLower(typed)):
		return &results.Price{Kind: results.Fixed, Min: new(money.Fen)}
	}
	if f, err := money.Read(typed); err == nil {
		return &results.Price{Kind: results.Fixed, Min: &f}
	}
	if ends := spans.FindStringSubmatch(typed); ends != nil {
		if !strings.ContainsAny(ends[1], "元万亿圆") { // 10-20万元: the unit of the second is the first's, too
			ends[1] += strings.TrimLeft(ends[2], "0123456789.,")
		}
		low, errLow := money.Read(ends[1])
		high, errHigh := money.Read(ends[2])
		if errLow == nil && errHigh == nil {
			return &results.Price{Kind: results.Between, Min: &low, Max: &high}
		}
	}
	r.bad = append(r.bad, fault.BadAmount.Field("/price", "读不出价格：可写 100万元、1250000.00、10-20万元、面议或免费。", "It is no price: write an amount in yuan (1250000.00), two ends (100000-200000), negotiable or free."))
	return nil
}

// read turns a line into a result, or says everything that is wrong with it, each by its member as the API does.
func (o ResultImport) read(line []byte, report *Report) (results.Input, error) {
	r, err := readRow(line)
	if err != nil {
		return results.Input{}, err
	}
	in := results.Input{Owner: o.Owner, Content: results.Content{
		Title: r.text("title", text.Line), Abstract: r.text("abstract", text.Long), Keywords: r.list("keywords"), Field: r.text("field", text.Code), TRL: r.trl(),
		TransferModes: r.list("transfer_modes"), Application: r.text("application", text.Long), Advantage: r.text("advantage", text.Long), Solves: r.sentences("solves"),
	}}
	in.Offer.Price = r.price()
	id := r.text("id", text.Line)
	r.bad.Check(id != "", "/id", fault.Required, "每行须有编号。", "Each line needs an id.")
	in.External = []external.ID{{Scheme: o.Scheme, ID: id}}
	derived := in.Content.Title == "" && o.DeriveTitles
	if derived {
		in.Content.Title = firstClause(in.Content.Abstract)
	}
	if in.Content.Field == "" {
		in.Content.Field = o.Field
	}
	if err := r.check(in); err != nil {
		return in, err
	}
	if derived {
		report.TitlesDerived++
	}
	return in, nil
}

// check adds what the rules of a result say to what is wrong already, each place once.
func (r *row) check(in results.Input) error {
	_, err := in.Cleaned()
	var refused *fault.Error
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	if refused != nil {
		for _, f := range refused.Fields {
			if f.Pointer == "/external_ids/0/id" {
				f.Pointer = "/id"
			}
			if !slices.ContainsFunc(r.bad, func(b fault.Field) bool { return b.Pointer == f.Pointer }) {
				r.bad = append(r.bad, f)
			}
		}
	}
	return r.bad.Err()
}
