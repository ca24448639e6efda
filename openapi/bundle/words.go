package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// words is what openapi/words says once for all schemas: what properties mean by their names, what the values of enumerations mean,
// and which values examples are made of. So one word means one thing wherever it stands, and a part says only what is its own.
type words struct {
	properties map[string]string            // by "name" or "Schema.name"
	enums      map[string]map[string]string // by schema, or by the name of a parameter
	lists      map[string]string            // what a list of values is called, by schema
	examples   *yaml.Node                   // by "name", "Schema.name" or "Schema"
	codes      map[string][]string          // by operationId
}

func readWords(folder string) (words, error) {
	var w words
	var examples yaml.Node
	for name, into := range map[string]any{"properties": &w.properties, "enums": &w.enums, "lists": &w.lists, "examples": &examples, "codes": &w.codes} {
		text, err := os.ReadFile(filepath.Join(folder, "words", name+".yaml"))
		if err != nil {
			return w, err
		}
		if err := yaml.Unmarshal(text, into); err != nil {
			return w, fmt.Errorf("words/%s.yaml: %w", name, err)
		}
	}
	if examples.Kind == yaml.DocumentNode {
		w.examples = examples.Content[0]
	}
	return w, nil
}

// explain gives each property and each value its meaning, where the parts do not.
func (w words) explain(root *yaml.Node) {
	for name, schema := range pairs(at(root, "components", "schemas")) {
		base := strings.TrimSuffix(name.Value, inputEnding)
		w.explainValues(schema, name.Value, base)
		if called := first(w.lists, name.Value, base); called != "" && at(schema, "x-enum-descriptions") != nil {
			set(schema, "x-list-name", called)
		}
		inside(schema, func(n *yaml.Node) {
			for property, p := range pairs(orEmpty(at(n, "properties"))) {
				if at(p, "description") == nil && at(p, "$ref") == nil {
					if text := first(w.properties, name.Value+"."+property.Value, base+"."+property.Value, property.Value); text != "" {
						set(p, "description", text)
					}
				}
				w.explainValues(p, name.Value+"."+property.Value, base+"."+property.Value)
			}
		})
	}
	for name, p := range pairs(orEmpty(at(root, "components", "parameters"))) {
		w.explainValues(at(p, "schema"), name.Value)
	}
	for _, item := range values(at(root, "paths")) {
		for _, operation := range append(values(item), item) {
			if list := at(operation, "parameters"); list != nil {
				for _, p := range list.Content {
					if name := at(p, "name"); name != nil {
						w.explainValues(at(p, "schema"), name.Value)
					}
				}
			}
		}
	}
}

// explainValues names the values of an enumeration for generators, and tells what they mean.
func (w words) explainValues(schema *yaml.Node, names ...string) {
	list := at(schema, "enum")
	if list == nil {
		list = at(schema, extensible)
	}
	if list == nil {
		return
	}
	var meaning map[string]string
	for _, name := range names {
		if meaning == nil {
			meaning = w.enums[name]
		}
	}
	varnames, descriptions := sequence(), sequence()
	text := ""
	if d := at(schema, "description"); d != nil {
		text = strings.TrimSpace(d.Value) + "\n"
	}
	for _, v := range list.Content {
		varnames.Content = append(varnames.Content, scalar(identifier(v.Value)))
		if meaning[v.Value] == "" {
			return // a test names those
		}
		descriptions.Content = append(descriptions.Content, scalar(meaning[v.Value]))
		text += "\n- `" + v.Value + "` " + meaning[v.Value]
	}
	set(schema, "description", strings.TrimPrefix(text, "\n")+"\n")
	setNode(schema, "x-enum-varnames", varnames)
	setNode(schema, "x-enum-descriptions", descriptions)
}

// identifier writes a value as generators name constants: second_review is SecondReview.
func identifier(value string) string {
	var out strings.Builder
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		out.WriteString(string(unicode.ToUpper(runes[0])) + string(runes[1:]))
	}
	if name := out.String(); name != "" && !unicode.IsDigit([]rune(name)[0]) {
		return name
	}
	return "Code" + out.String()
}

// nameAnswers makes a component of each answer that an operation describes in its place: generators make one type of a component,
// and a type for each place of anything else.
func nameAnswers(root *yaml.Node) {
	responses := at(root, "components", "responses")
	if responses == nil {
		return
	}
	for _, item := range values(at(root, "paths")) {
		for _, operation := range values(item) {
			id := at(operation, "operationId")
			if id == nil {
				continue
			}
			list := at(operation, "responses")
			for i := 1; i < len(list.Content); i += 2 {
				if at(list.Content[i], "$ref") != nil {
					continue
				}
				name := identifier(id.Value) + "Answer"
				if at(responses, name) != nil {
					name += list.Content[i-1].Value // its status: an operation may go well in two ways
				}
				responses.Content = append(responses.Content, scalar(name), list.Content[i])
				ref := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
				set(ref, "$ref", "#/components/responses/"+name)
				list.Content[i] = ref
			}
		}
	}
}

func first(of map[string]string, keys ...string) string {
	for _, key := range keys {
		if of[key] != "" {
			return of[key]
		}
	}
	return ""
}

func orEmpty(n *yaml.Node) *yaml.Node {
	if n == nil {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	return n
}

func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

func sequence() *yaml.Node { return &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle} }

func set(mapping *yaml.Node, key, text string) { setNode(mapping, key, scalar(text)) }

// setNode gives a key a value, in the place of the one that it has.
func setNode(mapping *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content[i+1] = value
			return
		}
	}
	mapping.Content = append(mapping.Content, scalar(key), value)
}
