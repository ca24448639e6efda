package edge

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// shape is what a verb makes of an operation, to be held against the description.
type shape struct {
	verb    string
	body    reflect.Type // of the request, or nil
	view    reflect.Type // of the record whose version the answer bears, or nil
	answer  reflect.Type // of the answer
	item    reflect.Type // of a list's items
	status  int          // 0: whatever is described
	headers []string     // of the answer
	home    string       // the path under which the record that is made lives, or empty
	id      bool         // the path names a record
	version bool         // If-Match is required
	heeds   bool         // If-Match is heeded where it is sent
	pages   bool         // limit and cursor
	query   *binding     // parameters that are bound to a struct
	takes   bool         // its body is bytes
	gives   bool         // its answer is a file's content
	flows   bool         // its answer is a file that is made while it is sent
}

// fits tells what of a verb does not agree with the description.
func (s shape) fits(op *Operation) (wrong []error) {
	complain := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(s.verb+": "+format, args...))
		}
	}
	reads := s.verb == "Read" || s.verb == "List" || s.verb == "Send" || s.verb == "Flow"
	complain(s.verb == "Plain" || reads == (op.Method == http.MethodGet), "is not meant for %s", op.Method)
	complain((s.body != nil) == (op.Body != nil), "reads a body: %v, described: %v", s.body != nil, op.Body != nil)
	if s.body != nil && op.Body != nil {
		complain(s.body.Name() == op.BodyType, "reads a body of type %q, described is %q", s.body.Name(), op.BodyType)
	}
	complain(s.takes == op.Stream && (s.gives || s.flows) == op.Success.Stream, "streams its body: %v, its answer: %v; described: %v, %v", s.takes, s.gives || s.flows, op.Stream, op.Success.Stream)
	complain(s.view == nil || s.view.Implements(reflect.TypeFor[versioned]()), "a %s has no version", s.view)
	complain(s.status == 0 || s.status == op.Success.Status, "answers %d, described is %d", s.status, op.Success.Status)
	switch {
	case s.item != nil:
		complain(s.item.Name() == op.Success.Item, "lists %q, described is %q", s.item.Name(), op.Success.Item)
	case s.gives, s.flows, s.answer == reflect.TypeFor[None]():
		complain(op.Success.Type == "", "answers nothing, described is %q", op.Success.Type)
	default:
		complain(s.answer.Name() == op.Success.Type, "answers %q, described is %q", s.answer.Name(), op.Success.Type)
	}
	complain(s.verb != "Read" && !s.gives || op.Success.Tagged, "answers If-None-Match, and no 304 is described")
	complain(s.gives == op.Success.Ranged, "answers a range: %v, a 206 is described: %v", s.gives, op.Success.Ranged)
	headers := slices.Sorted(slices.Values(s.headers))
	complain(slices.Equal(headers, op.Success.Headers), "answers with %v, described are %v", headers, op.Success.Headers)
	complain(!s.id || op.takes(openapi3.ParameterInPath, "id"), "the path names a record by its id, described otherwise")
	tag := op.parameter(openapi3.ParameterInHeader, headerIfMatch)
	complain((s.version || s.heeds) == (tag != nil) && (tag == nil || tag.Required == s.version), "asks for a version: %v, described otherwise", s.version || s.heeds)
	s.fitsKey(op, complain)
	s.fitsQuery(op, complain)
	return wrong
}

// fitsKey holds a verb to the rules of the Idempotency-Key.
func (s shape) fitsKey(op *Operation, complain func(bool, string, ...any)) {
	key := op.parameter(openapi3.ParameterInHeader, headerKey)
	switch s.verb {
	case "Create", "CreateUnder":
		complain(key != nil && key.Required, "what creates requires an Idempotency-Key")
	case "Change", "Decide", "Delete":
		complain(key != nil && !key.Required, "what changes takes an Idempotency-Key")
	}
	if key == nil {
		return
	}
	complain(op.TokenRequired, "a visitor may call it, and an Idempotency-Key belongs to an account")
	complain(!slices.ContainsFunc(op.Parameters, func(p Parameter) bool { return p.In == openapi3.ParameterInQuery }),
		"it has a query, which the fingerprint of an Idempotency-Key leaves out")
}

// fitsQuery holds parameters against the fields that they are bound to, both ways.
func (s shape) fitsQuery(op *Operation, complain func(bool, string, ...any)) {
	var fields []bound
	if s.query != nil {
		fields = s.query.fields
	}
	for _, f := range fields {
		p := op.parameter(f.in, f.name)
		complain(p != nil, "%s %s is bound and not described", f.in, f.name)
		complain(p == nil || f.holds(p.Schema), "%s %s does not fit into a %s", f.in, f.name, f.kind)
	}
	for _, p := range op.Parameters {
		switch {
		case p.In == openapi3.ParameterInHeader, p.In == openapi3.ParameterInPath && p.Name == "id" && s.id:
		case s.pages && (p.Name == "limit" || p.Name == "cursor" || p.Name == "sort" || p.Name == "count"):
		default:
			complain(slices.ContainsFunc(fields, func(f bound) bool { return f.in == p.In && f.name == p.Name }),
				"%s %s is described and bound to nothing", p.In, p.Name)
		}
	}
	if s.pages {
		limit := op.parameter(openapi3.ParameterInQuery, "limit")
		complain(limit != nil && limit.Default != "" && op.takes(openapi3.ParameterInQuery, "cursor"), "pages by cursor, and by a limit that has a default")
	}
}
