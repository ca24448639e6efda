package edge_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/fault"
)

func described(t *testing.T) *openapi3.T {
	t.Helper()
	text, err := edgetest.Document()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// told tells whether a description is there in both languages, Chinese first. Words that both write alike ("OK") are enough for an answer.
func told(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) &&
		strings.ContainsFunc(text, func(r rune) bool { return r < 0x80 && unicode.IsLetter(r) })
}

// Whoever reads the description finds out what each operation, parameter, schema, property and value is for. What is missing is
// written in its part, or once for all in openapi/words.
func TestEverythingIsDescribed(t *testing.T) {
	doc := described(t)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !told(op.Summary) || !told(strings.Split(op.Description, "可能的错误")[0]) {
				t.Errorf("%s %s: summary and description, in Chinese and English", method, path)
			}
			for _, p := range append(slices.Clone(item.Parameters), op.Parameters...) {
				if !told(p.Value.Description) {
					t.Errorf("%s %s: parameter %s has no description", method, path, p.Value.Name)
				}
				values(t, op.OperationID+" "+p.Value.Name, p.Value.Schema)
			}
			for status, r := range op.Responses.Map() {
				if r.Ref == "" {
					t.Errorf("%s %s: the answer %s is no component", method, path, status)
				}
			}
		}
	}
	for name, s := range doc.Components.Schemas {
		if !told(s.Value.Description) {
			t.Errorf("%s has no description", name)
		}
		values(t, name, s)
		properties(t, name, s)
	}
}

func properties(t *testing.T, at string, s *openapi3.SchemaRef) {
	t.Helper()
	for name, p := range s.Value.Properties {
		if p.Ref == "" {
			if !told(p.Value.Description) {
				t.Errorf("%s.%s has no description: write one in its part, or in openapi/words/properties.yaml", at, name)
			}
			values(t, at+"."+name, p)
			properties(t, at+"."+name, p)
		}
	}
	if s.Value.Items != nil && s.Value.Items.Ref == "" {
		properties(t, at, s.Value.Items)
	}
}

// values: generators name constants by x-enum-varnames, people read x-enum-descriptions; a number says how wide it is.
func values(t *testing.T, at string, s *openapi3.SchemaRef) {
	t.Helper()
	if s.Value.Type.Is(openapi3.TypeNumber) && s.Value.Format != "double" {
		t.Errorf("%s: a number is of format double", at)
	}
	known, _ := s.Value.Extensions["x-extensible-enum"].([]any)
	if known = append(known, s.Value.Enum...); len(known) == 0 {
		return
	}
	for _, list := range []string{"x-enum-varnames", "x-enum-descriptions"} {
		if said, _ := s.Value.Extensions[list].([]any); len(said) != len(known) {
			t.Errorf("%s: %s for %v: say what the values mean in openapi/words/enums.yaml", at, list, known)
		}
	}
}

// Each request and each answer has an example, and each example is one: whoever sends it is not refused for its form.
func TestExamplesAreValid(t *testing.T) {
	doc := described(t)
	looked := 0
	hold := func(at string, content openapi3.Content) {
		for kind, m := range content {
			if !strings.HasSuffix(kind, "json") {
				continue
			}
			looked++
			if m.Example == nil {
				t.Errorf("%s has no example", at)
				continue
			}
			text, err := json.Marshal(m.Example)
			if err != nil {
				t.Fatal(err)
			}
			var value any
			if err := json.Unmarshal(text, &value); err != nil {
				t.Fatal(err)
			}
			if err := m.Schema.Value.VisitJSON(value, openapi3.MultiErrors(), openapi3.WithStringFormatValidators(edge.Formats())); err != nil {
				t.Errorf("%s: %v\n%s: openapi/words/examples.yaml says what examples are made of", at, err, text)
			}
			if extra := edgetest.Undescribed(m.Schema.Value, value); extra != "" {
				t.Errorf("%s: the example has %s, which is not described", at, extra)
			}
			if strings.Contains(string(text), "…") {
				t.Errorf("%s: the example has a text that nobody wrote: %s", at, text)
			}
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody != nil {
				hold(method+" "+path, op.RequestBody.Value.Content)
			}
			for status, r := range op.Responses.Map() {
				hold(method+" "+path+" "+status, r.Value.Content)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d examples", looked)
	}
}

// Each operation lists the codes that it may be refused with, and each is one of the catalogue's. That nothing else comes back, every
// test of the program sees.
func TestCodesAreOfTheCatalogue(t *testing.T) {
	for path, item := range described(t).Paths.Map() {
		for method, op := range item.Operations() {
			codes, _ := op.Extensions["x-codes"].([]any)
			if len(codes) == 0 {
				t.Errorf("%s %s lists no codes", method, path)
			}
			for _, code := range codes {
				if !slices.ContainsFunc(fault.Catalogue(), func(d fault.Definition) bool { return d.Code == code }) {
					t.Errorf("%s %s: %v is not in internal/fault/catalogue.go", method, path, code)
				}
			}
		}
	}
}

// A transition of which everything may be left out takes no body as well as an empty one: nobody should have to send {}.
func TestABodyThatMayBeEmptyMayBeLeftOut(t *testing.T) {
	for path, item := range described(t).Paths.Map() {
		if item.Post == nil || item.Post.RequestBody == nil {
			continue
		}
		body := item.Post.RequestBody.Value
		if media := body.Content.Get("application/json"); media != nil && body.Required == (len(media.Schema.Value.Required) == 0) {
			t.Errorf("POST %s: body required: %t, required members: %v", path, body.Required, media.Schema.Value.Required)
		}
	}
}
