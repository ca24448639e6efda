package main

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What a caller sends and what it gets are held to different rules. A request is closed: a field or a value that nobody knows is a
// mistake, and is refused. An answer is open: within v1 it may gain fields and values, and whoever reads it must bear them. The parts
// say each schema once, closed as a request needs it, and apart makes the two of it:
//
//   - what only requests use stays as it is written;
//   - in what answers use, no object is closed, and the values of an enumeration are those of today (x-extensible-enum);
//   - what both use, and is an object or an enumeration or holds one, is there twice: by its name for answers, and with this
//     ending for requests.
const inputEnding = "Input"

const (
	schemaRef  = "#/components/schemas/"
	extensible = "x-extensible-enum"
)

type sides struct {
	schemas *yaml.Node
	root    *yaml.Node
	broken  []string // references that lead nowhere
}

// apart gives requests and answers schemas of their own.
func apart(root *yaml.Node) error {
	s := &sides{root: root, schemas: at(root, "components", "schemas")}
	if s.schemas == nil {
		return nil
	}
	asked, told := map[string]bool{}, map[string]bool{}
	var requests, answers []*yaml.Node
	for _, item := range values(at(root, "paths")) {
		requests = append(requests, at(item, "parameters"))
		for _, operation := range values(item) {
			if operation.Kind == yaml.MappingNode {
				requests = append(requests, at(operation, "parameters"), at(operation, "requestBody"))
				answers = append(answers, at(operation, "responses"))
			}
		}
	}
	for _, n := range []string{"parameters", "requestBodies"} {
		requests = append(requests, at(root, "components", n))
	}
	for _, n := range []string{"responses", "headers"} {
		answers = append(answers, at(root, "components", n))
	}
	for _, n := range requests {
		s.reach(n, asked)
	}
	for _, n := range answers {
		s.reach(n, told)
	}
	if len(s.broken) > 0 {
		return fmt.Errorf("there is no %s", strings.Join(slices.Compact(s.broken), ", no "))
	}
	twins := map[string]bool{}
	var kept []*yaml.Node
	for name, schema := range pairs(s.schemas) {
		kept = append(kept, name, schema)
		if asked[name.Value] && told[name.Value] && s.differs(schema) {
			twins[name.Value] = true
			if at(s.schemas, name.Value+inputEnding) != nil {
				return fmt.Errorf("schema %s serves requests and answers, and the name %s%s is taken: give the one of requests a name of its own",
					name.Value, name.Value, inputEnding)
			}
			twin := *name
			twin.Value += inputEnding
			kept = append(kept, &twin, clone(schema))
		}
	}
	s.schemas.Content = kept
	for name, schema := range pairs(s.schemas) {
		base, isTwin := strings.CutSuffix(name.Value, inputEnding)
		switch {
		case told[name.Value]:
			open(schema)
		case isTwin && twins[base], asked[name.Value]:
			rename(schema, twins)
		}
	}
	for _, n := range requests {
		rename(n, twins)
	}
	for _, n := range answers {
		each(n, func(n *yaml.Node) {
			if schema := at(n, "schema"); schema != nil {
				open(schema)
			}
		})
	}
	return nil
}

// reach adds the schemas that a node leads to.
func (s *sides) reach(n *yaml.Node, found map[string]bool) {
	each(n, func(n *yaml.Node) {
		name, ok := strings.CutPrefix(refOf(n), schemaRef)
		if !ok || found[name] {
			return
		}
		found[name] = true
		schema := at(s.schemas, name)
		if schema == nil {
			s.broken = append(s.broken, schemaRef+name)
		}
		s.reach(schema, found)
	})
}

// differs tells whether a schema, or one that it leads to, is not the same for requests and answers.
func (s *sides) differs(schema *yaml.Node) bool {
	differs := false
	found := map[string]bool{}
	s.reach(schema, found)
	look := func(n *yaml.Node) {
		inside(n, func(n *yaml.Node) { differs = differs || at(n, "enum") != nil || closedObject(n) })
	}
	look(schema)
	for name := range found {
		look(at(s.schemas, name))
	}
	return differs
}

func closedObject(schema *yaml.Node) bool {
	more := at(schema, "additionalProperties")
	return more != nil && more.Value == "false"
}

// open lets a schema, and all that is written inside it, grow.
func open(schema *yaml.Node) {
	inside(schema, func(n *yaml.Node) {
		var kept []*yaml.Node
		for key, value := range pairs(n) {
			switch {
			case key.Value == "additionalProperties" && value.Value == "false":
				continue
			case key.Value == "enum":
				renamed := *key
				renamed.Value = extensible
				key = &renamed
			}
			kept = append(kept, key, value)
		}
		n.Content = kept
	})
}

// inside calls f for a schema and for each that is written in it.
func inside(schema *yaml.Node, f func(*yaml.Node)) {
	if schema == nil || schema.Kind != yaml.MappingNode {
		return
	}
	f(schema)
	for key, value := range pairs(schema) {
		switch key.Value {
		case "properties":
			for _, p := range values(value) {
				inside(p, f)
			}
		case "items", "additionalProperties", "not":
			inside(value, f)
		case "allOf", "anyOf", "oneOf":
			for _, p := range value.Content {
				inside(p, f)
			}
		}
	}
}

// rename makes the references below a node lead to the schemas of requests.
func rename(n *yaml.Node, twins map[string]bool) {
	each(n, func(n *yaml.Node) {
		if name, ok := strings.CutPrefix(refOf(n), schemaRef); ok && twins[name] {
			at(n, "$ref").Value = schemaRef + name + inputEnding
		}
	})
}

// each calls f for a node and all below it.
func each(n *yaml.Node, f func(*yaml.Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, c := range n.Content {
		each(c, f)
	}
}

func refOf(n *yaml.Node) string {
	if ref := at(n, "$ref"); ref != nil {
		return ref.Value
	}
	return ""
}

// at is what a mapping holds below these keys, or nil.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		var found *yaml.Node
		if n != nil && n.Kind == yaml.MappingNode {
			for k, v := range pairs(n) {
				if k.Value == key {
					found = v
				}
			}
		}
		n = found
	}
	return n
}

func values(mapping *yaml.Node) []*yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	var out []*yaml.Node
	for _, v := range pairs(mapping) {
		out = append(out, v)
	}
	return out
}

// clone copies a node; what another place names stands in the copy itself.
func clone(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return clone(n.Alias)
	}
	out := *n
	out.Anchor = ""
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		out.Content[i] = clone(c)
	}
	return &out
}
