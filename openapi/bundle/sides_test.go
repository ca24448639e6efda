package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bothSides = `openapi: 3.0.3
tags: [{name: alpha}]
paths:
  /things:
    post:
      parameters: [{name: colour, in: query, schema: {$ref: '#/components/schemas/Colour'}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/ThingInput'}}}}
      responses: {'201': {$ref: '#/components/responses/Thing'}}
components:
  responses:
    Thing: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  schemas:
    ThingInput:
      type: object
      additionalProperties: false
      properties:
        size: {$ref: '#/components/schemas/Size'}
        code: {$ref: '#/components/schemas/Code'}
        enum: {type: string}
    Thing:
      type: object
      additionalProperties: false
      properties:
        sizes: {type: array, items: {$ref: '#/components/schemas/Size'}}
        code: {$ref: '#/components/schemas/Code'}
        enum: {type: string, enum: [x]}
        names: {type: object, additionalProperties: {type: string, enum: [a]}}
    Size:
      type: object
      additionalProperties: false
      properties: {colour: {$ref: '#/components/schemas/Colour'}, of: {type: string, enum: [left, right]}}
    Colour: {type: string, enum: [red, blue]}
    Code: {type: string, pattern: '^[A-Z]$'}
`

// Each schema is written once; requests get the closed one, answers the open one, and what is alike on both sides stays one.
func TestRequestsAndAnswersAreTakenApart(t *testing.T) {
	out := decoded(t, joined(t, map[string]string{common: bothSides}))
	ref := func(name string) any { return map[string]any{"$ref": schemaRef + name} }
	type m = map[string]any
	text := m{"type": "string"}
	list := func(values ...any) []any { return values }
	want := m{
		"ThingInput": m{"type": "object", "additionalProperties": false, "properties": m{"size": ref("SizeInput"), "code": ref("Code"), "enum": text}},
		"Thing": m{"type": "object", "properties": m{
			"sizes": m{"type": "array", "items": ref("Size")}, "code": ref("Code"), "enum": m{"type": "string", extensible: list("x")},
			"names": m{"type": "object", "additionalProperties": m{"type": "string", extensible: list("a")}}}},
		"Size":        m{"type": "object", "properties": m{"colour": ref("Colour"), "of": m{"type": "string", extensible: list("left", "right")}}},
		"SizeInput":   m{"type": "object", "additionalProperties": false, "properties": m{"colour": ref("ColourInput"), "of": m{"type": "string", "enum": list("left", "right")}}},
		"Colour":      m{"type": "string", extensible: list("red", "blue")},
		"ColourInput": m{"type": "string", "enum": list("red", "blue")},
		"Code":        m{"type": "string", "pattern": "^[A-Z]$"},
	}
	if diff := cmp.Diff(want, out["components"].(m)["schemas"]); diff != "" {
		t.Error(diff)
	}
	post := out["paths"].(m)["/things"].(m)["post"].(m)
	if diff := cmp.Diff(ref("ColourInput"), post["parameters"].([]any)[0].(m)["schema"]); diff != "" {
		t.Error(diff)
	}
}

func TestSidesThatDoNotFit(t *testing.T) {
	for old, want := range map[string]string{
		"    Colour: {": "SizeInput is taken",
		"    Code: {":   "there is no #/components/schemas/Code",
	} {
		replacement := "    SizeInput: {type: string}\n" + old
		if strings.Contains(want, "no #") {
			replacement = "    Other: {"
		}
		_, err := bundle(map[string][]byte{common: []byte(strings.Replace(bothSides, old, replacement, 1))}, &words{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
