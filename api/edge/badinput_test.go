package edge_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
	"jiebang/api/wire"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	os.Exit(m.Run())
}

// theSpec is read once: that takes longer than the requests of a test.
var theSpec = sync.OnceValues(func() (*edge.Spec, error) {
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		return nil, err
	}
	return edge.ReadSpec(document)
})

func spec(t testing.TB) *edge.Spec {
	t.Helper()
	s, err := theSpec()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// anybody takes every token for a stranger's.
func anybody(context.Context, string) (policy.Actor, error) { return policy.Actor{}, nil }

func never() int64 { return 0 }

// stub is the real edge before handlers that bind every parameter, note that they were reached and do nothing else.
type stub struct {
	*edge.Edge
	spec    *edge.Spec
	reached []string        // operations whose handler was reached
	ctx     context.Context // of the last of them
}

func newEdge(t testing.TB) *stub {
	t.Helper()
	return stubs(edge.New(spec(t), anybody, never), spec(t))
}

func stubs(made *edge.Edge, s *edge.Spec) *stub {
	e := &stub{Edge: made, spec: s}
	for _, op := range s.Operations() {
		parameters := fieldsFor(op)
		e.Stub(op, func(c echo.Context) error {
			edge.Bind(parameters, c, op)
			e.reached, e.ctx = append(e.reached, op.ID), c.Request().Context()
			return c.NoContent(http.StatusNoContent)
		})
	}
	return e
}

// fieldsFor is a struct that takes all parameters of an operation, each by its own type.
func fieldsFor(op *edge.Operation) reflect.Type {
	var fields []reflect.StructField
	for _, p := range op.Parameters {
		if p.In == openapi3.ParameterInHeader {
			continue
		}
		of := reflect.TypeFor[string]()
		switch {
		case p.Schema.Type.Is(openapi3.TypeBoolean):
			of = reflect.TypeFor[bool]()
		case p.Schema.Type.Is(openapi3.TypeInteger):
			of = reflect.TypeFor[int64]()
		case p.Schema.Format == "uuid":
			of = reflect.TypeFor[uuid.UUID]()
		case p.Schema.Format == "date":
			of = reflect.TypeFor[when.Day]()
		}
		fields = append(fields, reflect.StructField{Name: "P_" + p.Name, Type: of, Tag: reflect.StructTag(p.In + `:"` + p.Name + `"`)})
	}
	return reflect.StructOf(fields)
}

func (e *stub) operation(t testing.TB, id string) *edge.Operation {
	t.Helper()
	all := e.spec.Operations()
	i := slices.IndexFunc(all, func(o *edge.Operation) bool { return o.ID == id })
	if i < 0 {
		t.Fatalf("the description has no operation %s", id)
	}
	return all[i]
}

// send sends a request with a token; what the token is worth is not this edge's affair.
func (e *stub) send(t testing.TB, r edgetest.Request) *httptest.ResponseRecorder {
	t.Helper()
	request, err := r.HTTP("http://edge.test")
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer token")
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, request)
	return w
}

// problem reads an answer that must be a problem document.
func problem(t testing.TB, w *httptest.ResponseRecorder) wire.Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("%d with Content-Type %q: %.200s", w.Code, got, w.Body)
	}
	var p wire.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %.200s", err, w.Body)
	}
	if p.Status != w.Code || p.Type != "/problems/"+p.Code || p.Title == "" || p.TitleEn == "" || p.RequestId == "" {
		t.Errorf("incomplete problem: %s", w.Body)
	}
	return p
}

func places(p wire.Problem) []wire.FieldError {
	if p.Errors == nil {
		return nil
	}
	return *p.Errors
}

// Without this, the refusals below would prove nothing.
func TestValidInputReachesTheHandler(t *testing.T) {
	e := newEdge(t)
	for _, op := range e.spec.Operations() {
		e.reached = nil
		w := e.send(t, edgetest.Valid(op))
		if w.Code != http.StatusNoContent || !slices.Equal(e.reached, []string{op.ID}) {
			t.Errorf("%s: %d, reached %v: %s", op.ID, w.Code, e.reached, w.Body)
		}
		if got := edge.OperationOf(e.ctx); got != op.ID {
			t.Errorf("%s: the context says %q", op.ID, got)
		}
	}
}

func TestBadInputIsRefused(t *testing.T) {
	e := newEdge(t)
	total := 0
	for _, op := range e.spec.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			for _, bad := range edgetest.BadInputs(op) {
				total++
				e.reached = nil
				w := e.send(t, bad.Request)
				if len(e.reached) > 0 {
					t.Errorf("%s: passed: %s %s?%s\n%v\n%.300s", bad.Name, bad.Method, bad.Path, bad.Query, bad.Header, bad.Body)
					continue
				}
				p := problem(t, w)
				if w.Code != bad.Status || p.Code != bad.Code {
					t.Errorf("%s: %d %s, want %d %s: %.300s", bad.Name, w.Code, p.Code, bad.Status, bad.Code, w.Body)
				}
				checkPlaces(t, bad, p)
			}
		})
	}
	t.Logf("%d bad requests", total)
}

func checkPlaces(t *testing.T, bad edgetest.Bad, p wire.Problem) {
	t.Helper()
	found := places(p)
	if (p.Code == "invalid_input" || p.Code == "malformed_body") && len(found) == 0 {
		t.Errorf("%s: no place named", bad.Name)
	}
	for _, f := range found {
		if f.Code == "" || !readable(f.Message) {
			t.Errorf("%s: %q says %q %q", bad.Name, f.Pointer, f.Code, f.Message)
		}
	}
	if bad.Place != "" && !slices.ContainsFunc(found, func(f wire.FieldError) bool {
		return f.Pointer == bad.Pointer && (bad.Place == "*" || f.Code == bad.Place)
	}) {
		t.Errorf("%s: want %q %s, got %+v", bad.Name, bad.Pointer, bad.Place, found)
	}
}

// readable: a sentence in Chinese, and nothing of a library's own text.
func readable(message string) bool {
	return message != "" && message[0] >= 0x80 && strings.HasSuffix(message, "。") && !strings.Contains(message, "schema")
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unmarshal(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}
