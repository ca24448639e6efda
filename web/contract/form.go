package contract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiebang/internal/when"
)

// local is how a browser writes a moment without a zone; it is Shanghai's.
const local = "2006-01-02T15:04"

// Value makes the JSON value of a field out of a posted form, whose names are the fields' paths; nil where nothing was filled in. What cannot be
// what it should (letters for a number) is passed on as it was typed, so that the operation refuses it by its place and the writer finds it again.
func (f *Field) Value(form url.Values) any { return f.at(f.Path, form) }

func (f *Field) at(path string, form url.Values) any {
	switch f.Kind {
	case Object, Money:
		return f.object(path, form)
	case Rows:
		return f.rows(path, form)
	case Choices:
		return list(form[path])
	case Lines:
		return list(lines(strings.Join(form[path], "\n")), f.Item) // one text of lines, or what was chosen of a list
	case Place:
		return chosen(form[path])
	case Text, Long, Number, Amount, Day, Moment, Yes, Choice, Password:
	}
	typed := form.Get(path)
	if f.Kind != Password {
		typed = strings.TrimSpace(typed)
	}
	if typed == "" {
		return nil
	}
	return f.scalar(typed)
}

func (f *Field) scalar(typed string) any {
	switch f.Kind {
	case Number:
		if n, err := strconv.ParseInt(typed, 10, 64); err == nil {
			return n
		}
	case Yes:
		if typed == "true" || typed == "false" {
			return typed == "true"
		}
	case Moment:
		if t, err := time.ParseInLocation(local, typed, when.Shanghai); err == nil {
			return t.Format(time.RFC3339)
		}
	case Text, Long, Amount, Day, Choice, Choices, Lines, Rows, Object, Money, Password, Place:
	}
	return typed
}

// chosen is the first that is filled in: of several places of one name one is chosen, else what was typed stands.
func chosen(typed []string) any {
	for _, t := range typed {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return nil
}

func (f *Field) object(path string, form url.Values) any {
	out := map[string]any{}
	for _, inner := range f.Fields {
		if v := inner.at(join(path, inner.Name), form); v != nil {
			out[inner.Name] = v
		}
	}
	if f.Kind == Money {
		if out["amount"] == nil {
			return nil
		}
		if out["currency"] == nil {
			out["currency"] = "CNY"
		}
	}
	if len(out) == 0 && path != "" && !f.Required {
		return nil
	}
	return out
}

func (f *Field) rows(path string, form url.Values) any {
	var out []any
	for _, n := range numbers(path, form) {
		if v := f.Item.at(join(path, strconv.Itoa(n)), form); !empty(v) {
			out = append(out, v)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

func empty(v any) bool {
	m, object := v.(map[string]any)
	return v == nil || object && len(m) == 0
}

const mostRows = 500

// numbers are the rows of a list that a form has, in their order.
func numbers(path string, form url.Values) (out []int) {
	for name := range form {
		rest, inside := strings.CutPrefix(name, path+"/")
		if !inside {
			continue
		}
		number, _, _ := strings.Cut(rest, "/")
		if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < mostRows {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func lines(typed string) (out []string) {
	for line := range strings.Lines(typed) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func list(typed []string, item ...*Field) any {
	var out []any
	for _, t := range typed {
		switch {
		case t == "":
		case len(item) > 0:
			out = append(out, item[0].scalar(t))
		default:
			out = append(out, t)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// Fill makes of what an operation answered what another takes in its place, so that a form begins with what is there: fields by their names, a
// record by its identifier, a list of coded things by their codes.
func (f *Field) Fill(answer any) any {
	switch f.Kind {
	case Object, Money:
		from, ok := answer.(map[string]any)
		if !ok {
			return nil
		}
		out := map[string]any{}
		for _, inner := range f.Fields {
			if v := inner.Fill(part(from, inner.Name)); v != nil {
				out[inner.Name] = v
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case Rows, Choices, Lines:
		return f.fillList(answer)
	case Text, Long, Number, Amount, Day, Moment, Yes, Choice, Password, Place:
	}
	if m, ok := answer.(map[string]any); ok {
		for _, key := range []string{"code", "id", "name"} {
			if s, ok := m[key].(string); ok {
				return s
			}
		}
		return nil
	}
	return answer
}

func (f *Field) fillList(answer any) any {
	items, _ := answer.([]any)
	var out []any
	for _, item := range items {
		if v := f.Item.Fill(item); v != nil {
			out = append(out, v)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

func part(from map[string]any, name string) any {
	if v, ok := from[name]; ok {
		return v
	}
	if base, ok := strings.CutSuffix(name, "_id"); ok {
		if m, ok := from[base].(map[string]any); ok {
			return m["id"]
		}
	}
	return nil
}

// Each visits the fields of a kind that a value fills in, and puts what the visitor makes of each in its place.
func (f *Field) Each(kind Kind, path string, value any, visit func(path string, value any) any) any {
	switch {
	case value == nil:
		return nil
	case f.Kind == kind:
		return visit(path, value)
	case f.Kind == Object:
		m, ok := value.(map[string]any)
		if !ok {
			return value
		}
		for _, inner := range f.Fields {
			if v, there := m[inner.Name]; there {
				m[inner.Name] = inner.Each(kind, join(path, inner.Name), v, visit)
			}
		}
	case f.Kind == Rows || f.Kind == Lines:
		all, _ := value.([]any)
		for i := range all {
			all[i] = f.Item.Each(kind, join(path, strconv.Itoa(i)), all[i], visit)
		}
	}
	return value
}

// Find gives what stands at a path of a value, as a form shows it.
func (f *Field) Find(value any, path string) string {
	return f.show(Dig(value, path))
}

func (f *Field) show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if f.Kind == Moment {
			if t, err := time.Parse(time.RFC3339, v); err == nil {
				return t.In(when.Shanghai).Format(local)
			}
		}
		return v
	case []any:
		all := make([]string, len(v))
		for i, item := range v {
			all[i] = f.show(item)
		}
		return strings.Join(all, "\n")
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

// Dig gives what stands at a path of a value: nil where nothing does.
func Dig(value any, path string) any {
	if path == "" {
		return value
	}
	for name := range strings.SplitSeq(path, "/") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(v) {
				return nil
			}
			value = v[n]
		default:
			return nil
		}
	}
	return value
}
