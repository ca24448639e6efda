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
	Said         // what people call it
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
// answers may have. A list is called what the words call it (x-list-name): what its schema is said to be explains it, and may take sentences.
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
		called, _ := s.Extensions["x-list-name"].(string)
		l := TermList{Name: snake(base), Said: Split(called)}
		for i, v := range values {
			l.Terms = append(l.Terms, Term{fmt.Sprint(v), Split(fmt.Sprint(said[i]))})
		}
		out = append(out, l)
	}
	return out
}

// Split parts a description, which is in Chinese first, at the first blank or full stop behind which it goes on in English: with a capital
// letter, if there is such a place, since the Chinese may end with a code or a name of the API ("理由见 lapse_reason State of …").
func Split(text string) Said {
	text = strings.TrimSpace(text)
	out, found := Said{text, text}, false
	for i, r := range text {
		rest := strings.TrimSpace(text[i:])
		if i == 0 || r != ' ' && !strings.HasSuffix(text[:i], "。") || rest == "" || rest[0] >= 0x80 || !unicode.IsLetter(rune(rest[0])) || strings.ContainsFunc(rest, chinesely) {
			continue
		}
		capital := unicode.IsUpper(rune(rest[0]))
		if capital || !found {
			out, found = Said{strings.TrimSpace(text[:i]), rest}, true
		}
		if capital {
			break
		}
	}
	return out
}

// chinesely tells what stands in Chinese alone, characters and full-width punctuation.
func chinesely(r rune) bool {
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("，。；：、（）《》！？", r)
}

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
