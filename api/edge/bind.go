package edge

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strconv"

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

func newBinding(t reflect.Type) *binding {
	b := &binding{}
	if t.Kind() != reflect.Struct {
		panic("edge: parameters are bound to a struct, not to " + t.String())
	}
	for _, f := range reflect.VisibleFields(t) {
		if _, is := f.Tag.Lookup("body"); is {
			b.body, b.at = f.Type.Elem(), f.Index
		}
		for _, in := range []string{openapi3.ParameterInQuery, openapi3.ParameterInPath} {
			if name, tagged := f.Tag.Lookup(in); tagged {
				b.fields = append(b.fields, bound{f.Index, in, name, f.Type})
			}
		}
	}
	return b
}

// fill reads what validation has let through; what cannot be read nevertheless is a programming error.
func (b *binding) fill(v reflect.Value, c echo.Context, op *Operation, query url.Values) {
	for _, f := range b.fields {
		text := query.Get(f.name)
		if f.in == openapi3.ParameterInPath {
			text = pathValue(c, f.name)
		}
		if text == "" {
			p := op.parameter(f.in, f.name)
			if p == nil || p.Schema.Default == nil {
				continue
			}
			text = fmt.Sprint(p.Schema.Default)
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
