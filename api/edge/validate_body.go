package edge

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
)

const (
	maxBody   = 1 << 20
	maxDepth  = 50
	maxPlaces = 50 // more than that and nobody reads them
)

// checkBody reads the body, holds it to the operation's schema.
func (o *Operation) checkBody(e echo.Context) ([]byte, error) {
	if o.Stream { // whoever takes the bytes looks at them
		if !isPlain(e.Request().Header, bytesType) {
			return nil, fault.UnsupportedBody.Because("此操作的正文须为 %[1]s。", "This operation takes %[1]s.", bytesType)
		}
		return nil, nil
	}
	body, err := readBody(e)
	switch {
	case err != nil:
		return nil, err
	case o.Body == nil && len(body) > 0:
		return nil, &fault.Error{Definition: fault.InvalidInput, Fields: fault.Fields{fault.Unexpected.Plain("")}}
	case o.Body == nil:
		return nil, nil
	case len(body) == 0 && o.Bodiless: // it says what an empty document says
		body = []byte("{}")
	case len(body) > 0 && !isJSON(e.Request().Header):
		return nil, fault.UnsupportedBody.New()
	}
	value, err := readJSON(body)
	if err != nil {
		return nil, err
	}
	value, changed, wrong := checkDocument(o.Body, value)
	switch {
	case len(wrong) > 0:
		return nil, wrong.Err()
	case changed:
		return rewritten(value)
	}
	return body, nil
}

func readBody(e echo.Context) ([]byte, error) {
	r := e.Request()
	if r.Body == http.NoBody {
		return nil, nil
	}
	if r.ContentLength > maxBody {
		return nil, fault.BodyTooLarge.New()
	}
	// MaxBytesReader also tells the server to close the connection instead of reading the rest; it must be given the server's own
	// writer for that.
	body, err := io.ReadAll(http.MaxBytesReader(e.Response().Writer, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.BodyTooLarge.New()
	case err != nil && r.Context().Err() != nil:
		return nil, r.Context().Err()
	case err != nil:
		return nil, fault.MalformedBody.From(err) // the body broke off
	}
	return body, nil
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
	encoding := h.Get(echo.HeaderContentEncoding)
	return encoding == "" || strings.EqualFold(encoding, "identity")
}

// readJSON reads one JSON document in a single pass and refuses what readers of JSON disagree about: names given twice, broken
// UTF-8, half a surrogate pair, anything after the end. Numbers keep their text, so that 1e3 is not yet 1000. U+0000 is valid
// JSON, but no database of ours stores it.
func readJSON(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, malformed(place("", fault.BadCharacters, nil))
	}
	r := &bodyReader{dec: jsontext.NewDecoder(bytes.NewReader(body)), size: len(body)}
	value, err := r.value()
	if err != nil {
		return nil, r.refusal(err, body)
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, malformed(place("", fault.Trailing, nil))
	}
	return value, bounded(r.wrong).Err()
}

func malformed(f fault.Field) error {
	return &fault.Error{Definition: fault.MalformedBody, Fields: []fault.Field{f}}
}

var errTooDeep = errors.New("edge: JSON nested too deeply")

type bodyReader struct {
	dec   *jsontext.Decoder
	size  int
	wrong fault.Fields
}

// value reads the next value as encoding/json would with UseNumber.
func (r *bodyReader) value() (any, error) {
	token, err := r.dec.ReadToken()
	if err != nil {
		return nil, err
	}
	if r.dec.StackDepth() > maxDepth {
		return nil, errTooDeep
	}
	switch token.Kind() {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '"':
		return r.text(token), nil
	case '0':
		return json.Number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func (r *bodyReader) object() (map[string]any, error) {
	out := map[string]any{}
	for r.dec.PeekKind() != '}' {
		token, err := r.dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := r.text(token)
		if out[name], err = r.value(); err != nil {
			return nil, err
		}
	}
	_, err := r.dec.ReadToken()
	return out, err
}

func (r *bodyReader) array() ([]any, error) {
	out := []any{}
	for r.dec.PeekKind() != ']' {
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	_, err := r.dec.ReadToken()
	return out, err
}

func (r *bodyReader) text(token jsontext.Token) string {
	s := token.String()
	if strings.ContainsRune(s, 0) && len(r.wrong) < maxPlaces {
		r.wrong = append(r.wrong, place(string(r.dec.StackPointer()), fault.BadCharacters, nil))
	}
	return s
}

// refusal says where a body stops being JSON, and in which of the ways that deserve a word of their own.
func (r *bodyReader) refusal(err error, body []byte) error {
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.Is(err, errTooDeep):
		return malformed(place(string(r.dec.StackPointer()), fault.TooDeep, nil))
	case errors.Is(err, io.EOF):
		return malformed(place("", fault.Empty, nil))
	case !errors.As(err, &syntactic):
		return malformed(place("", fault.Syntax, nil))
	case errors.Is(err, jsontext.ErrDuplicateName):
		return malformed(place(string(syntactic.JSONPointer), fault.Twice, nil))
	}
	at := min(max(int(syntactic.ByteOffset), 0), len(body))
	if bytes.HasPrefix(bytes.ToLower(body[at:min(at+3, len(body))]), []byte(`\ud`)) {
		return malformed(place(string(syntactic.JSONPointer), fault.BadCharacters, nil))
	}
	return malformed(place(string(syntactic.JSONPointer), fault.Syntax, nil))
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
