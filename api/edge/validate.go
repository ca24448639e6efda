package edge

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
)

const (
	headerIfMatch = "If-Match"
	headerKey     = "Idempotency-Key"
)

// requireToken turns away who must sign in first, before anything of the request is looked at: a stranger learns nothing about
// what an operation takes.
func requireToken(op *Operation, r *http.Request) error {
	if op.TokenRequired && bearer(r) == "" {
		return fault.SignInRequired.New()
	}
	return nil
}

// validate lets a request through to its handler only as the description has it. What passes here binds and unmarshals without
// error, and holds no text that a database would refuse.
func (o *Operation) validate(c echo.Context, state *request, room *room) error {
	if err := o.checkParameters(c); err != nil {
		return err
	}
	var err error
	if state.body, err = o.checkBody(c, room); err != nil {
		return err
	}
	if state.read != nil {
		state.read()
	}
	if o.takes(openapi3.ParameterInHeader, headerKey) {
		if state.key = c.Request().Header.Get(headerKey); state.key != "" {
			state.fingerprint = Fingerprint(o.Method, c.Request().URL.Path, state.body)
		}
	}
	return nil
}

// checkParameters looks at path, query and headers and tells of everything that is wrong with them at once. A missing version or
// idempotency key has an answer of its own, given only when nothing else is wrong.
func (o *Operation) checkParameters(e echo.Context) error {
	wrong := o.checkQuery(e.Request().URL.RawQuery)
	var missing error
	for _, p := range o.Parameters {
		switch p.In {
		case openapi3.ParameterInPath:
			wrong = append(wrong, p.checkText(pathValue(e, p.Name))...)
		case openapi3.ParameterInHeader:
			places, absent := p.checkHeader(e.Request().Header)
			wrong = append(wrong, places...)
			if missing == nil {
				missing = absent
			}
		}
	}
	if err := bounded(wrong).Err(); err != nil {
		return err
	}
	return missing
}

// checkQuery holds a query to the declared parameters: each at most once, none empty, none unknown. A filter that is misspelt and
// ignored would answer another question than the one asked.
func (o *Operation) checkQuery(raw string) fault.Fields {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return fault.Fields{place("query", fault.Syntax, nil)}
	}
	var wrong fault.Fields
	for _, p := range o.Parameters {
		if p.In != openapi3.ParameterInQuery {
			continue
		}
		switch given := values[p.Name]; {
		case len(given) > 1:
			wrong = append(wrong, place(p.pointer(), fault.Repeated, nil))
		case len(given) == 1 && strings.TrimSpace(given[0]) == "":
			wrong = append(wrong, place(p.pointer(), fault.Empty, nil))
		case len(given) == 1:
			wrong = append(wrong, p.checkText(given[0])...)
		case p.Required:
			wrong = append(wrong, place(p.pointer(), fault.Required, nil))
		}
		delete(values, p.Name)
	}
	unknown := make([]string, 0, len(values))
	for name := range values {
		unknown = append(unknown, name)
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		wrong = append(wrong, place("query:"+name, fault.Unknown, nil))
	}
	return wrong
}

// checkHeader returns what is wrong with a declared header, or the fault that its absence is.
func (p Parameter) checkHeader(h http.Header) (wrong []fault.Field, missing error) {
	given := h.Values(p.Name)
	if p.Name == headerIfMatch && len(given) > 1 {
		given = []string{ifMatch(h)}
	}
	switch {
	case len(given) > 1:
		return []fault.Field{place(p.pointer(), fault.Repeated, nil)}, nil
	case len(given) == 1:
		if _, any, _ := ParseIfMatch(given[0]); any && p.Name == headerIfMatch {
			return nil, fault.VersionRequired.New()
		}
		return p.checkHeaderText(given[0]), nil
	case !p.Required:
		return nil, nil
	}
	switch p.Name {
	case headerIfMatch:
		return nil, fault.VersionRequired.New()
	case headerKey:
		return nil, fault.KeyRequired.New()
	}
	return []fault.Field{place(p.pointer(), fault.Required, nil)}, nil
}

func (p Parameter) checkHeaderText(text string) []fault.Field {
	if text == "" {
		return []fault.Field{place(p.pointer(), fault.Empty, nil)}
	}
	if p.Name == headerIfMatch {
		if _, _, ok := ParseIfMatch(text); !ok {
			return []fault.Field{fault.BadFormat.Field(p.pointer(),
				"须为读取时得到的 ETag，形如 \"3-5f0c9a1e77b23d84\"，含引号。", "Must be the ETag as it was read, like \"3-5f0c9a1e77b23d84\" with its quotes.")}
		}
	}
	return p.checkText(text)
}

// checkText reads the text of a parameter as its schema's type and holds it to the schema.
func (p Parameter) checkText(text string) []fault.Field {
	if !clean(text) {
		return []fault.Field{place(p.pointer(), fault.BadCharacters, nil)}
	}
	value, wrong := typed(p.Schema, text)
	if wrong != nil {
		return []fault.Field{place(p.pointer(), *wrong, p.Schema)}
	}
	return checkSchema(p.Schema, value, p.pointer())
}

// typed reads a text as a boolean, an integer or a string. An integer has one spelling: no sign, point, exponent or
// zeros that could be left out.
func typed(s *openapi3.Schema, text string) (value any, wrong *fault.Place) {
	switch {
	case s.Type.Is(openapi3.TypeBoolean):
		if text != "true" && text != "false" {
			return nil, &fault.WrongType
		}
		return text == "true", nil
	case s.Type.Is(openapi3.TypeInteger):
		if wrong := wrongInteger(text); wrong != nil {
			return nil, wrong
		}
		n, _ := strconv.ParseInt(text, 10, 64)
		return n, nil
	}
	return text, nil
}

// clean tells whether a text from a path, a query or a header is whole UTF-8 without control characters.
func clean(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// pathValue is a path parameter as it was meant: the router leaves it escaped when the path as it was sent
// differs from its usual form. A text that cannot be unescaped is returned as it is, and then matches no schema of ours.
func pathValue(e echo.Context, name string) string {
	value := e.Param(name)
	if e.Request().URL.RawPath == "" {
		return value
	}
	if plain, err := url.PathUnescape(value); err == nil {
		return plain
	}
	return value
}
