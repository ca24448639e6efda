package edge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Spec is openapi.yaml read once and arranged for the questions that each request asks. It is not changed afterwards, so
// any number of requests may use it at once.
type Spec struct {
	operations map[string]*Operation // by method and route pattern
	byID       map[string]*Operation
	lists      []TermList
	ordered    []*Operation
	document   *openapi3.T
}

// Operation is what the description says of one operation, as far as the edge needs it.
type Operation struct {
	ID            string // operationId
	Tag           string
	Method        string
	Path          string // as described: /v1/results/{id}
	Pattern       string // as in the router: /v1/results/:id
	Parameters    []Parameter
	Body          *openapi3.Schema // nil when the operation takes none
	BodyType      string           // the name of its schema
	Bodiless      bool             // its body may be left out, since all that it may say may be
	BodyMost      int64            // how many bytes it has at most
	Price         int              // what it costs, in plain reads (x-price)
	HeavyFrom     int              // the length of its question from which on it waits for a place (x-heavy-from); negative: never
	AnyBody       bool             // whatever body it is sent is not looked at (x-any-body), since who sends it follows a rule of others
	Stream        bool             // its body is bytes, which are not held against a schema but passed on as they come
	TokenRequired bool             // false when a visitor may call it, with or without a token
	Reads         bool             // it changes nothing: a GET, or a POST whose question does not fit into an address (x-reads)
	Success       Success
	Codes         []string // with which it may be refused
}

// Success is how an operation answers when all went well; each has one way.
type Success struct {
	Status  int
	Type    string   // the name of the schema, empty when there is no body
	Item    string   // of a list: the name of its items' schema
	Stream  bool     // the body is a file's content, of whatever type that is
	Tagged  bool     // a caller that has it already is answered with 304
	Ranged  bool     // a caller that asks for a part is answered with that, and 206
	Headers []string // in alphabetical order
}

// Parameter is one declared parameter of a path, a query or a header.
type Parameter struct {
	Name     string
	In       string
	Required bool
	Default  string // what stands for it where it is not sent, as it would be sent; empty: nothing does
	Schema   *openapi3.Schema
}

// pointer names the parameter in a problem document.
func (p Parameter) pointer() string { return p.In + ":" + p.Name }

// ReadSpec reads openapi.yaml. It refuses what the edge could not hold a request to: an object that takes unknown fields,
// a list without a limit, a kind of schema that validation does not follow. So a gap shows when the program starts.
func ReadSpec(document []byte) (*Spec, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("edge: reading the OpenAPI description: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("edge: the description is not valid OpenAPI: %w", err)
	}
	s := &Spec{operations: map[string]*Operation{}, byID: map[string]*Operation{}, lists: termLists(doc), document: doc}
	var wrong []error
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := newOperation(doc, path, method, item, op)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("edge: openapi.yaml, %s %s: %w", method, path, err))
				continue
			}
			s.operations[key(method, o.Pattern)], s.byID[o.ID] = o, o
			s.ordered = append(s.ordered, o)
		}
	}
	slices.SortFunc(s.ordered, func(a, b *Operation) int {
		return strings.Compare(key(a.Path, a.Method), key(b.Path, b.Method))
	})
	return s, errors.Join(wrong...)
}

// RefusedWith lists the operations that may be refused with a code, by path and method.
func (s *Spec) RefusedWith(code string) []*Operation {
	return slices.DeleteFunc(s.Operations(), func(o *Operation) bool { return !slices.Contains(o.Codes, code) })
}

// Document is the description as it was read, for pages that make forms and tables of it. It is not to be changed.
func (s *Spec) Document() *openapi3.T { return s.document }

// Lists are the enumerations of the description, by their names.
func (s *Spec) Lists() []TermList { return s.lists }

// Operations lists the operations by path and method.
func (s *Spec) Operations() []*Operation { return slices.Clone(s.ordered) }

// Operation finds what a route of the router is in the description, or nil.
func (s *Spec) Operation(method, pattern string) *Operation {
	return s.operations[key(method, pattern)]
}

// streams tells whether a file moves, for which there is no fixed time.
func (o *Operation) streams() bool { return o.Stream || o.Success.Stream }

func key(a, b string) string { return a + " " + b }

func newOperation(doc *openapi3.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*Operation, error) {
	o := &Operation{ID: op.OperationID, Method: method, Path: path, Pattern: pattern(path), TokenRequired: tokenRequired(doc, op)}
	if o.ID == "" || len(op.Tags) != 1 {
		return nil, errors.New("an operation has an operationId and one tag")
	}
	o.Tag = op.Tags[0]
	codes, _ := op.Extensions["x-codes"].([]any)
	for _, code := range codes {
		o.Codes = append(o.Codes, fmt.Sprint(code))
	}
	o.Price, o.HeavyFrom = number(op.Extensions, "x-price", 1), number(op.Extensions, "x-heavy-from", -1)
	o.AnyBody = op.Extensions["x-any-body"] == true
	o.Reads = method == http.MethodGet || op.Extensions["x-reads"] == true
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		p := ref.Value
		if p.Schema == nil || !scalar(p.Schema.Value) || p.In == openapi3.ParameterInCookie {
			return nil, fmt.Errorf("parameter %s: only one string, integer or boolean in path, query or header is understood", p.Name)
		}
		if o.takes(p.In, p.Name) {
			return nil, fmt.Errorf("parameter %s: is described twice", p.Name)
		}
		o.Parameters = append(o.Parameters, Parameter{p.Name, p.In, p.Required, defaultOf(p.Schema.Value), p.Schema.Value})
	}
	var err error
	if o.Success, err = success(op); err != nil || op.RequestBody == nil {
		return o, err
	}
	if bytes := op.RequestBody.Value.Content[bytesType]; len(op.RequestBody.Value.Content) == 1 && op.RequestBody.Value.Required && binary(bytes) {
		o.Stream = true
		return o, nil
	}
	media := op.RequestBody.Value.Content.Get(jsonType)
	if media == nil || media.Schema == nil || len(op.RequestBody.Value.Content) != 1 {
		return nil, errors.New("a body is " + jsonType + " only")
	}
	o.Body, o.BodyType = media.Schema.Value, nameOf(media.Schema)
	if o.Bodiless = !op.RequestBody.Value.Required; o.Bodiless && len(o.Body.Required) > 0 {
		return nil, errors.New("a body may be left out only where each of its members may")
	}
	if err := closed(o.Body, "", nil); err != nil {
		return nil, err
	}
	o.BodyMost = bodyMost(o.Body)
	return o, nil
}

// success finds the one answer of an operation that is no problem.
func success(op *openapi3.Operation) (Success, error) {
	var out Success
	for code, ref := range op.Responses.Map() {
		status, err := strconv.Atoi(code)
		if err != nil {
			continue // 4XX and 5XX
		}
		if status == http.StatusNotModified {
			out.Tagged = true
			continue
		}
		if status == http.StatusPartialContent {
			out.Ranged = true
			continue
		}
		if out.Status != 0 || status < 200 || status > 299 {
			return out, errors.New("an operation has one answer that is no problem, and its status is 2xx")
		}
		out.Status, out.Headers = status, slices.Sorted(maps.Keys(ref.Value.Headers))
		if len(ref.Value.Content) == 0 {
			continue
		}
		if len(ref.Value.Content) == 1 && binary(ref.Value.Content[anyType]) {
			out.Stream = true
			continue
		}
		media := ref.Value.Content.Get(jsonType)
		if media == nil || media.Schema == nil || len(ref.Value.Content) != 1 || nameOf(media.Schema) == "" {
			return out, errors.New("an answer is " + jsonType + " only, and its schema has a name")
		}
		out.Type = nameOf(media.Schema)
		if items := media.Schema.Value.Properties["items"]; items != nil && media.Schema.Value.Properties["next_cursor"] != nil {
			out.Item = nameOf(items.Value.Items)
		}
	}
	if out.Status == 0 {
		return out, errors.New("an operation has an answer for when all went well")
	}
	return out, nil
}

// binary tells whether a body is bytes and no document.
func binary(m *openapi3.MediaType) bool {
	return m != nil && m.Schema != nil && m.Schema.Value.Type.Is(openapi3.TypeString) && m.Schema.Value.Format == "binary"
}

// nameOf is the name of a component, or empty for a schema that is written in its place.
func nameOf(s *openapi3.SchemaRef) string {
	return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
}

// defaultOf writes a default as a caller would. The description is read as JSON, where an integer is a float.
func defaultOf(s *openapi3.Schema) string {
	switch value := s.Default.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return fmt.Sprint(value)
	}
}

// takes tells whether a parameter is declared.
func (o *Operation) takes(in, name string) bool { return o.parameter(in, name) != nil }

func (o *Operation) parameter(in, name string) *Parameter {
	for i := range o.Parameters {
		if o.Parameters[i].In == in && strings.EqualFold(o.Parameters[i].Name, name) {
			return &o.Parameters[i]
		}
	}
	return nil
}

// pattern writes a path of the description as Echo does.
func pattern(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// tokenRequired tells whether no alternative of the operation's security lets a visitor in.
func tokenRequired(doc *openapi3.T, op *openapi3.Operation) bool {
	security := doc.Security
	if op.Security != nil {
		security = *op.Security
	}
	return len(security) > 0 && !slices.ContainsFunc(security, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 })
}

func scalar(s *openapi3.Schema) bool {
	return (s.Type.Is(openapi3.TypeString) || s.Type.Is(openapi3.TypeInteger) || s.Type.Is(openapi3.TypeBoolean)) &&
		!composed(s) && checkedFormat(s)
}

// checkedFormat tells whether somebody looks at a text's format; the schema library lets pass the ones that it does not know.
func checkedFormat(s *openapi3.Schema) bool {
	return !s.Type.Is(openapi3.TypeString) || s.Format == "" || formats[s.Format] != nil
}

func composed(s *openapi3.Schema) bool {
	return len(s.OneOf)+len(s.AnyOf)+len(s.AllOf) > 0 || s.Not != nil || s.Discriminator != nil
}

// closed tells whether a schema bounds what a body may hold, at every depth. Validation relies on it: the number of values that
// it looks at is then bounded by the description and not by the sender.
func closed(s *openapi3.Schema, at string, above []*openapi3.Schema) error {
	switch {
	case slices.Contains(above, s):
		return fmt.Errorf("body %q: a schema that contains itself is not understood", at)
	case s.Type == nil || len(*s.Type) != 1 || composed(s) || s.Nullable:
		return fmt.Errorf("body %q: exactly one type, not nullable, and no oneOf, anyOf, allOf or not", at)
	case !checkedFormat(s):
		return fmt.Errorf("body %q: nothing checks the format %s", at, s.Format)
	case knownText(s) != nil:
		return fmt.Errorf("body %q: %w", at, knownText(s))
	case s.Type.Is(openapi3.TypeObject):
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has || s.AdditionalProperties.Schema != nil {
			return fmt.Errorf("body %q: additionalProperties: false is missing", at)
		}
		for name, p := range s.Properties {
			if err := closed(p.Value, at+"/"+name, append(slices.Clone(above), s)); err != nil {
				return err
			}
		}
	case s.Type.Is(openapi3.TypeArray):
		if s.MaxItems == nil {
			return fmt.Errorf("body %q: maxItems is missing", at)
		}
		return closed(s.Items.Value, at+"/0", append(slices.Clone(above), s))
	}
	return nil
}
