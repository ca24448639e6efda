package edge

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
)

const (
	maxDepth  = 50
	maxPlaces = 50 // more than that and nobody reads them
)

// checkBody reads the body, holds it to the operation's schema.
func (o *Operation) checkBody(e echo.Context, room *room) ([]byte, error) {
	if o.Stream { // whoever takes the bytes looks at them
		if !isPlain(e.Request().Header, bytesType) {
			return nil, fault.UnsupportedBody.Because("此操作的正文须为 %[1]s。", "This operation takes %[1]s.", bytesType)
		}
		return nil, nil
	}
	if o.AnyBody {
		return nil, nil
	}
	in, err := o.arrive(e, room)
	switch {
	case err != nil:
		return nil, err
	case in == nil && o.Body == nil:
		return nil, nil
	case in == nil && o.Bodiless: // it says what an empty document says
		in = &arrival{from: strings.NewReader("{}")}
	case in == nil:
		return nil, malformed(bodyWanted(o.Body))
	case o.Body == nil:
		return nil, &fault.Error{Definition: fault.InvalidInput, Fields: fault.Fields{fault.Unexpected.Plain("")}}
	case !isJSON(e.Request().Header):
		return nil, unsupported(e.Request().Header)
	}
	value, whole, err := readJSON(o.Body, in)
	if in.err != nil {
		return nil, o.ended(e.Request(), in)
	}
	if err != nil {
		return nil, err
	}
	value, changed, wrong := checkDocument(o.Body, value)
	if !whole { // what is missing may be in the rest, which nobody reads
		wrong = slices.DeleteFunc(wrong, func(f fault.Field) bool { return slices.Contains(perhapsLater, f.Code) })
		e.Response().Header().Set(echo.HeaderConnection, "close")
	}
	switch {
	case len(wrong) > 0:
		return nil, wrong.Err()
	case !whole:
		return nil, malformed(place("", fault.Unknown, nil))
	case changed:
		return rewritten(value)
	}
	return in.raw, nil
}

// perhapsLater are the places that the rest of a body might mend.
var perhapsLater = []string{fault.Required.Code, fault.TooFew.Code, fault.OneOf.Code}

// bodyWanted says that a body is needed, and what it must have.
func bodyWanted(s *openapi3.Schema) fault.Field {
	if len(s.Required) == 0 {
		return fault.Empty.Field("", "须有 JSON 请求正文（一个对象），可用的字段见接口描述", "A JSON body is needed, an object; the description lists what it may have")
	}
	return fault.Empty.Field("", "须有 JSON 请求正文，其中必须有：%[1]s", "A JSON body is needed that has: %[2]s", strings.Join(s.Required, "、"), strings.Join(s.Required, ", "))
}

// unsupported says what of the headers of a body is not taken.
func unsupported(h http.Header) error {
	if !uncompressed(h) {
		return fault.UnsupportedBody.Because("请求正文不接受压缩，请去掉 Content-Encoding，原样发送。", "Bodies are not taken compressed: leave Content-Encoding out and send it as it is.")
	}
	return fault.UnsupportedBody.New()
}

func uncompressed(h http.Header) bool {
	encoding := h.Get(echo.HeaderContentEncoding)
	return encoding == "" || strings.EqualFold(encoding, "identity")
}

// isJSON accepts application/json as it is or with charset=utf-8, not compressed.
func isJSON(h http.Header) bool { return isPlain(h, jsonType) }

func isPlain(h http.Header, want string) bool {
	media, params, err := mime.ParseMediaType(h.Get(echo.HeaderContentType))
	if err != nil || media != want || len(h.Values(echo.HeaderContentType)) != 1 {
		return false
	}
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return uncompressed(h)
}

// checkDocument holds a body to its schema, and gives it with its texts as they were meant. The first walk reads texts, and reports and
// takes out what the schema library reports badly or without end: unknown fields by their own place, integers by their spelling, the
// surplus of a list. What is left is bounded by the description.
func checkDocument(s *openapi3.Schema, value any) (meant any, changed bool, wrong fault.Fields) {
	var p pruner
	value = p.prune(s, value, "")
	return value, p.changed, bounded(append(p.wrong, checkSchema(s, value, "")...))
}

func (p *pruner) prune(s *openapi3.Schema, value any, at string) any {
	switch v := value.(type) {
	case map[string]any:
		if s.Type.Is(openapi3.TypeObject) {
			p.object(s, v, at)
		}
	case []any:
		if !s.Type.Is(openapi3.TypeArray) {
			return v
		}
		if limit := *s.MaxItems; uint64(len(v)) > limit {
			p.wrong = append(p.wrong, place(at, fault.TooManyItems, s))
			v = v[:limit]
		}
		for i := range v {
			v[i] = p.prune(s.Items.Value, v[i], at+"/"+strconv.Itoa(i))
		}
		return v
	case string:
		return p.text(s, v, at)
	case json.Number:
		if !s.Type.Is(openapi3.TypeInteger) {
			return v
		}
		if odd := wrongInteger(string(v)); odd != nil {
			p.wrong = append(p.wrong, place(at, *odd, s))
		}
	}
	return value
}

func (p *pruner) object(s *openapi3.Schema, object map[string]any, at string) {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	unknown := 0
	for _, name := range names {
		here := at + "/" + escape(name)
		if property := s.Properties[name]; property != nil {
			object[name] = p.prune(property.Value, object[name], here)
			continue
		}
		delete(object, name)
		if unknown++; unknown <= maxPlaces {
			p.wrong = append(p.wrong, place(here, fault.Unknown, nil))
		}
	}
}

// wrongInteger tells what is wrong with an integer's spelling. 1.0 and 1e3 are refused because not every reader of JSON takes
// them for integers; -0 because it is none.
func wrongInteger(text string) *fault.Place {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return &fault.OutOfRange
	case err != nil || strconv.FormatInt(n, 10) != text:
		return &fault.WrongType
	}
	return nil
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// escape writes a name as a part of a JSON pointer (RFC 6901).
func escape(name string) string { return pointerEscapes.Replace(name) }
