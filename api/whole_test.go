package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/apitest"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// Whatever is wrong with a request, the whole system answers with a problem document of the client's kind, and no text of ours. That
// each is refused is proven at the edge, without a database; here every tenth is sent through everything.
func TestBadInputIsTheSendersToMend(t *testing.T) {
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	n, sent := 0, 0
	for _, op := range spec.Operations() {
		if op.ID == "endSession" { // its good form, which some bad ones come close to, ends the session of this test
			continue
		}
		for _, bad := range edgetest.BadInputs(op) {
			if n++; n%10 != 0 {
				continue
			}
			sent++
			name := op.ID + ": " + bad.Name
			status, body := send(h, bad.Request)
			var problem struct {
				Type, Code string
				Errors     []struct{ Pointer, Code, Message string }
			}
			if err := json.Unmarshal(body, &problem); err != nil || problem.Code == "" {
				h.Errorf("%s: no problem document: %d %s", name, status, body)
				continue
			}
			if status != bad.Status || problem.Code != bad.Code {
				h.Errorf("%s: %d %s, want %d %s", name, status, problem.Code, bad.Status, bad.Code)
			}
			if problem.Code == "invalid_input" && (len(problem.Errors) == 0 || problem.Errors[0].Message == "") {
				h.Errorf("%s: no place is named: %s", name, body)
			}
			if leak := leaked(body); leak != "" {
				h.Errorf("%s: the answer holds %q: %s", name, leak, body)
			}
		}
		// The good form of a request, about things that do not exist, is refused or done, but never our failure.
		if status, body := send(h, edgetest.Valid(op)); status >= 500 {
			h.Errorf("%s in its good form: %d %s", op.ID, status, body)
		}
	}
	if sent < 700 {
		h.Errorf("only %d bad requests were sent", sent)
	}
}

func send(h *apitest.House, r edgetest.Request) (int, []byte) {
	h.Helper()
	req, err := r.HTTP(h.URL)
	if err != nil {
		h.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.Operator.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		h.Fatal(err)
	}
	if err := edgetest.CheckAnswer(req.Method, req.URL.EscapedPath(), resp.StatusCode, resp.Header, body); err != nil {
		h.Error(err)
	}
	return resp.StatusCode, body
}

// leaked is a word of our insides that has no place in an answer.
func leaked(body []byte) string {
	for _, word := range []string{"SELECT", "INSERT", "sqlite", "SQLSTATE", "pgx", "gorm", "goroutine", "panic", "openapi3", "schema"} {
		if strings.Contains(string(body), word) {
			return word
		}
	}
	return ""
}

// What a schema cannot say is refused by the rules, with its place.
func TestInputThatOnlyTheRulesCanJudge(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		party := func(change j) []any {
			p := j{"name": "吴澄微流诊断技术有限公司", "nature": "150", "region": "320506", "credit_code": apitest.Outside(1)}
			for k, v := range change {
				p[k] = v
			}
			return []any{p}
		}
		for _, c := range []struct {
			what    string
			change  j
			pointer string
		}{
			{"deductions beyond the price", j{"deductions": []any{j{"kind": "equipment", "reason": "设备", "amount": apitest.Money("1250000.00")}}}, "/terms/deductions"},
			{"deductions that overflow", j{"deductions": repeat(50, j{"kind": "other", "reason": "设备", "amount": apitest.Money("9999999999999.99")})}, "/terms/deductions"},
			{"nothing paid", j{"turnover": apitest.Money("0")}, "/terms/turnover/amount"},
			{"it ends before it begins", j{"expires_on": "2026-02-28"}, "/terms/expires_on"},
			{"it takes effect before it is signed", j{"effective_on": "2026-02-01"}, "/terms/effective_on"},
			{"a credit code with a slip", j{"buyers": party(j{"credit_code": "91350100M000100Y44"})}, "/terms/buyers/0/credit_code"},
			{"a region that is none", j{"buyers": party(j{"region": "999999"})}, "/terms/buyers/0/region"},
			{"a nature that is none", j{"buyers": party(j{"nature": "999"})}, "/terms/buyers/0/nature"},
			{"an organization that is not there", j{"buyers": party(j{"organization_id": uuid.NewString()})}, "/terms/buyers/0/organization_id"},
		} {
			r := m.editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", c.change)}).Refused(400, "invalid_input")
			found := false
			for i := range r.At("errors").([]any) {
				found = found || r.At("errors", i, "pointer") == c.pointer
			}
			if !found {
				h.Errorf("%s: want %s in %s", c.what, c.pointer, r.Raw)
			}
		}
	})
}

func repeat(n int, v any) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func TestACursorOfAnotherQueryIsRefused(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		for range 3 {
			s.ResultIn("published")
		}
		cursor := func(r *apitest.Response) string { return url.QueryEscape(r.Text("next_cursor")) }
		lists := s.Editor.Get("/v1/results?limit=1").Want(200)
		s.Editor.Get("/v1/results?limit=1&cursor=" + cursor(lists)).Want(200)
		s.Editor.Get("/v1/results?limit=1&field=environment&cursor="+cursor(lists)).Refused(400, "invalid_cursor")
		s.Editor.Get("/v1/needs?limit=1&cursor="+cursor(lists)).Refused(400, "invalid_cursor")
		s.Editor.Get("/v1/results?limit=1&cursor=AAAA").Refused(400, "invalid_cursor")
		h.Eventually("more than one hit", func() bool {
			return s.Visitor().Get("/v1/search?limit=1&q=%E5%BA%9F%E6%B0%94").Want(200).Body["next_cursor"] != nil
		})
		hits := s.Visitor().Get("/v1/search?limit=1&q=%E5%BA%9F%E6%B0%94").Want(200)
		s.Visitor().Get("/v1/search?limit=1&q=%E5%BA%9F%E6%B0%94&cursor=" + cursor(hits)).Want(200)
		s.Visitor().Get("/v1/search?limit=1&q=%E6%B0%B4&cursor="+cursor(hits)).Refused(400, "invalid_cursor")
		s.Visitor().Get("/v1/search?limit=1&kind=need&q=%E5%BA%9F%E6%B0%94&cursor="+cursor(hits)).Refused(400, "invalid_cursor")
		s.Visitor().Get("/v1/search?limit=1&q=%E5%BA%9F%E6%B0%94&cursor="+cursor(lists)).Refused(400, "invalid_cursor")
	})
}
