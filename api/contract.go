package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Contract is openapi.yaml read once and arranged for the questions that each request asks. It is not changed afterwards, so
// any number of requests may use it at once.
type Contract struct {
	operations map[string]*Operation // by method and route pattern
	ordered    []*Operation
}

// Operation is what the contract says of one operation, as far as the edge needs it.
type Operation struct {
	ID            string // operationId
	Tag           string
	Method        string
	Path          string // as in the contract: /v1/results/{id}
	Pattern       string // as in the router: /v1/results/:id
	Parameters    []Parameter
	Body          *openapi3.Schema // nil when the operation takes none
	TokenRequired bool             // false when a visitor may call it, with or without a token
}

// Parameter is one declared parameter of a path, a query or a header.
type Parameter struct {
	Name     string
	In       string
	Required bool
	Schema   *openapi3.Schema
}

// pointer names the parameter in a problem document.
func (p Parameter) pointer() string { return p.In + ":" + p.Name }

// NewContract reads the contract. It refuses what the edge could not hold a request to: an object that takes unknown fields,
// a list without a limit, a kind of schema that validation does not follow. So a gap shows when the program starts.
func NewContract(document []byte) (*Contract, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("api: reading the contract: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("api: the contract is not valid OpenAPI: %w", err)
	}
	c := &Contract{operations: map[string]*Operation{}}
	var wrong []error
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := newOperation(doc, path, method, item, op)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("api: the contract, %s %s: %w", method, path, err))
				continue
			}
			c.operations[key(method, o.Pattern)] = o
			c.ordered = append(c.ordered, o)
		}
	}
	slices.SortFunc(c.ordered, func(a, b *Operation) int {
		return strings.Compare(key(a.Path, a.Method), key(b.Path, b.Method))
	})
	return c, errors.Join(wrong...)
}

// Operations lists the operations by path and method.
func (c *Contract) Operations() []*Operation { return slices.Clone(c.ordered) }

// Operation finds what a route of the router is in the contract, or nil.
func (c *Contract) Operation(method, pattern string) *Operation {
	return c.operations[key(method, pattern)]
}

func key(a, b string) string { return a + " " + b }

func newOperation(doc *openapi3.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*Operation, error) {
	o := &Operation{ID: op.OperationID, Method: method, Path: path, Pattern: pattern(path), TokenRequired: tokenRequired(doc, op)}
	if o.ID == "" || len(op.Tags) != 1 {
		return nil, errors.New("an operation has an operationId and one tag")
	}
	o.Tag = op.Tags[0]
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		p := ref.Value
		if p.Schema == nil || !scalar(p.Schema.Value) || p.In == openapi3.ParameterInCookie {
			return nil, fmt.Errorf("parameter %s: only one string, integer or boolean in path, query or header is understood", p.Name)
		}
		o.Parameters = append(o.Parameters, Parameter{Name: p.Name, In: p.In, Required: p.Required, Schema: p.Schema.Value})
	}
	if op.RequestBody == nil {
		return o, nil
	}
	media := op.RequestBody.Value.Content.Get(jsonType)
	if media == nil || media.Schema == nil || len(op.RequestBody.Value.Content) != 1 || !op.RequestBody.Value.Required {
		return nil, errors.New("a body is required and is " + jsonType + " only")
	}
	o.Body = media.Schema.Value
	return o, closed(o.Body, "", nil)
}

// pattern writes a path of the contract as Echo does.
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
// it looks at is then bounded by the contract and not by the sender.
func closed(s *openapi3.Schema, at string, above []*openapi3.Schema) error {
	switch {
	case slices.Contains(above, s):
		return fmt.Errorf("body %q: a schema that contains itself is not understood", at)
	case s.Type == nil || len(*s.Type) != 1 || composed(s) || s.Nullable:
		return fmt.Errorf("body %q: exactly one type, not nullable, and no oneOf, anyOf, allOf or not", at)
	case !checkedFormat(s):
		return fmt.Errorf("body %q: nothing checks the format %s", at, s.Format)
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
