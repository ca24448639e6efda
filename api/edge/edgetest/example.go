// Package edgetest makes requests from the OpenAPI description alone: for each operation a good one (Valid), and every bad one that
// can be thought of (BadInputs); and it holds answers to the description (CheckAnswer). The tests of the edge send them to stubs, the
// end-to-end tests to the whole program, so neither keeps a list by hand that a new operation could be missing from.
package edgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp/syntax"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
)

// Request is one request, but for where it is sent and who sends it.
type Request struct {
	Method string
	Path   string // escaped
	Query  string // escaped, without the question mark
	Header http.Header
	Body   []byte
}

// HTTP makes it a request to the server at base ("http://127.0.0.1:8080").
func (r Request) HTTP(base string) (*http.Request, error) {
	target := base + r.Path
	if r.Query != "" {
		target += "?" + r.Query
	}
	out, err := http.NewRequest(r.Method, target, bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("edgetest: %s %s: %w", r.Method, target, err)
	}
	for name, values := range r.Header {
		out.Header[name] = values
	}
	return out, nil
}

// clone keeps the variants of one request apart.
func (r Request) clone() Request {
	r.Header = r.Header.Clone()
	return r
}

// Valid is a request that the description allows, with every parameter and every field of the body given. Whether the records that it
// speaks of exist is another matter.
func Valid(op *edge.Operation) Request {
	r := Request{Method: op.Method, Path: op.Path, Header: http.Header{}}
	query := url.Values{}
	for _, p := range op.Parameters {
		value := fmt.Sprint(example(p.Schema))
		switch p.In {
		case openapi3.ParameterInPath:
			r.Path = strings.ReplaceAll(r.Path, "{"+p.Name+"}", url.PathEscape(value))
		case openapi3.ParameterInQuery:
			query.Set(p.Name, value)
		case openapi3.ParameterInHeader:
			r.Header.Set(p.Name, value)
		}
	}
	r.Query = query.Encode()
	if op.Stream {
		r.Header.Set("Content-Type", "application/octet-stream")
		r.Body = []byte("bytes")
	}
	if op.Body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Body = marshal(example(op.Body))
	}
	return r
}

// example is a value that the schema allows: its own example where it has one, otherwise the smallest that can be made.
func example(s *openapi3.Schema) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Example != nil:
		return s.Example
	case s.Type.Is(openapi3.TypeObject):
		object := map[string]any{}
		for name, p := range s.Properties {
			object[name] = example(p.Value)
		}
		return object
	case s.Type.Is(openapi3.TypeArray):
		items := make([]any, max(1, int(s.MinItems)))
		for i := range items {
			items[i] = example(s.Items.Value)
		}
		return items
	case s.Type.Is(openapi3.TypeBoolean):
		return true
	case s.Type.Is(openapi3.TypeString):
		return text(s)
	}
	if s.Min != nil {
		return int64(*s.Min)
	}
	return int64(1)
}

func text(s *openapi3.Schema) string {
	switch s.Format {
	case "uuid":
		return "0197f000-0000-7000-8000-000000000001"
	case "date":
		return "2026-01-31"
	case "date-time":
		return "2026-01-31T08:00:00Z"
	}
	if s.Pattern != "" {
		return matching(s.Pattern)
	}
	return strings.Repeat("例", max(1, int(s.MinLength)))
}

// matching makes the shortest text that a pattern matches.
func matching(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(fmt.Sprintf("edgetest: pattern %q: %v", pattern, err))
	}
	var out strings.Builder
	shortest(re, &out)
	return out.String()
}

func shortest(re *syntax.Regexp, out *strings.Builder) {
	switch re.Op {
	case syntax.OpLiteral:
		out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		out.WriteRune(re.Rune[0])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteRune('a')
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			shortest(sub, out)
		}
	case syntax.OpAlternate, syntax.OpCapture, syntax.OpPlus:
		shortest(re.Sub[0], out)
	case syntax.OpRepeat:
		for range re.Min {
			shortest(re.Sub[0], out)
		}
	}
	// What is left (anchors, star, question mark) may match nothing.
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("edgetest: %v", err)) // the values are our own
	}
	return b
}
