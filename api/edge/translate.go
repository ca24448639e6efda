package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// maxPointer bounds how much of a sender's own names an answer repeats.
const maxPointer = 200

// place is one wrong place with the message that belongs to its code. s is the schema of the place, where it has one.
func place(pointer string, what fault.Place, s *openapi3.Schema) fault.Field {
	pointer = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(pointer, string(unicode.ReplacementChar)))
	pointer = text.Clip(pointer, maxPointer)
	if what == fault.Unknown && (pointer == "" || strings.HasPrefix(pointer, "/")) { // of a body
		return what.Field(pointer, "没有这个字段，请删除或改正名称。", "There is no such member; remove it or correct its name.")
	}
	return fault.Field{Pointer: pointer, Code: what.Code, Message: messageOf(what, s)}
}

// bounded keeps the first places of each kind: one for a place and code, none beside a wrong type or a text that cannot be read, and not
// more than a person reads.
func bounded(all fault.Fields) fault.Fields {
	type spot struct{ pointer, code string }
	seen := map[spot]bool{}
	var kept fault.Fields
	for _, f := range all {
		beside := func(p fault.Place) bool { return seen[spot{f.Pointer, p.Code}] }
		if seen[spot{f.Pointer, f.Code}] || slices.ContainsFunc(decisive, beside) || len(kept) == maxPlaces {
			continue
		}
		seen[spot{f.Pointer, f.Code}] = true
		kept = append(kept, f)
	}
	return kept
}

// decisive are places beside which nothing else is worth saying.
var decisive = []fault.Place{fault.WrongType, fault.BadCharacters, fault.Invisible, fault.OneLine}

// checkSchema holds a value to a schema and returns every place that does not agree, below the pointer at.
func checkSchema(s *openapi3.Schema, value any, at string) []fault.Field {
	return flatten(s.VisitJSON(value, schemaOptions...), at, s)
}

var schemaOptions = []openapi3.SchemaValidationOption{
	openapi3.MultiErrors(),
	openapi3.DisableSchemaErrorDetails(),
	openapi3.WithStringFormatValidators(formats),
}

var formats = map[string]openapi3.StringFormatValidator{
	"uuid":      formatFunc(isUUID),
	"date":      formatFunc(isDay),
	"date-time": formatFunc(isInstant),
}

// Formats are the validators of the formats that the description uses, for whoever holds answers to it.
func Formats() map[string]openapi3.StringFormatValidator { return maps.Clone(formats) }

// flatten turns the library's nested errors into places. Their texts are for programmers and quote input, so none is used.
func flatten(err error, at string, s *openapi3.Schema) []fault.Field {
	if err == nil {
		return nil
	}
	var many openapi3.MultiError
	if errors.As(err, &many) { // asked first: each of the many is a SchemaError, too
		var out []fault.Field
		for _, one := range many {
			out = append(out, flatten(one, at, s)...)
		}
		return out
	}
	var one *openapi3.SchemaError
	if !errors.As(err, &one) {
		return []fault.Field{place(at, fault.BadFormat, s)}
	}
	for _, part := range one.JSONPointer() {
		at += "/" + escape(part)
	}
	what := placeOf(one)
	if typed, text := one.Value.(string); text {
		if said := formOf(what, one.Schema, typed); !said.IsZero() {
			if what == fault.TooLong {
				what = fault.Pattern // an amount that is too long is none
			}
			wrong := place(at, what, nil)
			wrong.Message = said
			return []fault.Field{wrong}
		}
	}
	return []fault.Field{place(at, what, one.Schema)}
}

// brokenRules are places by the rule of the schema that was broken.
var brokenRules = map[string]fault.Place{
	"required":         fault.Required,
	"properties":       fault.Unknown,
	"nullable":         fault.Null,
	"minLength":        fault.TooShort,
	"maxLength":        fault.TooLong,
	"minItems":         fault.TooFew,
	"maxItems":         fault.TooManyItems,
	"minProperties":    fault.OneOf,
	"maxProperties":    fault.TooManyItems,
	"uniqueItems":      fault.Repeated,
	"enum":             fault.NotOffered,
	"minimum":          fault.OutOfRange,
	"maximum":          fault.OutOfRange,
	"exclusiveMinimum": fault.OutOfRange,
	"exclusiveMaximum": fault.OutOfRange,
	"multipleOf":       fault.OutOfRange,
	"pattern":          fault.Pattern,
	"format":           fault.BadFormat,
	"type":             fault.WrongType,
}

// placeOf names what is wrong. The library looks at enum before type, and calls a number that no float holds a wrong type; both are
// put right here.
func placeOf(e *openapi3.SchemaError) fault.Place {
	code, known := brokenRules[e.SchemaField]
	switch {
	case code == fault.Required:
		return code
	case e.Value == nil:
		return fault.Null
	case !known || !hasType(e.Schema, e.Value):
		return fault.WrongType
	case code == fault.WrongType:
		if _, number := e.Value.(json.Number); number {
			return fault.OutOfRange
		}
	}
	return code
}

func hasType(s *openapi3.Schema, value any) bool {
	switch value.(type) {
	case string:
		return s.Type.Is(openapi3.TypeString)
	case bool:
		return s.Type.Is(openapi3.TypeBoolean)
	case []any:
		return s.Type.Is(openapi3.TypeArray)
	case map[string]any:
		return s.Type.Is(openapi3.TypeObject)
	}
	return s.Type.Is(openapi3.TypeInteger) || s.Type.Is(openapi3.TypeNumber)
}

// messageOf is for the person who typed it: what to do and never what was typed. Some messages depend on the schema.
func messageOf(what fault.Place, s *openapi3.Schema) fault.Text {
	if s == nil {
		return what.Text
	}
	switch what {
	case fault.WrongType:
		return wrongType(s)
	case fault.TooLong:
		return fault.Say("不能超过 %[1]d 个字符。", "At most %[1]d characters.", deref(s.MaxLength))
	case fault.TooShort:
		return fault.Say("至少 %[1]d 个字符。", "At least %[1]d characters.", s.MinLength)
	case fault.TooManyItems:
		return fault.Say("不能超过 %[1]d 项。", "At most %[1]d items.", deref(s.MaxItems))
	case fault.TooFew:
		return fault.Say("至少 %[1]d 项。", "At least %[1]d items.", s.MinItems)
	case fault.OutOfRange:
		return outOfRange(s)
	case fault.NotOffered:
		return allowed(s)
	case fault.OneOf:
		return oneOf(s)
	}
	if what == fault.BadFormat {
		return badFormat(s)
	}
	return what.Text
}

// allowed lists the values that would do, with what they mean.
func allowed(s *openapi3.Schema) fault.Text {
	said, _ := s.Extensions["x-enum-descriptions"].([]any)
	var zh, en []string
	for i, value := range s.Enum {
		code := fmt.Sprint(value)
		en = append(en, code)
		if i < len(said) {
			code += "（" + Split(fmt.Sprint(said[i])).Chinese + "）"
		}
		zh = append(zh, code)
	}
	return fault.Text{ZH: "取值应为：" + strings.Join(zh, "、") + "。", EN: "One of: " + strings.Join(en, ", ") + "."}
}

func wrongType(s *openapi3.Schema) fault.Text {
	switch {
	case s.Type.Is(openapi3.TypeString):
		return fault.Say("须为字符串。", "Must be a string.")
	case s.Type.Is(openapi3.TypeInteger):
		return fault.Say("须为整数，不带小数点与指数。", "Must be an integer, without point or exponent.")
	case s.Type.Is(openapi3.TypeNumber):
		return fault.Say("须为数字。", "Must be a number.")
	case s.Type.Is(openapi3.TypeBoolean):
		return fault.Say("须为 true 或 false。", "Must be true or false.")
	case s.Type.Is(openapi3.TypeArray):
		return fault.Say("须为数组。", "Must be an array.")
	}
	return fault.Say("须为对象。", "Must be an object.")
}

func outOfRange(s *openapi3.Schema) fault.Text {
	switch {
	case s.Min != nil && s.Max != nil:
		return fault.Say("须在 %[1]s 与 %[2]s 之间。", "Must be from %[1]s to %[2]s.", plainly(*s.Min), plainly(*s.Max)+mebibytes(s))
	case s.Min != nil:
		return fault.Say("不能小于 %[1]s。", "Must not be less than %[1]s.", plainly(*s.Min))
	case s.Max != nil:
		return fault.Say("不能大于 %[1]s。", "Must not be more than %[1]s.", plainly(*s.Max)+mebibytes(s))
	}
	return fault.Say("数值超出可用范围。", "The number is out of range.")
}

// plainly writes a bound as people write numbers, without an exponent.
func plainly(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }

// mebibytes says a bound of bytes in MiB besides; nothing where it is none, or no whole number of them.
func mebibytes(s *openapi3.Schema) string {
	const mebibyte = 1 << 20
	if n := int64(*s.Max); n >= mebibyte && n%mebibyte == 0 && strings.Contains(s.Description, "字节数") {
		return fmt.Sprintf(" (%d MiB)", n/mebibyte)
	}
	return ""
}

func badFormat(s *openapi3.Schema) fault.Text {
	switch s.Format {
	case "uuid":
		return fault.Say("须为 36 个字符的 UUID。", "Must be a UUID of 36 characters.")
	case "date":
		return fault.Say("须为实际存在的日期，形如 2026-01-31。", "Must be a day that exists, like 2026-01-31.")
	case "date-time":
		return fault.Say("须为 RFC 3339 时间，形如 2026-01-31T08:00:00Z。", "Must be an RFC 3339 time, like 2026-01-31T08:00:00Z.")
	}
	return fault.Say("格式不符合要求。", "Not of the required form.")
}

func deref(n *uint64) uint64 {
	if n == nil {
		return 0
	}
	return *n
}

// formatFunc makes a format of a yes-or-no question.
type formatFunc func(string) bool

var errFormat = errors.New("edge: not of the format")

func (f formatFunc) Validate(text string) error {
	if !f(text) {
		return errFormat
	}
	return nil
}

// isUUID accepts the textual form of RFC 9562 in either case, and none of the others that libraries read (braces, urn:, no dashes).
func isUUID(text string) bool {
	if len(text) != 36 || text == uuid.Nil.String() { // none is nobody's: as a filter it would say nothing
		return false
	}
	for i, r := range []byte(text) {
		switch dash := i == 8 || i == 13 || i == 18 || i == 23; {
		case dash && r != '-':
			return false
		case !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(r)):
			return false
		}
	}
	return true
}

func isDay(text string) bool {
	_, err := when.ParseDay(text)
	return err == nil
}

func isInstant(text string) bool {
	t, err := time.Parse(time.RFC3339, text)
	return err == nil && !strings.Contains(text, ",") && t.UTC().Year() >= when.MinYear && t.UTC().Year() <= when.MaxYear
}
