// Command bundle puts the parts of the OpenAPI description together, so that a part can be read at a sitting and what is served
// is one plain document. It knows no dialect: a part holds paths and components as OpenAPI has them, and each schema once, also
// where requests and answers share it; in what is served the two are apart (sides.go), and words, examples and codes are added that
// openapi/words says once for all (words.go).
//
// Run at the top of the clone, it makes openapi.yaml of openapi/*.yaml; with -shared FILE it writes the schemas before they are taken
// apart, from which the types of this program are made: here both sides are one type; with -order FILE it writes in which order the
// properties of each schema of openapi.yaml stand.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const (
	common = "common.yaml" // what is neither path nor component, and what the parts share
	header = "# Made of openapi/*.yaml by openapi/bundle: change those, then run go generate ./...\n"
	widest = 140 // characters of a collection that is left on one line
)

func main() {
	shared := flag.String("shared", "", "write the schemas as the parts have them to this file, and nothing else")
	order := flag.String("order", "", "write the order of each schema's properties to this file, and nothing else")
	flag.Parse()
	if *order != "" {
		exit(inOrderOf("openapi.yaml", *order))
		return
	}
	output, split := "openapi.yaml", true
	if *shared != "" {
		output, split = *shared, false
	}
	exit(run("openapi", output, split))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// inOrderOf writes the order of the properties of a bundled description.
func inOrderOf(document, output string) error {
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	out := bytes.NewBufferString("# Made of " + document + " by openapi/bundle: run go generate ./...\n")
	if err := writeOrder(out, root.Content[0]); err != nil {
		return err
	}
	return os.WriteFile(output, out.Bytes(), 0o644) //nolint:gosec // a source file like others
}

func run(folder, output string, split bool) error {
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return err
	}
	parts := map[string][]byte{}
	for _, name := range names {
		if parts[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			return err
		}
	}
	var said *words
	if split {
		w, err := readWords(folder)
		if err != nil {
			return err
		}
		said = &w
	}
	whole, err := bundle(parts, said)
	if err != nil {
		return err
	}
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	_, err = file.Write(whole)
	return errors.Join(err, file.Close())
}

// bundle joins parts, which it is given by their file names; with words it takes requests and answers apart and adds what
// the words say.
func bundle(parts map[string][]byte, said *words) ([]byte, error) {
	names, err := inOrder(parts)
	if err != nil {
		return nil, err
	}
	whole := document{root: &yaml.Node{Kind: yaml.MappingNode}, entries: map[string]entry{}}
	for _, name := range names {
		if err := whole.add(name, parts[name]); err != nil {
			return nil, err
		}
	}
	if said != nil {
		if err := apart(whole.root); err != nil {
			return nil, err
		}
		nameAnswers(whole.root)
		said.explain(whole.root)
		said.illustrate(whole.root)
		said.listCodes(whole.root)
	}
	tidy(whole.root)
	out := bytes.NewBufferString(header)
	e := yaml.NewEncoder(out)
	e.SetIndent(2)
	err = errors.Join(e.Encode(whole.root), e.Close())
	return out.Bytes(), err
}

// inOrder puts the common part first, then those of each tag ("tag.yaml", "tag_more.yaml") as it lists the tags, then the rest.
func inOrder(parts map[string][]byte) ([]string, error) {
	var list struct{ Tags []struct{ Name string } }
	if err := yaml.Unmarshal(parts[common], &list); err != nil {
		return nil, fmt.Errorf("%s: %w", common, err)
	}
	rank := map[string]int{strings.TrimSuffix(common, ".yaml"): -len(list.Tags) - 1}
	for i, tag := range list.Tags {
		rank[tag.Name] = i - len(list.Tags)
	}
	of := func(name string) int {
		tag, _, _ := strings.Cut(strings.TrimSuffix(name, ".yaml"), "_")
		return rank[tag]
	}
	return slices.SortedFunc(maps.Keys(parts), func(a, b string) int { return cmp.Or(of(a)-of(b), cmp.Compare(a, b)) }), nil
}

// document is what has been put together so far.
type document struct {
	root    *yaml.Node
	entries map[string]entry // by the keys that lead to them
}

type entry struct {
	value *yaml.Node
	place string // file and line
}

func (d *document) add(name string, text []byte) error {
	var part yaml.Node
	if err := yaml.Unmarshal(text, &part); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if part.Kind == 0 {
		return fmt.Errorf("%s: is empty", name)
	}
	// A node keeps a key that is there twice; decoding finds it.
	if err := part.Decode(&map[string]any{}); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for key, value := range pairs(part.Content[0]) {
		levels := 0
		switch {
		case key.Value == "paths" || key.Value == "components":
			levels = 2 // paths are joined by path and method, components by section and name
		case name != common:
			return fmt.Errorf("%s:%d: %s belongs in %s; a part has paths and components", name, key.Line, key.Value, common)
		}
		if err := d.put(d.root, key.Value, key, value, name, levels); err != nil {
			return err
		}
	}
	return nil
}

// put adds what a part says under a key, joining as many levels below it with what other parts say there.
func (d *document) put(into *yaml.Node, keys string, key, value *yaml.Node, name string, levels int) error {
	old, known := d.entries[keys]
	here := entry{value, fmt.Sprintf("%s:%d", name, key.Line)}
	switch {
	case levels > 0 && value.Kind != yaml.MappingNode:
		return fmt.Errorf("%s: %s is not a mapping", here.place, keys)
	case known && levels == 0:
		return fmt.Errorf("%s: both %s and %s have it", keys, old.place, here.place)
	case known:
		here = old
	case levels > 0:
		here.value = &yaml.Node{Kind: yaml.MappingNode}
	}
	if !known {
		d.entries[keys] = here
		into.Content = append(into.Content, key, here.value)
	}
	if levels > 0 {
		for k, v := range pairs(value) {
			if err := d.put(here.value, keys+" "+k.Value, k, v, name, levels-1); err != nil {
				return err
			}
		}
	}
	return nil
}

func pairs(mapping *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		for c := mapping.Content; len(c) > 0 && yield(c[0], c[1]); c = c[2:] {
		}
	}
}

// tidy leaves comments to the parts, and gives each entry of a collection that is too long for one line a line of its own.
func tidy(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	if width(n) > widest {
		n.Style &^= yaml.FlowStyle
	}
	for _, c := range n.Content {
		tidy(c)
	}
}

func width(n *yaml.Node) int {
	sum := utf8.RuneCountInString(n.Value) + 2
	for _, c := range n.Content {
		sum += width(c)
	}
	return sum
}
