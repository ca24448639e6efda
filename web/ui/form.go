package ui

import (
	"strings"

	"github.com/a-h/templ"

	"jiebang/web/contract"
	"jiebang/web/site"
)

// Form is a form as it is filled in at the moment.
type Form struct {
	Page    *site.Page
	Values  any // as JSON
	Refused *site.Problem
	Hidden  []string            // paths that are settled elsewhere
	More    map[string]int      // rows beside those that are filled in, by the path of their list
	Choices map[string][]Choice // by the last name of a path: what may be chosen where the description does not list it
	Asks    bool                // it asks a question of a list, and everything may be left open
	Prefix  string              // before the ids of its fields, where a page has several forms
}

// Choice is one thing to choose, already in the reader's language.
type Choice = contract.Option

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "/" + name
}

// id makes an id of a path.
func (f *Form) id(path string) string { return f.Prefix + strings.ReplaceAll(path, "/", "-") }

// pathOf makes a path of the pointer of a wrong place.
func pathOf(pointer string) string {
	if _, name, found := strings.Cut(pointer, ":"); found {
		return name
	}
	return strings.TrimPrefix(pointer, "/")
}

// Value is what stands in a field.
func (f *Form) Value(field *contract.Field, path string) string {
	if v := field.Find(f.Values, path); v != "" {
		if field.Kind == contract.Place {
			return placeTyped(f.Page, v)
		}
		return v
	}
	if contract.Dig(f.Values, path) == nil && f.Values == nil {
		return field.Default
	}
	return ""
}

// Wrong is what is wrong with a field; empty: nothing.
func (f *Form) Wrong(path string) string {
	if f.Refused == nil {
		return ""
	}
	for _, e := range f.Refused.Errors {
		if at := pathOf(e.Pointer); at == path || at == path+"/amount" {
			return e.Message
		}
	}
	return ""
}

func (f *Form) hidden(path string) bool {
	for _, h := range f.Hidden {
		if h == path {
			return true
		}
	}
	return false
}

func (f *Form) has(path, value string) bool {
	all, _ := contract.Dig(f.Values, path).([]any)
	for _, v := range all {
		if v == value {
			return true
		}
	}
	return false
}

func (f *Form) rows(field *contract.Field, path string) int {
	filled, _ := contract.Dig(f.Values, path).([]any)
	n := len(filled) + f.More[path]
	if n == 0 && field.Required {
		n = 1
	}
	return n
}

func (f *Form) options(field *contract.Field, path string) []Choice {
	if len(field.Options) > 0 {
		return field.Options
	}
	name := path[strings.LastIndex(path, "/")+1:]
	return f.Choices[name]
}

func (f *Form) hint(field *contract.Field) string {
	said := f.Page.Of(field.Hint)
	add := func(more string) {
		if said != "" {
			said += f.Page.T("form.and")
		}
		said += more
	}
	switch field.Kind {
	case contract.Lines:
		if len(f.options(field, field.Path)) == 0 {
			add(f.Page.T("form.lines"))
		}
	case contract.Money, contract.Amount:
		add(f.Page.T("form.yuan"))
	case contract.Moment:
		add(f.Page.T("form.shanghai"))
	case contract.Text, contract.Long, contract.Number, contract.Day, contract.Yes, contract.Choice, contract.Choices, contract.Rows, contract.Object, contract.Password, contract.Place:
	}
	if field.Kind == contract.Place {
		add(f.Page.T("place.hint"))
	}
	if field.Example != "" && field.Kind == contract.Text && field.Format != "uuid" {
		add(f.Page.T("form.example", field.Example))
	}
	return said
}

func (f *Form) attributes(field *contract.Field, path string) templ.Attributes {
	id := f.id(path)
	out := templ.Attributes{"id": "f-" + id}
	if field.Kind != contract.Money {
		out["name"] = path
	}
	var about []string
	if f.hint(field) != "" {
		about = append(about, "h-"+id)
	}
	if f.Wrong(path) != "" {
		about = append(about, "e-"+id)
		out["aria-invalid"] = "true"
	}
	if len(about) > 0 {
		out["aria-describedby"] = strings.Join(about, " ")
	}
	if field.Required {
		out["aria-required"] = "true" // the operation says what is missing, in words
	}
	return out
}

func (f *Form) tall(field *contract.Field, path string) int {
	if n := strings.Count(f.Value(field, path), "\n") + 2; n > 4 {
		return min(n, 20)
	}
	return 4
}
