package edge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
)

func TestOperationsAreFoundByTheirRoutes(t *testing.T) {
	for _, op := range spec(t).Operations() {
		if spec(t).Operation(op.Method, op.Pattern) != op {
			t.Errorf("%s is not found by its route", op.ID)
		}
	}
}

func TestTheSpecKnowsWhoMayCall(t *testing.T) {
	e := newEdge(t)
	for id, want := range map[string]bool{
		"createSession": false, // security: []
		"createAccount": false,
		"listResults":   false, // with or without a token
		"getTurnover":   false,
		"createResult":  true, // the description's default
		"endSession":    true,
		"getMe":         true,
	} {
		if got := e.operation(t, id).TokenRequired; got != want {
			t.Errorf("%s: token required: %v, want %v", id, got, want)
		}
	}
}

// The edge relies on these; a description without them must not start.
func TestASpecThatCannotBeHeld(t *testing.T) {
	const frame = `{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {'/v1/things/{id}': {post: {%s}}}}`
	operation := func(parameters, schema string) string {
		id := `{name: id, in: path, required: true, schema: {type: string, format: uuid}}`
		return fmt.Sprintf(frame, `operationId: postThing, tags: [a], parameters: [`+id+parameters+`],
			requestBody: {required: true, content: {application/json: {schema: `+schema+`}}}, responses: {'204': {description: d}}`)
	}
	const needed = `{type: object, required: [a], additionalProperties: false, properties: {a: {type: string}}}`
	const fine = `{type: object, additionalProperties: false, properties: {a: {type: array, maxItems: 3, items: {type: string}}}}`
	if _, err := edge.ReadSpec([]byte(operation("", fine))); err != nil {
		t.Fatalf("the frame of this test is wrong: %v", err)
	}
	for _, c := range []struct{ name, document, want string }{
		{"not YAML", "{", "reading"},
		{"not OpenAPI", "openapi: 3.0.3", "not valid"},
		{"open object", operation("", `{type: object}`), "additionalProperties"},
		{"open object inside", operation("", `{type: object, additionalProperties: false, properties: {a: {type: object}}}`), `"/a"`},
		{"map", operation("", `{type: object, additionalProperties: {type: string}}`), "additionalProperties"},
		{"list without end", operation("", `{type: array, items: {type: string}}`), "maxItems"},
		{"nullable", operation("", `{type: string, nullable: true}`), "nullable"},
		{"no type", operation("", `{}`), "one type"},
		{"oneOf", operation("", `{type: object, additionalProperties: false, oneOf: [{type: object}]}`), "oneOf"},
		{"list as a parameter", operation(`, {name: q, in: query, schema: {type: array, items: {type: string}}}`, fine), "parameter q"},
		{"number as a parameter", operation(`, {name: q, in: query, schema: {type: number}}`, fine), "parameter q"},
		{"format that nothing checks", operation("", `{type: string, format: email}`), "email"},
		{"the same in a parameter", operation(`, {name: q, in: query, schema: {type: string, format: email}}`, fine), "parameter q"},
		{"cookie", operation(`, {name: q, in: cookie, schema: {type: string}}`, fine), "parameter q"},
		{"another media type", strings.ReplaceAll(operation("", fine), "application/json", "text/csv"), "application/json"},
		{"a body with something required may be left out", strings.ReplaceAll(operation("", needed), "requestBody: {required: true,", "requestBody: {"), "left out"},
		{"the same parameter twice", strings.ReplaceAll(operation("", fine), "{post:", `{parameters: [{name: id, in: path, required: true,
			schema: {type: string}}], post:`), "parameter id"},
		{"two answers", strings.ReplaceAll(operation("", fine), "{'204': {", "{'200': {description: d}, '204': {"), "one answer"},
		{"an answer that is none", strings.ReplaceAll(operation("", fine), "'204'", "'302'"), "2xx"},
		{"no answer when all went well", strings.ReplaceAll(operation("", fine), "'204'", "4XX"), "all went well"},
		{"an answer without a name", strings.ReplaceAll(operation("", fine), "{description: d}",
			"{description: d, content: {application/json: {schema: {type: object}}}}"), "has a name"},
		{"an answer of another type", strings.ReplaceAll(operation("", fine), "{description: d}", "{description: d, content: {text/csv: {}}}"), "application/json"},
		{"the same operation twice", strings.ReplaceAll(operation("", fine), "{post:", `{get: {operationId: postThing, tags: [a], parameters: [{name: id,
			in: path, required: true, schema: {type: string}}], responses: {'204': {description: d}}}, post:`), "same operation id"},
		{"a default that is none", operation(`, {name: q, in: query, schema: {type: integer, maximum: 3, default: 4}}`, fine), "not valid"},
		{"no tag", strings.ReplaceAll(operation("", fine), "tags: [a],", ""), "tag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := edge.ReadSpec([]byte(c.document))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want it to name %q", err, c.want)
			}
		})
	}
}

// Within v1 answers may gain fields and values: nothing in them is closed. What is sent is closed, since what nobody knows is a mistake;
// that each body is, ReadSpec sees.
func TestRequestsAreClosedAndAnswersOpen(t *testing.T) {
	doc, err := edgetest.Described()
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	var look func(at string, s *openapi3.SchemaRef, answer bool)
	look = func(at string, s *openapi3.SchemaRef, answer bool) {
		if s == nil {
			return
		}
		looked++
		more, list := s.Value.AdditionalProperties, s.Value.Extensions["x-extensible-enum"]
		switch {
		case answer && more.Has != nil && !*more.Has:
			t.Errorf("%s: an answer is closed", at)
		case answer && len(s.Value.Enum) > 0:
			t.Errorf("%s: an answer has no value but those of today", at)
		case !answer && list != nil:
			t.Errorf("%s: a request takes values that nobody knows", at)
		}
		for name, p := range s.Value.Properties {
			look(at+"/"+name, p, answer)
		}
		look(at+"/0", s.Value.Items, answer)
		look(at+"/*", more.Schema, answer)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + path
			for _, p := range append(slices.Clone(item.Parameters), op.Parameters...) {
				look(at+" "+p.Value.Name, p.Value.Schema, false)
			}
			if op.RequestBody != nil {
				for _, content := range op.RequestBody.Value.Content {
					look(at+" request", content.Schema, false)
				}
			}
			for status, r := range op.Responses.Map() {
				for _, content := range r.Value.Content {
					look(at+" "+status, content.Schema, true)
				}
				for name, h := range r.Value.Headers {
					look(at+" "+status+" "+name, h.Value.Schema, true)
				}
			}
		}
	}
	if looked < 1000 {
		t.Errorf("only %d schemas were looked at", looked)
	}
}
