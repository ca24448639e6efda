package contract

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
)

// Kind is how a field is filled in, or shown.
type Kind string

// The kinds. A list of plain texts is filled in line by line.
const (
	Text     Kind = "text"
	Long     Kind = "long"
	Number   Kind = "number"
	Amount   Kind = "amount"
	Day      Kind = "day"
	Moment   Kind = "moment"
	Yes      Kind = "yes"
	Choice   Kind = "choice"
	Choices  Kind = "choices"
	Lines    Kind = "lines"
	Rows     Kind = "rows"
	Object   Kind = "object"
	Money    Kind = "money"
	Password Kind = "password"
	Place    Kind = "place"
)

// Option is one value that may be chosen.
type Option struct {
	Value string
	edge.Said
}

// Field is one place of an input or of an answer.
type Field struct {
	Name     string
	Path     string // from the root of the input, as in a JSON pointer without its first slash; rows have "*" for their number
	Label    edge.Said
	Hint     edge.Said
	Kind     Kind
	Required bool
	List     string // of a choice: the name of its schema
	Format   string
	Schema   string // of an object: the name of its schema
	Options  []Option
	Fields   []*Field // of an object
	Item     *Field   // of rows
	Most     int      // characters, or items; 0: no bound is told
	Example  string
	Default  string
}

// What properties are called whose schema is shared by many.
//
//go:embed names.txt
var names string

// sharedSchemas are those that say what they are and not what they are for.
var sharedSchemas = []string{"Account", "Amount", "ChainCode", "Contact", "ControlNode", "Decimal", "Figures", "FollowedContracts", "Money", "OfficeCode", "Points", "Ref", "RegionCode"}

// shared are the names of properties, by schema and name.
var shared = readNames(names)

func readNames(text string) map[string]edge.Said {
	out := map[string]edge.Said{}
	for line := range strings.Lines(text) {
		name, said, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		for _, schema := range sharedSchemas {
			out[schema+"/"+name] = edge.Split(said)
		}
	}
	return out
}

const deepest = 6 // schemas that hold themselves would go on for ever

// Fields are those of an answer's schema, in their order.
func (b *Book) Fields(schema string) []*Field {
	ref := b.schemas[schema]
	if ref == nil {
		return nil
	}
	return b.fields(schema, "", ref.Value, 0)
}

func (b *Book) fields(name, path string, s *openapi3.Schema, depth int) (out []*Field) {
	for _, property := range b.inOrder(name, s) {
		f := b.field(property, join(path, property), s.Properties[property], depth+1)
		f.Required = slices.Contains(s.Required, property)
		out = append(out, f)
	}
	return out
}

// inOrder are a schema's properties as their writer ordered them; one that is defined in place has those that must be there first.
func (b *Book) inOrder(name string, s *openapi3.Schema) []string {
	known := slices.DeleteFunc(slices.Clone(b.order[name]), func(p string) bool { return s.Properties[p] == nil })
	if len(known) == len(s.Properties) {
		return known
	}
	rest := slices.DeleteFunc(slices.Sorted(maps.Keys(s.Properties)), func(p string) bool { return slices.Contains(s.Required, p) })
	return append(slices.DeleteFunc(slices.Clone(s.Required), func(p string) bool { return s.Properties[p] == nil }), rest...)
}

func (b *Book) field(name, path string, ref *openapi3.SchemaRef, depth int) *Field {
	s := ref.Value
	f := &Field{Name: name, Path: path, Kind: Text, Schema: named(ref), Format: s.Format}
	f.Label, f.Hint = parts(s.Description)
	if called, ok := shared[strings.TrimSuffix(f.Schema, "Input")+"/"+name]; ok {
		f.Label = called
	}
	if strings.HasSuffix(name, "_name") { // it stands for what it names
		f.Label.Chinese = strings.TrimSuffix(f.Label.Chinese, "的名称")
		f.Label.English = strings.TrimSuffix(strings.TrimPrefix(f.Label.English, "What the "), " is called")
	}
	f.Options = options(s)
	if s.Default != nil {
		f.Default = fmt.Sprint(s.Default)
	}
	if s.Example != nil {
		f.Example = fmt.Sprint(s.Example)
	}
	switch {
	case len(f.Options) > 0:
		f.Kind, f.List = Choice, f.Schema
		if called, _ := s.Extensions["x-list-name"].(string); called != "" {
			f.Label, f.Hint = parts(called)
		}
	case s.Type.Is("boolean"):
		f.Kind = Yes
		f.Label = asQuestion(f.Label)
	case s.Type.Is("integer") || s.Type.Is("number"):
		f.Kind = Number
	case s.Type.Is("array"):
		b.list(f, s, path, depth)
	case s.Type.Is("object"):
		f.Kind = Object
		if f.Schema == "Money" || f.Schema == "MoneyInput" {
			f.Kind = Money
		}
		if depth < deepest {
			f.Fields = b.fields(f.Schema, path, s, depth)
		}
	case s.Format == "date":
		f.Kind = Day
	case s.Format == "date-time":
		f.Kind = Moment
	case strings.Contains(name, "password"):
		f.Kind = Password
	case s.Extensions["x-text"] == "amount":
		f.Kind = Amount
	case name != "code" && (f.Schema == "RegionCode" || f.Schema == "PlaceCode"): // in the list of regions the code is the code
		f.Kind = Place
	}
	if s.MaxLength != nil && f.Kind == Text {
		f.Most = int(*s.MaxLength)
		if f.Most > 200 {
			f.Kind = Long
		}
	}
	return f
}

func (b *Book) list(f *Field, s *openapi3.Schema, path string, depth int) {
	if s.MaxItems != nil {
		f.Most = int(*s.MaxItems)
	}
	if s.Items == nil {
		return
	}
	f.Item = b.field("", join(path, "*"), s.Items, depth+1)
	switch f.Item.Kind {
	case Choice:
		f.Kind, f.Options, f.List = Choices, f.Item.Options, f.Item.List
	case Object, Rows, Money:
		f.Kind = Rows
	default:
		f.Kind = Lines
	}
	if s.Description == "" {
		f.Label, f.Hint = f.Item.Label, f.Item.Hint
	}
}

func options(s *openapi3.Schema) (out []Option) {
	values, _ := s.Extensions["x-extensible-enum"].([]any)
	if len(values) == 0 {
		values = s.Enum
	}
	said, _ := s.Extensions["x-enum-descriptions"].([]any)
	for i, v := range values {
		o := Option{Value: fmt.Sprint(v)}
		o.Said = edge.Said{Chinese: o.Value, English: o.Value}
		if i < len(said) {
			o.Said = edge.Split(fmt.Sprint(said[i]))
		}
		out = append(out, o)
	}
	return out
}

// parts parts what a place is said to be into what it is called, and what else is to be known: at the first mark behind which a clause goes on.
func parts(description string) (label, hint edge.Said) {
	text, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(description), "true："), "\n")
	said := edge.Split(text)
	label.Chinese, hint.Chinese = cut(said.Chinese, "，；。（：")
	label.English, hint.English = cut(said.English, ",;.(:")
	return label, hint
}

// asQuestion is what is true of something, without how a program is told so.
func asQuestion(said edge.Said) edge.Said {
	said.Chinese = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(said.Chinese, "为 true 时"), "时为 true"), "为 true")
	for _, words := range []string{"With true ", "True where ", "True while ", "True of ", "Whether "} {
		if rest, cut := strings.CutPrefix(said.English, words); cut && rest != "" {
			said.English = strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	return said
}

func cut(text, marks string) (before, after string) {
	at := strings.IndexAny(text, marks)
	if at <= 0 {
		return text, ""
	}
	r, size := utf8.DecodeRuneInString(text[at:])
	if r == '（' || r == '(' { // what is in brackets stays whole
		return strings.TrimSpace(text[:at]), strings.TrimSpace(text[at:])
	}
	return strings.TrimSpace(text[:at]), strings.Trim(strings.TrimSpace(text[at+size:]), "。.")
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}
