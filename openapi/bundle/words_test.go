package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const bare = `openapi: 3.0.3
tags: [{name: alpha}]
paths:
  /things/{id}:
    parameters: [{$ref: '#/components/parameters/Id'}]
    post:
      operationId: paintThing
      description: 涂色。Paints it.
      parameters: [{$ref: '#/components/parameters/IfMatch'}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Paint'}}}}
      responses: {'200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
components:
  responses: {}
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: string}}
    IfMatch: {name: If-Match, in: header, required: true, schema: {type: string}}
  schemas:
    Colour: {type: string, description: 颜色 Colour, enum: [dark_red, '1st']}
    Paint: {type: object, additionalProperties: false, properties: {colour: {$ref: '#/components/schemas/Colour'}, note: {type: string}, left_out: {type: string}}}
    Thing: {type: object, properties: {name: {type: string}, own: {type: string, description: 自有 Own}, colours: {type: array, items: {$ref: '#/components/schemas/Colour'}}, size: {type: integer}}}
`

func spoken(t *testing.T) map[string]any {
	t.Helper()
	var examples yaml.Node
	if err := yaml.Unmarshal([]byte("{name: 名, Thing.name: 物, note: 备注, left_out: ~, own: 其他}"), &examples); err != nil {
		t.Fatal(err)
	}
	out, err := bundle(map[string][]byte{common: []byte(bare)}, &words{
		properties: map[string]string{"name": "名称 Name", "Thing.size": "大小 Size", "own": "不用 Unused", "note": "备注 Note", "left_out": "省 Left out"},
		lists:      map[string]string{"Colour": "颜色 Colour"},
		enums:      map[string]map[string]string{"Colour": {"dark_red": "深红 Dark red", "1st": "第一 First"}},
		examples:   examples.Content[0],
		codes:      map[string][]string{"paintThing": {"paint_is_out"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, string(out))
}

// What is said once for all is put where a part is silent, and nowhere else.
func TestWordsAreSaidWhereAPartIsSilent(t *testing.T) {
	schemas := spoken(t)["components"].(map[string]any)["schemas"].(map[string]any)
	said := func(schema, property string) any {
		return schemas[schema].(map[string]any)["properties"].(map[string]any)[property].(map[string]any)["description"]
	}
	for _, c := range []struct{ schema, property, want string }{
		{"Thing", "name", "名称 Name"}, {"Thing", "own", "自有 Own"}, {"Thing", "size", "大小 Size"}, {"Paint", "note", "备注 Note"},
	} {
		if got := said(c.schema, c.property); got != c.want {
			t.Errorf("%s.%s: %v, want %s", c.schema, c.property, got, c.want)
		}
	}
	for _, name := range []string{"Colour", "ColourInput"} {
		colour := schemas[name].(map[string]any)
		if diff := cmp.Diff([]any{"DarkRed", "Code1st"}, colour["x-enum-varnames"]); diff != "" {
			t.Error(name, diff)
		}
		if diff := cmp.Diff([]any{"深红 Dark red", "第一 First"}, colour["x-enum-descriptions"]); diff != "" {
			t.Error(name, diff)
		}
		if colour["x-list-name"] != "颜色 Colour" {
			t.Errorf("%s is called %v", name, colour["x-list-name"])
		}
		if text := colour["description"].(string); !strings.HasPrefix(text, "颜色 Colour\n") || !strings.Contains(text, "- `dark_red` 深红 Dark red") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// Each answer is a component, each body has an example, each operation its codes: its own, and those of its form.
func TestOperationsAreIllustrated(t *testing.T) {
	doc := spoken(t)
	post := doc["paths"].(map[string]any)["/things/{id}"].(map[string]any)["post"].(map[string]any)
	body := post["requestBody"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)
	if diff := cmp.Diff(map[string]any{"colour": "dark_red", "note": "备注"}, body["example"]); diff != "" {
		t.Error(diff)
	}
	if ref := post["responses"].(map[string]any)["200"].(map[string]any)["$ref"]; ref != "#/components/responses/PaintThingAnswer" {
		t.Errorf("the answer is %v", ref)
	}
	answer := doc["components"].(map[string]any)["responses"].(map[string]any)["PaintThingAnswer"].(map[string]any)
	example := answer["content"].(map[string]any)["application/json"].(map[string]any)["example"]
	if diff := cmp.Diff(map[string]any{"name": "物", "own": "其他", "colours": []any{"dark_red"}, "size": 1}, example); diff != "" {
		t.Error(diff)
	}
	var codes []string
	for _, code := range post["x-codes"].([]any) {
		codes = append(codes, code.(string))
	}
	list := strings.Join(codes, " ")
	for _, want := range []string{"paint_is_out", "not_found", "version_stale", "version_required", "sign_in_required", "malformed_body"} {
		if !strings.Contains(list, want) {
			t.Errorf("no %s in %s", want, list)
		}
	}
	if strings.Contains(list, "invalid_cursor") || strings.Contains(list, "idempotency") {
		t.Errorf("codes of another form: %s", list)
	}
	if text := post["description"].(string); !strings.HasPrefix(text, "涂色。Paints it.\n") || !strings.Contains(text, "[`paint_is_out`](/problems/paint_is_out)") {
		t.Errorf("%q", text)
	}
}
