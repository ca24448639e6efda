package exchange

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"jiebang/internal/fault"
	"jiebang/search/lines"
)

// row is one line as it was read, and what is wrong with it.
type row struct {
	members map[string]jsontext.Value
	bad     fault.Fields
}

// unread are members that are left out without a word: results of other collections have them, and there is no place for them here.
var unread = []string{"discipline"}

// readRow takes a line apart. What is no JSON object is a MalformedBody that says where.
func readRow(line []byte, fields []Field) (*row, error) {
	r := &row{}
	err := json.Unmarshal(line, &r.members)
	var syntax *jsontext.SyntacticError
	switch {
	case err == nil && r.members == nil:
		return nil, malformed(fault.WrongType, "", "须为 JSON 对象，形如 {\"id\": …}。", "It must be a JSON object, like {\"id\": …}.")
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntax):
		return nil, malformed(fault.Twice, string(syntax.JSONPointer), "同一行中名称重复。", "The name is given twice in the line.")
	case errors.As(err, &syntax) && !utf8.Valid(line) && lines.GB18030(line):
		zh, en := lines.Spoiled(line)
		return nil, malformed(fault.BadCharacters, string(syntax.JSONPointer), "%[1]s。", "%[2]s.", zh, en)
	case errors.As(err, &syntax) && strings.Contains(err.Error(), "UTF-8"):
		return nil, malformed(fault.BadCharacters, string(syntax.JSONPointer), "第 %[1]d 个字节不是合法的 UTF-8。", "Byte %[1]d is not valid UTF-8.", syntax.ByteOffset+1)
	case errors.As(err, &syntax):
		return nil, malformed(fault.Syntax, string(syntax.JSONPointer), "第 %[1]d 个字节起不符合 JSON 语法。", "From byte %[1]d on it is not JSON.", syntax.ByteOffset+1)
	case err != nil:
		return nil, malformed(fault.WrongType, "", "须为 JSON 对象，形如 {\"id\": …}。", "It must be a JSON object, like {\"id\": …}.")
	}
	for _, name := range unread {
		delete(r.members, name)
	}
	for name := range r.members {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name }) {
			r.bad.Check(false, "/"+name, fault.Unknown, "没有这一项；可用的有：%[1]s。", "There is no such member; these are read: %[1]s.", strings.Join(namesIn(fields), ", "))
		}
	}
	slices.SortFunc(r.bad, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return r, nil
}

func namesIn(fields []Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Name
	}
	return out
}

func malformed(place fault.Place, pointer, zh, en string, args ...any) error {
	return fault.MalformedBody.At(pointer, place, zh, en, args...)
}

func (r *row) wrongType(name, zh, en string) {
	r.bad = append(r.bad, fault.Field{Pointer: "/" + name, Code: fault.WrongType.Code, Message: fault.Text{ZH: zh, EN: en}})
}
