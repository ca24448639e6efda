package edge_test

import (
	"encoding/json"
	"regexp"
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

// A pattern is for programs: what it takes is said in words, of both languages, with an example of each form (x-form). So is what an object
// that may not be empty must have.
func TestEveryFormIsSaidInWords(t *testing.T) {
	doc := described(t)
	looked := 0
	seen := map[*openapi3.Schema]bool{}
	var look func(at string, s *openapi3.SchemaRef)
	look = func(at string, s *openapi3.SchemaRef) {
		if s == nil || seen[s.Value] {
			return
		}
		seen[s.Value] = true
		form, _ := s.Value.Extensions["x-form"].(string)
		if amount := s.Value.Extensions["x-text"] == "amount"; (s.Value.Pattern != "" || s.Value.MinProps > 0) && !amount {
			looked++
			said := edge.Split(form)
			if said.Chinese == "" || said.Chinese == said.English || !strings.HasSuffix(said.Chinese, "。") || !strings.HasSuffix(said.English, ".") ||
				strings.ContainsFunc(said.English, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: no x-form that says in both languages what is taken: %q", at, form)
			}
			if example, ok := s.Value.Example.(string); ok && !regexp.MustCompile(s.Value.Pattern).MatchString(example) {
				t.Errorf("%s: its example %s is none", at, example)
			}
		}
		for name, p := range s.Value.Properties {
			look(at+"."+name, p)
		}
		look(at+"[]", s.Value.Items)
	}
	for name, s := range doc.Components.Schemas {
		look(name, s)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for _, p := range append(slices.Clone(item.Parameters), op.Parameters...) {
				look(method+" "+path+" "+p.Value.Name, p.Value.Schema)
			}
		}
	}
	if looked < 25 {
		t.Errorf("only %d forms were looked at", looked)
	}
}

// A description is parted where its English begins, whatever code or name of the API its Chinese ends with.
func TestADescriptionIsPartedWhereItsEnglishBegins(t *testing.T) {
	for text, want := range map[string][2]string{
		"对接状态；理由见 lapse_reason State of an introduction; see lapse_reason": {"对接状态；理由见 lapse_reason", "State of an introduction; see lapse_reason"},
		"例如 SY2026-1。Must be capital letters.":                             {"例如 SY2026-1。", "Must be capital letters."},
		"科技型中小企业 Technology SME":                                           {"科技型中小企业", "Technology SME"},
		"open：读修订稿全文。open reads it whole.":                                 {"open：读修订稿全文。", "open reads it whole."},
		"Excel 工作簿 Workbook":                                               {"Excel 工作簿", "Workbook"},
	} {
		if got := edge.Split(text); got.Chinese != want[0] || got.English != want[1] {
			t.Errorf("%q: %q, %q", text, got.Chinese, got.English)
		}
	}
}
