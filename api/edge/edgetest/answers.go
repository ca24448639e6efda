package edgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
)

// Document reads openapi.yaml of the module that the test belongs to: found upwards from where the test runs and not from where this
// file was compiled, so that a build that leaves paths out (-trimpath) finds it too.
var Document = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		document, err := os.ReadFile(filepath.Join(folder, "openapi.yaml"))
		if err == nil || folder == filepath.Dir(folder) {
			return document, err
		}
		folder = filepath.Dir(folder)
	}
})

// Spec is openapi.yaml, read once for all tests of a process.
var Spec = sync.OnceValues(func() (*edge.Spec, error) {
	document, err := Document()
	if err != nil {
		return nil, err
	}
	return edge.ReadSpec(document)
})

// unfilled is what a format leaves where its values do not fit it.
var unfilled = regexp.MustCompile(`%!.?\((?:MISSING|EXTRA|BADINDEX|[a-z0-9.]+=)`)

// Described is openapi.yaml as its library reads it, once for all tests of a process: it is looked at and not changed.
var Described = sync.OnceValues(func() (*openapi3.T, error) {
	document, err := Document()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(document)
})

// CheckAnswer holds an answer to the description: its status is declared, its headers and its body are as described, down to
// formats, and it holds no field that the description does not name. Answers of addresses that the description does not know are
// nobody's affair here.
func CheckAnswer(method, path string, status int, header http.Header, body []byte) error {
	doc, err := Described()
	if err != nil {
		return err
	}
	if at := unfilled.Find(body); at != nil {
		return fmt.Errorf("%s %s answers a text whose places are not filled as it says: %s in %s", method, path, at, body)
	}
	head := method == http.MethodHead
	if head { // GET without its body
		method = http.MethodGet
	}
	op := find(doc, method, path)
	if op == nil {
		return nil
	}
	name := fmt.Sprintf("%s answers %d", op.OperationID, status)
	ref := op.Responses.Status(status)
	if ref == nil {
		ref = op.Responses.Value(strconv.Itoa(status/100) + "XX")
	}
	if ref == nil {
		return fmt.Errorf("%s, which is not described", name)
	}
	for _, field := range meant {
		if header.Get(field) != "" && ref.Value.Headers[field] == nil {
			return fmt.Errorf("%s with the header %s, which is not described", name, field)
		}
	}
	for field, h := range ref.Value.Headers {
		if err := checkHeader(h.Value, field, header.Get(field)); err != nil {
			return fmt.Errorf("%s: header %s: %w", name, field, err)
		}
	}
	if len(ref.Value.Content) == 0 || head {
		if len(body) > 0 {
			return fmt.Errorf("%s with a body, and none is described", name)
		}
		return nil
	}
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	content := ref.Value.Content[media]
	if any := ref.Value.Content["*/*"]; any != nil { // a file's content, of whatever type it is
		// One that is made while it is sent has no length that is known before.
		length := header.Get("Content-Length")
		if media == "" || length != strconv.Itoa(len(body)) && (length != "" || ref.Value.Headers["Accept-Ranges"] != nil) {
			return fmt.Errorf("%s: a content of type %q and length %q, with %d bytes", name, media, length, len(body))
		}
		return nil
	}
	if content == nil {
		return fmt.Errorf("%s as %q, which is not described", name, media)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := content.Schema.Value.VisitJSON(value, openapi3.MultiErrors(), openapi3.WithStringFormatValidators(edge.Formats())); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, body)
	}
	if problem, _ := value.(map[string]any); media == "application/problem+json" {
		if codes, _ := op.Extensions["x-codes"].([]any); !slices.Contains(codes, problem["code"]) {
			return fmt.Errorf("%s with the code %v, which is not among the operation's: add it to openapi/words/codes.yaml", name, problem["code"])
		}
	}
	if extra := Undescribed(content.Schema.Value, value); extra != "" {
		return fmt.Errorf("%s with %s, which is not described\n%s", name, extra, body)
	}
	return nil
}

// meant are the headers that tell a client something: no answer has one of them that is not described.
var meant = []string{"Content-Language", "ETag", "Idempotency-Replayed", "Location", "Retry-After", "WWW-Authenticate"}

// atTimes are described headers that only some answers have, unless they are required. The others are always there.
var atTimes = []string{"Idempotency-Replayed", "Location", "Retry-After", "WWW-Authenticate"}

// checkHeader holds a header to its schema.
func checkHeader(h *openapi3.Header, name, text string) error {
	switch {
	case text == "" && (h.Required || !slices.Contains(atTimes, name)):
		return fmt.Errorf("is missing")
	case text == "" || h.Schema == nil:
		return nil
	case h.Schema.Value.Type.Is(openapi3.TypeBoolean) && text != "true" && text != "false",
		h.Schema.Value.Type.Is(openapi3.TypeInteger) && strings.Trim(text, "0123456789") != "":
		return fmt.Errorf("is %q", text)
	}
	return nil
}

// Undescribed finds a field or a value that a schema does not name. Answers may gain both, so clients must bear them; the description
// must know them all the same.
func Undescribed(s *openapi3.Schema, value any) string { return undescribed(s, value, "") }

func undescribed(s *openapi3.Schema, value any, at string) string {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			p := s.Properties[name]
			if p == nil {
				p = s.AdditionalProperties.Schema
			}
			if p == nil {
				return at + "/" + name
			}
			if extra := undescribed(p.Value, inner, at+"/"+name); extra != "" {
				return extra
			}
		}
	case []any:
		for _, inner := range v {
			if extra := undescribed(s.Items.Value, inner, at+"/0"); extra != "" {
				return extra
			}
		}
	case string:
		if known, ok := s.Extensions["x-extensible-enum"].([]any); ok && !slices.Contains(known, any(v)) {
			return fmt.Sprintf("%s: the value %s", at, v)
		}
		if s.Format == "date-time" && !strings.HasSuffix(v, "Z") {
			return fmt.Sprintf("%s: %s, a moment that is not in UTC", at, v)
		}
	}
	return ""
}

// find looks for the operation of a method and path; a part in words beats one that stands for anything.
func find(doc *openapi3.T, method, path string) *openapi3.Operation {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	best := ""
	for pattern, item := range doc.Paths.Map() {
		known := strings.Split(pattern, "/")
		fits := item.GetOperation(method) != nil && len(known) == len(parts)
		for i := 0; fits && i < len(known); i++ {
			fits = known[i] == parts[i] || strings.HasPrefix(known[i], "{")
		}
		if fits && (best == "" || strings.Count(pattern, "{") < strings.Count(best, "{")) {
			best = pattern
		}
	}
	if best == "" {
		return nil
	}
	return doc.Paths.Value(best).GetOperation(method)
}
