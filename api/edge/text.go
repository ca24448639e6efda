package edge

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// The rule for texts (package text) holds for every text of every body, since its class follows from the description: what has a
// pattern is a code, other texts are one line up to 200 characters and any number of lines above. x-text says what does not follow.
const (
	extension = "x-text"
	lineMost  = 200
)

// classes are the values of x-text; "amount" is read by package money.
var classes = map[string]text.Class{"line": text.Line, "long": text.Long, "code": text.Code, "upper": text.Upper, "lower": text.Lower, "number": text.Number, "exact": text.Exact}

const (
	amount = "amount"
	note   = "note" // by its length a line or a long text, in which there is something that can be read
	naming = "name" // by its length a line, by which somebody or something can be called
)

// xText is what a schema says of its text beyond what follows from it.
func xText(s *openapi3.Schema) string {
	name, _ := s.Extensions[extension].(string)
	return name
}

// knownText refuses an x-text that nobody reads.
func knownText(s *openapi3.Schema) error {
	given, there := s.Extensions[extension]
	name, _ := given.(string)
	if _, known := classes[name]; there && !known && name != amount && name != note && name != naming {
		return fmt.Errorf("%s: %v is none of those that are read", extension, given)
	}
	return nil
}

func classOf(s *openapi3.Schema) text.Class {
	switch class, said := classes[xText(s)]; {
	case said:
		return class
	case len(s.Enum) > 0, s.Format != "":
		return text.Exact // machines write it, or its format is checked
	case s.Pattern != "":
		return text.Code
	case s.MaxLength != nil && *s.MaxLength <= lineMost:
		return text.Line
	}
	return text.Long
}

// readText is a text as it was meant: cleaned by the rule of its class, a day and an amount in the form of the API whatever way people
// write it. What cannot be read stays as it is, and its schema refuses it.
func readText(s *openapi3.Schema, typed string) (string, *text.Wrong) {
	switch {
	case xText(s) == amount:
		if f, err := money.Read(typed); err == nil {
			return f.String(), nil
		}
		return typed, nil
	case s.Format == "date":
		if d, err := when.ReadDay(typed); err == nil {
			return d.String(), nil
		}
		return typed, nil
	}
	return text.Clean(typed, classOf(s))
}

// Meant is what a text of a body stands for by its schema: the text itself, where it has the form of the API. It is false for a text
// that the rule for texts refuses.
func Meant(s *openapi3.Schema, typed string) (meant string, ok bool) {
	meant, wrong := readText(s, typed)
	return meant, wrong == nil
}

// pruner takes a document apart and notes what is wrong with it, and whether it is still what was sent.
type pruner struct {
	wrong   fault.Fields
	changed bool
}

func (p *pruner) text(s *openapi3.Schema, typed, at string) string {
	if !s.Type.Is(openapi3.TypeString) {
		return typed
	}
	clean, wrong := readText(s, typed)
	if wrong != nil {
		p.wrong = append(p.wrong, wrong.Field(at))
	}
	if wrong == nil && clean != "" && !fault.Says(clean) {
		switch xText(s) {
		case note:
			p.wrong = append(p.wrong, fault.Placeholder.Plain(at))
		case naming:
			p.wrong = append(p.wrong, fault.Nameless(at))
		}
	}
	p.changed = p.changed || clean != typed
	return clean
}

// rewritten is the document as it was meant, for whoever unmarshals it.
func rewritten(value any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}
