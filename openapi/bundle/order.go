package main

import (
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// writeOrder writes the names of each schema's properties as their writer ordered them, one line for a schema: a program that reads the
// description has them in no order, and a form or a page needs one. An object within another has the path to it as its name ("Problem/errors/[]").
func writeOrder(w io.Writer, root *yaml.Node) error {
	for name, schema := range pairs(at(root, "components", "schemas")) {
		if err := orderOf(w, name.Value, schema); err != nil {
			return err
		}
	}
	return nil
}

func orderOf(w io.Writer, name string, schema *yaml.Node) error {
	if items := at(schema, "items"); items != nil {
		return orderOf(w, name+"/[]", items)
	}
	properties := at(schema, "properties")
	if properties == nil {
		return nil
	}
	line := name
	for property := range pairs(properties) {
		line += " " + property.Value
	}
	if _, err := fmt.Fprintln(w, line); err != nil {
		return err
	}
	for property, inner := range pairs(properties) {
		if err := orderOf(w, name+"/"+property.Value, inner); err != nil {
			return err
		}
	}
	return nil
}
