package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"

	"jiebang/api"
	"jiebang/api/apitest"
	"jiebang/api/gen/accounts"
	"jiebang/api/gen/contracts"
	"jiebang/api/gen/deals"
	"jiebang/api/gen/ledger"
	"jiebang/api/gen/match"
	"jiebang/api/gen/needs"
	"jiebang/api/gen/organizations"
	"jiebang/api/gen/results"
	"jiebang/api/gen/wire"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	os.Exit(m.Run())
}

// theContract is read once: that takes longer than the requests of a test.
var theContract = sync.OnceValues(func() (*api.Contract, error) {
	document, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		return nil, err
	}
	return api.NewContract(document)
})

func contract(t testing.TB) *api.Contract {
	t.Helper()
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// edge is the real edge before stubs that do nothing but note that they were reached, with a request that the generated code could
// bind and unmarshal.
type edge struct {
	*echo.Echo
	contract *api.Contract
	passed   int             // requests that validation let through
	reached  []string        // operations whose handler was reached
	ctx      context.Context // of the last of them
}

func newEdge(t testing.TB) *edge {
	t.Helper()
	e := &edge{Echo: echo.New(), contract: contract(t)}
	api.Edge(e.Echo, e.contract, func(next echo.HandlerFunc) echo.HandlerFunc { return next })
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			e.passed++
			return next(c)
		}
	})
	note := func(operation string) func(echo.Context, any) (any, error) {
		return func(c echo.Context, _ any) (any, error) {
			e.reached, e.ctx = append(e.reached, strings.ToLower(operation[:1])+operation[1:]), c.Request().Context()
			return nil, c.NoContent(http.StatusNoContent)
		}
	}
	accounts.RegisterHandlers(e, accounts.NewStrictHandler(nil, []accounts.StrictMiddlewareFunc{
		func(_ accounts.StrictHandlerFunc, op string) accounts.StrictHandlerFunc { return note(op) }}))
	contracts.RegisterHandlers(e, contracts.NewStrictHandler(nil, []contracts.StrictMiddlewareFunc{
		func(_ contracts.StrictHandlerFunc, op string) contracts.StrictHandlerFunc { return note(op) }}))
	deals.RegisterHandlers(e, deals.NewStrictHandler(nil, []deals.StrictMiddlewareFunc{
		func(_ deals.StrictHandlerFunc, op string) deals.StrictHandlerFunc { return note(op) }}))
	ledger.RegisterHandlers(e, ledger.NewStrictHandler(nil, []ledger.StrictMiddlewareFunc{
		func(_ ledger.StrictHandlerFunc, op string) ledger.StrictHandlerFunc { return note(op) }}))
	match.RegisterHandlers(e, match.NewStrictHandler(nil, []match.StrictMiddlewareFunc{
		func(_ match.StrictHandlerFunc, op string) match.StrictHandlerFunc { return note(op) }}))
	needs.RegisterHandlers(e, needs.NewStrictHandler(nil, []needs.StrictMiddlewareFunc{
		func(_ needs.StrictHandlerFunc, op string) needs.StrictHandlerFunc { return note(op) }}))
	organizations.RegisterHandlers(e, organizations.NewStrictHandler(nil, []organizations.StrictMiddlewareFunc{
		func(_ organizations.StrictHandlerFunc, op string) organizations.StrictHandlerFunc { return note(op) }}))
	results.RegisterHandlers(e, results.NewStrictHandler(nil, []results.StrictMiddlewareFunc{
		func(_ results.StrictHandlerFunc, op string) results.StrictHandlerFunc { return note(op) }}))
	return e
}

func (e *edge) operation(t testing.TB, id string) *api.Operation {
	t.Helper()
	all := e.contract.Operations()
	i := slices.IndexFunc(all, func(o *api.Operation) bool { return o.ID == id })
	if i < 0 {
		t.Fatalf("the contract has no operation %s", id)
	}
	return all[i]
}

// send sends a request with a token; what the token is worth is not this edge's affair.
func (e *edge) send(t testing.TB, r apitest.Request) *httptest.ResponseRecorder {
	t.Helper()
	request, err := r.HTTP("http://edge.test")
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer token")
	w := httptest.NewRecorder()
	e.ServeHTTP(w, request)
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
	for _, op := range e.contract.Operations() {
		e.reached = nil
		w := e.send(t, apitest.Valid(op))
		if w.Code != http.StatusNoContent || !slices.Equal(e.reached, []string{op.ID}) {
			t.Errorf("%s: %d, reached %v: %s", op.ID, w.Code, e.reached, w.Body)
		}
		if got := api.OperationID(e.ctx); got != op.ID {
			t.Errorf("%s: the context says %q", op.ID, got)
		}
	}
}

func TestBadInputIsRefused(t *testing.T) {
	e := newEdge(t)
	total := 0
	for _, op := range e.contract.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			for _, bad := range apitest.BadInputs(op) {
				total++
				e.passed, e.reached = 0, nil
				w := e.send(t, bad.Request)
				if e.passed > 0 || len(e.reached) > 0 {
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

func checkPlaces(t *testing.T, bad apitest.Bad, p wire.Problem) {
	t.Helper()
	found := places(p)
	if (p.Code == "invalid_input" || p.Code == "malformed_body") && len(found) == 0 {
		t.Errorf("%s: no place named", bad.Name)
	}
	for _, f := range found {
		if f.Code == "" || !bilingual(f.Message) {
			t.Errorf("%s: %q says %q %q", bad.Name, f.Pointer, f.Code, f.Message)
		}
	}
	if bad.Place != "" && !slices.ContainsFunc(found, func(f wire.FieldError) bool {
		return f.Pointer == bad.Pointer && (bad.Place == "*" || f.Code == bad.Place)
	}) {
		t.Errorf("%s: want %q %s, got %+v", bad.Name, bad.Pointer, bad.Place, found)
	}
}

// bilingual: Chinese first, English beside it, and nothing of a library's own text.
func bilingual(message string) bool {
	zh, en, both := strings.Cut(message, "。 ")
	return both && zh != "" && en != "" && zh[0] >= 0x80 && en[0] < 0x80 && !strings.Contains(en, "schema")
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
