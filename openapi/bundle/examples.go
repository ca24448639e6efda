package main

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// illustrate gives each request and each answer an example. It is put together from what openapi/words/examples.yaml says of
// properties and schemas, so that an example cannot miss a field that its schema gained; tests hold each against its schema.
func (w words) illustrate(root *yaml.Node) {
	m := maker{w.examples, at(root, "components", "schemas")}
	for name, schema := range pairs(m.schemas) {
		for property, p := range pairs(orEmpty(at(schema, "properties"))) {
			if at(p, "example") == nil && at(p, "$ref") == nil && at(p, "properties") == nil && at(p, "items") == nil {
				if value := m.said(name.Value, property.Value); value != nil && clone(value).Kind == yaml.ScalarNode && value.Tag != "!!null" {
					setNode(p, "example", clone(value))
				}
			}
		}
	}
	each(root, func(n *yaml.Node) {
		for kind, content := range pairs(orEmpty(at(n, "content"))) {
			if schema := at(content, "schema"); strings.HasSuffix(kind.Value, "json") && schema != nil && at(content, "example") == nil && at(content, "examples") == nil {
				if value := m.value(schema, ""); value != nil {
					setNode(content, "example", value)
				}
			}
		}
	})
}

type maker struct{ examples, schemas *yaml.Node }

// said is the example of a property as the words have it: that of its schema's before that of its name.
func (m maker) said(schema, property string) *yaml.Node {
	for _, key := range []string{schema + "." + property, strings.TrimSuffix(schema, inputEnding) + "." + property, property} {
		if value := at(m.examples, key); value != nil {
			return value
		}
	}
	return nil
}

// value makes an example of a schema, or nil where the words say that there is none.
func (m maker) value(schema *yaml.Node, name string) *yaml.Node {
	if ref, ok := strings.CutPrefix(refOf(schema), schemaRef); ok {
		for _, key := range []string{ref, strings.TrimSuffix(ref, inputEnding)} {
			if value := at(m.examples, key); value != nil {
				return clone(value)
			}
		}
		return m.value(at(m.schemas, ref), ref)
	}
	if value := at(schema, "example"); value != nil {
		return clone(value)
	}
	for _, key := range []string{"enum", extensible} {
		if list := at(schema, key); list != nil {
			return clone(list.Content[0])
		}
	}
	kind, format := at(schema, "type"), at(schema, "format")
	switch {
	case kind == nil:
		return nil
	case kind.Value == "object":
		out := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		for property, p := range pairs(orEmpty(at(schema, "properties"))) {
			value := m.said(name, property.Value)
			switch {
			case value == nil:
				value = m.value(p, name+"."+property.Value)
			case value.Tag == "!!null":
				continue // left out
			}
			if value != nil {
				out.Content = append(out.Content, scalar(property.Value), clone(value))
			}
		}
		return out
	case kind.Value == "array":
		out := sequence()
		if item := m.value(at(schema, "items"), name); item != nil {
			out.Content = append(out.Content, item)
		}
		return out
	case kind.Value == "boolean":
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
	case kind.Value == "integer" || kind.Value == "number":
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "1"}
	case format == nil:
		return scalar("…")
	}
	return scalar(map[string]string{
		"uuid": "01980a3c-5d1e-7c2a-9b4f-2f6f8f1f0a11", "date": "2026-11-28", "date-time": "2026-11-28T02:30:00Z",
	}[format.Value])
}
