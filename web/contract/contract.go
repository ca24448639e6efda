// Package contract reads the OpenAPI description as pages need it: what an operation takes as a form, and what it answers as fields and
// columns, each in the order and the words of the description. It holds no text of its own: what a person reads stands in openapi/.
package contract

import (
	"bufio"
	_ "embed"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
)

// The order of each schema's properties, which a parsed description has lost.
//
//go:embed order.txt
var order string

// Book is the description, arranged for pages. It is not changed once it is made.
type Book struct {
	operations map[string]*Operation
	ordered    []*Operation
	order      map[string][]string
	schemas    openapi3.Schemas
	names      map[string]edge.Said // of values, by "list/code"
}

// Operation is one operation as a page shows it.
type Operation struct {
	ID, Method, Path, Tag string
	Title, About          edge.Said
	Query                 []*Field
	Body                  *Field // the object that it takes; nil: none
	BodyOptional          bool
	Answer                string // the name of the answer's schema; empty: no JSON
	Item                  string // of a list: the name of its items' schema
	File                  bool   // it answers a file
	Versioned, Keyed      bool   // whether it takes If-Match, and Idempotency-Key
	TokenRequired         bool
}

// Collection is the path before the record's id: "/v1/results" of "/v1/results/{id}/publish".
func (o *Operation) Collection() string {
	collection, _, _ := strings.Cut(o.Path, "/{")
	return collection
}

// Read arranges a description.
func Read(spec *edge.Spec) *Book {
	doc := spec.Document()
	b := &Book{operations: map[string]*Operation{}, order: readOrder(order), schemas: doc.Components.Schemas, names: map[string]edge.Said{}}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := b.operation(path, method, item, op)
			if known := spec.Operation(method, pattern(path)); known != nil {
				o.TokenRequired = known.TokenRequired
			}
			b.operations[o.ID] = o
		}
	}
	b.ordered = slices.SortedFunc(maps.Values(b.operations), func(x, y *Operation) int { return strings.Compare(x.Path+x.Method, y.Path+y.Method) })
	for name, ref := range b.schemas {
		for _, o := range options(ref.Value) {
			b.names[name+"/"+o.Value] = o.Said
		}
	}
	return b
}

var inPath = regexp.MustCompile(`\{([a-z_]+)\}`)

func pattern(path string) string { return inPath.ReplaceAllString(path, ":$1") }

func readOrder(text string) map[string][]string {
	out := map[string][]string{}
	for in := bufio.NewScanner(strings.NewReader(text)); in.Scan(); {
		if name, rest, ok := strings.Cut(in.Text(), " "); ok && name != "#" {
			out[name] = strings.Fields(rest)
		}
	}
	return out
}

// Operation finds one by its operationId; nil where there is none.
func (b *Book) Operation(id string) *Operation { return b.operations[id] }

// Operations are all of them, by path and method.
func (b *Book) Operations() []*Operation { return b.ordered }

// At finds the operation of a method and a path of the description.
func (b *Book) At(method, path string) *Operation {
	for _, o := range b.ordered {
		if o.Method == method && o.Path == path {
			return o
		}
	}
	return nil
}

// Home is the operation that reads one record of a schema: GET /v1/applications/{id} for Application; nil where none does.
func (b *Book) Home(schema string) *Operation {
	for _, o := range b.ordered {
		if o.Method == http.MethodGet && o.Answer == schema && o.Path == o.Collection()+"/{id}" {
			return o
		}
	}
	return nil
}

// Under are the operations that read what belongs to a record of a collection: GET /v1/deals/{id}/steps.
func (b *Book) Under(collection string) (out []*Operation) {
	for _, o := range b.ordered {
		if o.Method == http.MethodGet && strings.HasPrefix(o.Path, collection+"/{id}/") && strings.Count(o.Path, "{") == 1 && o.Answer != "" {
			out = append(out, o)
		}
	}
	return out
}

func (b *Book) operation(path, method string, item *openapi3.PathItem, op *openapi3.Operation) *Operation {
	o := &Operation{ID: op.OperationID, Method: method, Path: path, Title: edge.Split(op.Summary), About: about(op.Description)}
	if len(op.Tags) > 0 {
		o.Tag = op.Tags[0]
	}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		switch p := ref.Value; {
		case p.In == openapi3.ParameterInHeader && p.Name == "If-Match":
			o.Versioned = true
		case p.In == openapi3.ParameterInHeader && p.Name == "Idempotency-Key":
			o.Keyed = true
		case p.In == openapi3.ParameterInQuery:
			f := b.field(p.Name, p.Name, p.Schema, 0)
			if p.Description != "" {
				f.Label, f.Hint = parts(p.Description)
				if f.Kind == Yes {
					f.Label = asQuestion(f.Label)
				}
			}
			f.Required = p.Required
			o.Query = append(o.Query, f)
		}
	}
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
			o.Body, o.BodyOptional = b.field("", "", media.Schema, 0), !op.RequestBody.Value.Required
			call(o.Body, o.Body.Fields)
		}
	}
	for status, ref := range op.Responses.Map() {
		if !strings.HasPrefix(status, "2") || ref.Value == nil {
			continue
		}
		if any, ok := ref.Value.Content["*/*"]; ok && any.Schema != nil && any.Schema.Value.Format == "binary" {
			o.File = true
			continue
		}
		if media := ref.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
			o.Answer = named(media.Schema)
			if items := media.Schema.Value.Properties["items"]; items != nil && items.Value.Items != nil {
				o.Item = named(items.Value.Items)
			}
		}
	}
	return o
}

var (
	property = regexp.MustCompile(`[a-z]+(?:_[a-z]+)+`)
	aside    = regexp.MustCompile(`[（(]` + "`?" + `[a-z]+(?:_[a-z]+)+` + "`?" + `[)）]`)
)

// call puts what the fields beside it are called into a hint that names them as a program does.
func call(f *Field, beside []*Field) {
	for _, inner := range f.Fields {
		call(inner, f.Fields)
	}
	if f.Item != nil {
		call(f.Item, beside)
	}
	for _, other := range beside {
		if property.MatchString(other.Name) {
			f.Hint.Chinese = strings.ReplaceAll(f.Hint.Chinese, other.Name, "“"+other.Label.Chinese+"”")
			f.Hint.English = strings.ReplaceAll(f.Hint.English, other.Name, "“"+other.Label.English+"”")
		}
	}
}

// named is the name of the schema that a place refers to, empty where it stands in the place itself.
func named(ref *openapi3.SchemaRef) string {
	return strings.TrimPrefix(ref.Ref, "#/components/schemas/")
}

// about is what an operation is said to do, without the list of its codes and the names of the API.
func about(text string) edge.Said {
	if before, _, found := strings.Cut(text, "可能的错误"); found {
		text = before
	}
	return edge.Split(strings.TrimSpace(aside.ReplaceAllString(text, "")))
}

// Name is what a value of a list is called, by the name of the list's schema; the value itself where it is not listed.
func (b *Book) Name(list, value string) edge.Said {
	if said, ok := b.names[list+"/"+value]; ok {
		return said
	}
	if said, ok := b.names[list+"Input/"+value]; ok {
		return said
	}
	return edge.Said{Chinese: value, English: value}
}
