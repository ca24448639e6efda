package edge

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"jiebang/internal/when"
)

// binding fills a struct from a request: its fields name their parameters by a tag.
//
//	Owner uuid.UUID `query:"owner_id"`
//	Need  uuid.UUID `path:"id"`
//	Body  *wire.Credentials `body:"yes"`
//
// A parameter that was not sent takes the default of its schema, or leaves the field as it is. A pointer tells absent from zero.
type binding struct {
	fields []bound
	body   reflect.Type // what a body is unmarshalled into, or nil
	at     []int        // the field for it
}

type bound struct {
	index    []int
	in, name string
	kind     reflect.Type
}

// holds tells whether a field takes whatever a schema lets through. A text of a form that has a type of its own is not read as a
// string: one identifier has two spellings.
func (f bound) holds(s *openapi3.Schema) bool {
	kind := f.kind
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch {
	case kind == reflect.TypeFor[uuid.UUID]():
		return s.Format == "uuid"
	case kind == reflect.TypeFor[when.Day]():
		return s.Format == "date"
	case kind == reflect.TypeFor[time.Time]():
		return s.Format == "date-time"
	case kind.Kind() == reflect.String:
		return s.Type.Is(openapi3.TypeString) && s.Format != "uuid" && s.Format != "date"
	case kind.Kind() == reflect.Bool:
		return s.Type.Is(openapi3.TypeBoolean)
	case kind.Kind() == reflect.Int, kind.Kind() == reflect.Int64:
		return s.Type.Is(openapi3.TypeInteger)
	}
	return false
}

func newBinding(t reflect.Type) *binding {
	b := &binding{}
	if t.Kind() != reflect.Struct {
		panic("edge: parameters are bound to a struct, not to " + t.String())
	}
	for _, f := range reflect.VisibleFields(t) {
		before := len(b.fields)
		for _, in := range []string{openapi3.ParameterInQuery, openapi3.ParameterInPath} {
			if name, tagged := f.Tag.Lookup(in); tagged {
				b.fields = append(b.fields, bound{f.Index, in, name, f.Type})
			}
		}
		_, body := f.Tag.Lookup("body")
		if body {
			if f.Type.Kind() != reflect.Pointer {
				panic(fmt.Sprintf("edge: the body of %s is bound to a pointer, not to a %s", t, f.Type))
			}
			b.body, b.at = f.Type.Elem(), f.Index
		}
		if body || len(b.fields) > before {
			mustBeSettable(t, f)
		}
	}
	return b
}

// mustBeSettable panics for a field that a request could not fill: one that is not exported, or lies behind a pointer.
func mustBeSettable(t reflect.Type, f reflect.StructField) {
	field, err := reflect.New(t).Elem().FieldByIndexErr(f.Index)
	if err != nil || !field.CanSet() {
		panic(fmt.Sprintf("edge: %s of %s cannot be filled", f.Name, t))
	}
}

// fill reads what validation has let through; what cannot be read nevertheless is a programming error.
func (b *binding) fill(v reflect.Value, c echo.Context, op *Operation, query url.Values) {
	for _, f := range b.fields {
		text := query.Get(f.name)
		if f.in == openapi3.ParameterInPath {
			text = pathValue(c, f.name)
		}
		if text == "" {
			if p := op.parameter(f.in, f.name); p != nil {
				text = p.Default
			}
			if text == "" {
				continue
			}
		}
		field := v.FieldByIndex(f.index)
		if field.Kind() == reflect.Pointer {
			field.Set(reflect.New(field.Type().Elem()))
			field = field.Elem()
		}
		if err := set(field, text); err != nil {
			panic(fmt.Sprintf("edge: %s %s passed validation: %v", f.in, f.name, err))
		}
	}
}

func set(field reflect.Value, text string) (err error) {
	switch to := field.Addr().Interface().(type) {
	case *uuid.UUID:
		*to, err = uuid.Parse(text)
		return err
	case *when.Day:
		*to, err = when.ParseDay(text)
		return err
	case *time.Time:
		*to, err = time.Parse(time.RFC3339Nano, text)
		*to = to.UTC()
		return err
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		field.SetBool(text == "true")
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		field.SetInt(n)
	default:
		return fmt.Errorf("no parameter is read as %s", field.Type())
	}
	return nil
}

func (b *binding) fillBody(v reflect.Value, body []byte) error {
	if b.body == nil {
		return nil
	}
	into := reflect.New(b.body)
	if err := json.Unmarshal(body, into.Interface()); err != nil {
		return fmt.Errorf("edge: a validated body does not fit its type: %w", err)
	}
	v.FieldByIndex(b.at).Set(into)
	return nil
}
