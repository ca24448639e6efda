package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/web/contract"
)

// Ask is a call of an operation on the reader's behalf.
type Ask struct {
	Operation *contract.Operation
	Path      map[string]string // what stands in the operation's path: id
	Query     url.Values
	Body      any   // JSON; nil: none
	Version   int64 // of the record that is changed; 0: none
	Key       string
}

// Answer is what an operation answered: JSON as it was read, numbers as they were written.
type Answer struct {
	Status int
	Header http.Header
	Value  any
}

// Problem is a refusal by an operation.
type Problem struct {
	Status int
	Code   string
	Title  string
	Detail string
	Errors []FieldError
}

// FieldError is one wrong place of an input.
type FieldError struct{ Pointer, Code, Message string }

func (p *Problem) Error() string { return fmt.Sprintf("site: refused: %d %s", p.Status, p.Code) }

// At is what is wrong at a place of the input, by its path; empty: nothing.
func (p *Problem) At(path string) string {
	if p == nil {
		return ""
	}
	for _, e := range p.Errors {
		if strings.TrimPrefix(e.Pointer, "/") == path {
			return e.Message
		}
	}
	return ""
}

// Call calls an operation in this process, as the reader. A refusal is a *Problem.
func (p *Page) Call(a Ask) (*Answer, error) {
	w, err := p.serve(a)
	if err != nil {
		return nil, err
	}
	out := &Answer{Status: w.Code, Header: w.Header()}
	if w.Body.Len() > 0 && strings.Contains(w.Header().Get(echo.HeaderContentType), "json") {
		d := json.NewDecoder(bytes.NewReader(w.Body.Bytes())) // the answer may be read again
		d.UseNumber()
		if err := d.Decode(&out.Value); err != nil {
			return nil, fmt.Errorf("site: reading the answer of %s: %w", a.Operation.ID, err)
		}
	}
	if w.Code >= http.StatusBadRequest {
		return nil, problem(w.Code, out.Value)
	}
	return out, nil
}

// remembered is how many answers a page keeps: more than the parts of one page ask for, and few enough to be nothing.
const remembered = 64

// serve has the call answered. What a page has read once it does not read again: its parts ask for the same records, and all of a page is as it was
// at one moment. Whatever may have changed something ends that.
func (p *Page) serve(a Ask) (*httptest.ResponseRecorder, error) {
	q, err := p.request(a)
	if err != nil {
		return nil, err
	}
	reads := q.Method == http.MethodGet
	if !reads {
		clear(p.answers)
	} else if w := p.answers[q.RequestURI]; w != nil {
		return w, nil
	}
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, q)
	if reads && len(p.answers) < remembered {
		p.answers[q.RequestURI] = w
	}
	return w, nil
}

func (p *Page) request(a Ask) (*http.Request, error) {
	path := a.Operation.Path
	for name, value := range a.Path {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	if len(a.Query) > 0 {
		path += "?" + a.Query.Encode()
	}
	var body bytes.Buffer
	if a.Body != nil {
		if err := json.NewEncoder(&body).Encode(a.Body); err != nil {
			return nil, err
		}
	}
	q, err := http.NewRequestWithContext(p.Ctx(), a.Operation.Method, path, &body)
	if err != nil {
		return nil, err
	}
	edge.Inside(q, p.Context.Request())
	if p.token != "" {
		q.Header.Set(echo.HeaderAuthorization, "Bearer "+p.token)
	}
	q.Header.Set("Accept-Language", string(p.Language))
	if a.Body != nil {
		q.Header.Set(echo.HeaderContentType, "application/json")
	}
	if a.Version > 0 && a.Operation.Versioned {
		q.Header.Set("If-Match", `"`+strconv.FormatInt(a.Version, 10)+`"`)
	}
	if a.Key != "" && a.Operation.Keyed {
		q.Header.Set("Idempotency-Key", a.Key)
	}
	return q, nil
}

func problem(status int, value any) *Problem {
	text := func(name string) string { s, _ := contract.Dig(value, name).(string); return s }
	out := &Problem{Status: status, Code: text("code"), Title: text("title"), Detail: text("detail")}
	places, _ := contract.Dig(value, "errors").([]any)
	for i := range places {
		at := "errors/" + strconv.Itoa(i) + "/"
		out.Errors = append(out.Errors, FieldError{text(at + "pointer"), text(at + "code"), text(at + "message")})
	}
	return out
}

// Read calls an operation that reads, by its operationId.
func (p *Page) Read(operation, id string, query url.Values) (*Answer, error) {
	o := p.Book.Operation(operation)
	if o == nil {
		return nil, fmt.Errorf("site: there is no operation %s", operation)
	}
	return p.Call(Ask{Operation: o, Path: map[string]string{"id": id}, Query: query})
}

// Get calls an operation that reads and gives its answer as the API's type: what a page holds is what the API tells this reader, and no more.
func Get[T any](p *Page, operation, id string, query url.Values) (out T, err error) {
	o := p.Book.Operation(operation)
	if o == nil {
		return out, fmt.Errorf("site: there is no operation %s", operation)
	}
	return Asked[T](p, Ask{Operation: o, Path: map[string]string{"id": id}, Query: query})
}

// Asked is Get for any call.
func Asked[T any](p *Page, a Ask) (out T, err error) {
	w, err := p.serve(a)
	if err != nil {
		return out, err
	}
	if w.Code >= http.StatusBadRequest {
		var value any
		_ = json.Unmarshal(w.Body.Bytes(), &value) // a refusal without a document is one all the same
		return out, problem(w.Code, value)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		return out, fmt.Errorf("site: reading the answer of %s: %w", a.Operation.ID, err)
	}
	return out, nil
}
