package edge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/text"
)

// The description says of each pattern in words which forms it takes, with an example of each (x-form): a pattern is for programs. Where
// the words have the place for it, they name what was given, which they do of codes alone.
const (
	formExtension = "x-form"
	givenPlace    = "{given}"
	givenMost     = 40 // characters that are quoted
	likeAmount    = "1250000.00"
)

func xForm(s *openapi3.Schema) string {
	form, _ := s.Extensions[formExtension].(string)
	return form
}

// formOf says what is wrong with the form of a text; nothing where its form is not what is wrong.
func formOf(what fault.Place, s *openapi3.Schema, typed string) fault.Text {
	switch {
	case xText(s) == amount && (what == fault.Pattern || what == fault.TooLong):
		return wrongAmount(typed)
	case what != fault.Pattern && (what != fault.BadFormat || xForm(s) == ""): // of a format its words are known, unless more is wanted
		return fault.Text{}
	case xForm(s) != "":
		said, given := Split(xForm(s)), quoted(typed)
		return fault.Text{ZH: strings.ReplaceAll(said.Chinese, givenPlace, given), EN: strings.ReplaceAll(said.English, givenPlace, given)}
	}
	return fault.Text{ZH: "格式不符合要求" + example(s, "，例如 ") + "。", EN: "Not of the required form" + example(s, ", for example ") + "."}
}

// quoted is what was typed, as far as a person can see it and not longer than they look.
func quoted(typed string) string {
	typed = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, typed)
	return text.Clip(typed, givenMost)
}

// wrongAmount says why a text is no amount, by what people most often write.
func wrongAmount(typed string) fault.Text {
	why := money.Flaw(typed).Text()
	if why.IsZero() {
		why = fault.Text{ZH: "须为以元为单位的十进制数", EN: "an amount is a decimal number of yuan"}
	}
	return fault.Say("%[1]s，例如 %[3]s。", "Not an amount that is taken: %[2]s; write it like %[3]s.", why.ZH, why.EN, likeAmount)
}

// oneOf says what an object that may not be empty must have.
func oneOf(s *openapi3.Schema) fault.Text {
	if said := Split(xForm(s)); said.Chinese != "" {
		return fault.Text{ZH: said.Chinese, EN: said.English}
	}
	names := slices.Sorted(maps.Keys(s.Properties))
	return fault.Text{
		ZH: fmt.Sprintf("至少给出其中 %d 项：%s；都没有时请整项省略。", s.MinProps, strings.Join(names, "、")),
		EN: fmt.Sprintf("Give at least %d of: %s; or leave it out.", s.MinProps, strings.Join(names, ", ")),
	}
}

// example quotes the schema's own example.
func example(s *openapi3.Schema, before string) string {
	if text, ok := s.Example.(string); ok && text != "" {
		return before + text
	}
	return ""
}
