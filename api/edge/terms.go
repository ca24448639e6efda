package edge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

// TermList is an enumeration of the description, as people choose from it.
type TermList struct {
	Name  string // of its schema, in the words of the API: decline_reason
	Said         // what the schema is said to be
	Terms []Term
}

// Term is one value of an enumeration.
type Term struct {
	Code string
	Said
}

// Said is a description in both languages.
type Said struct{ Chinese, English string }

// Lists are the enumerations of the description, by their names.
func (e *Edge) Lists() []TermList { return e.spec.lists }

// termLists reads every schema that lists values and says what they mean. What requests take of a list has no place of its own beside what
// answers may have.
func termLists(doc *openapi3.T) []TermList {
	var out []TermList
	if doc.Components == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		s := doc.Components.Schemas[name].Value
		values, _ := s.Extensions["x-extensible-enum"].([]any)
		if len(values) == 0 {
			values = s.Enum
		}
		said, _ := s.Extensions["x-enum-descriptions"].([]any)
		base, input := strings.CutSuffix(name, "Input")
		if len(values) == 0 || len(said) != len(values) || input && doc.Components.Schemas[base] != nil {
			continue
		}
		first, _, _ := strings.Cut(s.Description, "\n") // its values follow, each in a line
		l := TermList{Name: snake(base), Said: split(first)}
		for i, v := range values {
			l.Terms = append(l.Terms, Term{fmt.Sprint(v), split(fmt.Sprint(said[i]))})
		}
		out = append(out, l)
	}
	return out
}

// split parts a description, which is in Chinese first, at the first blank behind which it goes on in English.
func split(text string) Said {
	text = strings.TrimSpace(text)
	for i, r := range text {
		rest := strings.TrimSpace(text[i:])
		if i > 0 && (r == ' ' || strings.HasSuffix(text[:i], "。")) && rest != "" && rest[0] < 0x80 && unicode.IsLetter(rune(rest[0])) && !strings.ContainsFunc(rest, han) {
			return Said{strings.TrimSpace(text[:i]), rest}
		}
	}
	return Said{text, text}
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
