package edge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
	"jiebang/internal/when"
)

// Bounds of a body, in bytes.
const (
	maxBody    = 1 << 20
	leastBody  = 16 << 10 // for whoever writes few words and many blanks
	perRune    = 12       // a character that is written as two escapes
	perValue   = 64       // with the blanks around it
	shortText  = 100      // characters of what has a form: a day, an identifier
	spareBytes = 4 << 10  // of what the schema has no place for, until reading stops
)

// bodyMost is how large a body may be, by the bounds of its own schema: what it has a place for, in the longest of usual writing.
func bodyMost(s *openapi3.Schema) int64 { return max(leastBody, mostOf(s)) }

func mostOf(s *openapi3.Schema) int64 {
	n := int64(perValue)
	switch {
	case s.Type.Is(openapi3.TypeObject):
		for name, p := range s.Properties {
			n += int64(perRune*len(name)) + mostOf(p.Value)
		}
	case s.Type.Is(openapi3.TypeArray):
		n += int64(min(*s.MaxItems, maxBody)) * mostOf(s.Items.Value)
	case !s.Type.Is(openapi3.TypeString):
	case s.MaxLength != nil:
		n += perRune * int64(min(*s.MaxLength, maxBody))
	case s.Format != "" || len(s.Enum) > 0 || s.Pattern != "":
		n += perRune * shortText
	default:
		n = maxBody
	}
	return min(n, maxBody)
}

// room is where bodies are held while they are read and used; all of this process share it.
type room struct {
	*shared
	visitor bool
	taken   int64
}

// errNoRoom ends the reading of a body for which there is no room.
var errNoRoom = errors.New("edge: no room for a body")

func (r *room) take(n int) error {
	if r == nil {
		return nil
	}
	if !r.shared.take(r.visitor, int64(n)) {
		return errNoRoom
	}
	r.taken += int64(n)
	return nil
}

// leave gives back what was taken.
func (r *room) leave() { r.shared.give(r.visitor, r.taken) }

// arrival is a body as it comes: it is kept as far as somebody read it, and room for it is taken as it comes, so that who sends slowly
// holds little.
type arrival struct {
	from io.Reader
	room *room
	raw  []byte
	err  error // why it ended, unless it came whole
}

func (a *arrival) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	if no := a.room.take(n); no != nil {
		n, err = 0, no
	}
	a.raw = append(a.raw, p[:n]...)
	if err != nil && !errors.Is(err, io.EOF) {
		a.err = err
	}
	return n, err
}

// arrive waits for the first byte of a body; nil where there is none.
func (o *Operation) arrive(c echo.Context, room *room) (*arrival, error) {
	q := c.Request()
	if q.Body == http.NoBody {
		return nil, nil //nolint:nilnil // no body is an answer
	}
	if q.ContentLength > o.BodyMost && o.Body != nil {
		return nil, o.tooLarge()
	}
	// Who sends slowly gets two thirds of the time; the rest is for the answer. A writer that knows no limits, as in some tests, has none.
	if until, ok := q.Context().Deadline(); ok {
		conn, now := http.NewResponseController(c.Response().Writer), when.System()
		if conn.SetReadDeadline(now.Add(until.Sub(now)*2/3)) == nil {
			defer func() { requestOf(q.Context()).read = func() { _ = conn.SetReadDeadline(time.Time{}) } }()
		}
	}
	// MaxBytesReader also tells the server to close the connection instead of reading the rest; it must be given the server's own
	// writer for that.
	from := bufio.NewReaderSize(http.MaxBytesReader(c.Response().Writer, q.Body, max(o.BodyMost, 1)), 4<<10)
	in := &arrival{from: from, room: room}
	if _, err := from.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		in.err = err
		return nil, o.ended(q, in)
	} else if err != nil {
		return nil, nil //nolint:nilnil // no body is an answer
	}
	return in, nil
}

func (o *Operation) tooLarge() *fault.Error {
	return fault.BodyTooLarge.Because("此操作的请求正文至多 %[1]d 字节。", "This operation takes %[1]d bytes at most.", o.BodyMost)
}

// ended tells why a body did not come whole.
func (o *Operation) ended(q *http.Request, in *arrival) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(in.err, &tooLarge):
		return o.tooLarge()
	case errors.Is(in.err, errNoRoom):
		return overloaded()
	case errors.Is(in.err, os.ErrDeadlineExceeded):
		return fault.RequestTimeout.New()
	case q.Context().Err() != nil:
		return q.Context().Err()
	}
	return fault.MalformedBody.From(in.err) // it broke off
}

// readJSON reads one JSON document in a single pass and refuses what readers of JSON disagree about: names given twice, broken
// UTF-8, half a surrogate pair, anything after the end. Numbers keep their text, so that 1e3 is not yet 1000. U+0000 is valid
// JSON, but no database of ours stores it.
//
// What the schema has no place for is not kept, and when there is more of it than a slip makes, reading stops: whole tells whether all was
// read.
func readJSON(s *openapi3.Schema, in *arrival) (value any, whole bool, err error) {
	r := &bodyReader{dec: jsontext.NewDecoder(in)}
	value, err = r.value(s)
	if errors.Is(err, errSurplus) {
		return value, false, bounded(r.wrong).Err()
	}
	if err != nil {
		return nil, false, r.refusal(s, err, in)
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if in.err != nil {
			return nil, false, in.err
		}
		return nil, false, malformed(place("", fault.Trailing, nil))
	}
	return value, true, bounded(r.wrong).Err()
}

func malformed(f fault.Field) error {
	return &fault.Error{Definition: fault.MalformedBody, Fields: []fault.Field{f}}
}

var (
	errTooDeep = errors.New("edge: JSON nested too deeply")
	errSurplus = errors.New("edge: much that the schema has no place for")
)

type bodyReader struct {
	dec     *jsontext.Decoder
	wrong   fault.Fields
	spare   int64 // bytes without a place
	unknown int   // names without a place
}

// value reads the next value as encoding/json would with UseNumber. What comes before an error is given with it. An object or a list where
// the schema has none is given empty: its type is wrong, whatever is in it.
func (r *bodyReader) value(s *openapi3.Schema) (any, error) {
	if kind := r.dec.PeekKind(); kind == '{' && !s.Type.Is(openapi3.TypeObject) {
		return map[string]any{}, r.skip()
	} else if kind == '[' && !s.Type.Is(openapi3.TypeArray) {
		return []any{}, r.skip()
	}
	token, err := r.token()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{':
		return r.object(s)
	case '[':
		return r.array(s)
	case '"':
		return r.text(token), nil
	case '0':
		return json.Number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func (r *bodyReader) token() (jsontext.Token, error) {
	token, err := r.dec.ReadToken()
	if err == nil && r.dec.StackDepth() > maxDepth {
		err = errTooDeep
	}
	return token, err
}

func (r *bodyReader) object(s *openapi3.Schema) (map[string]any, error) {
	out := map[string]any{}
	for r.dec.PeekKind() != '}' {
		token, err := r.token()
		if err != nil {
			return out, err
		}
		name := r.text(token)
		if p := s.Properties[name]; p != nil {
			out[name], err = r.value(p.Value)
		} else {
			out[name] = nil // told by its name alone
			if r.unknown++; r.unknown >= maxPlaces {
				return out, errSurplus
			}
			err = r.skip()
		}
		if err != nil {
			return out, err
		}
	}
	_, err := r.token()
	return out, err
}

func (r *bodyReader) array(s *openapi3.Schema) ([]any, error) {
	out := []any{}
	for r.dec.PeekKind() != ']' {
		if uint64(len(out)) < *s.MaxItems {
			value, err := r.value(s.Items.Value)
			out = append(out, value)
			if err != nil {
				return out, err
			}
			continue
		}
		if uint64(len(out)) == *s.MaxItems {
			out = append(out, nil) // one too many tells of all
		}
		if err := r.skip(); err != nil {
			return out, err
		}
	}
	_, err := r.token()
	return out, err
}

// skip reads a value that nobody keeps.
func (r *bodyReader) skip() error {
	from, depth := r.dec.InputOffset(), r.dec.StackDepth()
	for {
		token, err := r.token()
		if err != nil {
			return err
		}
		if token.Kind() == '"' {
			r.text(token)
		}
		if r.spare+r.dec.InputOffset()-from > spareBytes {
			return errSurplus
		}
		if r.dec.StackDepth() == depth {
			r.spare += r.dec.InputOffset() - from
			return nil
		}
	}
}

func (r *bodyReader) text(token jsontext.Token) string {
	s := token.String()
	if strings.ContainsRune(s, 0) && len(r.wrong) < maxPlaces {
		r.wrong = append(r.wrong, place(string(r.dec.StackPointer()), fault.BadCharacters, nil))
	}
	return s
}

// refusal says where a body stops being JSON, and in which of the ways that deserve a word of their own.
func (r *bodyReader) refusal(s *openapi3.Schema, err error, in *arrival) error {
	var syntactic *jsontext.SyntacticError
	switch {
	case in.err != nil:
		return in.err
	case errors.Is(err, errTooDeep):
		return malformed(place(string(r.dec.StackPointer()), fault.TooDeep, nil))
	case !utf8.Valid(in.raw[:whole(in.raw)]):
		return malformed(place("", fault.BadCharacters, nil))
	case errors.Is(err, io.EOF):
		return malformed(bodyWanted(s))
	case bytes.HasPrefix(in.raw, []byte("\uFEFF")):
		return malformed(fault.Syntax.Field("", "正文以字节顺序标记（BOM，U+FEFF）开头，JSON 不允许；请存为不带 BOM 的 UTF-8。", "The body begins with a byte order mark (BOM, U+FEFF), which JSON does not have; send UTF-8 without one."))
	case !errors.As(err, &syntactic):
		return malformed(place("", fault.Syntax, nil))
	case errors.Is(err, jsontext.ErrDuplicateName):
		return malformed(place(string(syntactic.JSONPointer), fault.Twice, nil))
	}
	at := min(max(int(syntactic.ByteOffset), 0), len(in.raw))
	if bytes.HasPrefix(bytes.ToLower(in.raw[at:min(at+3, len(in.raw))]), []byte(`\ud`)) {
		return malformed(place(string(syntactic.JSONPointer), fault.BadCharacters, nil))
	}
	return malformed(place(string(syntactic.JSONPointer), fault.Syntax, nil))
}

// whole is where the last character ends that came whole.
func whole(raw []byte) int {
	for back := 1; back <= min(utf8.UTFMax-1, len(raw)); back++ {
		if at := len(raw) - back; utf8.RuneStart(raw[at]) {
			if !utf8.FullRune(raw[at:]) {
				return at
			}
			break
		}
	}
	return len(raw)
}
