package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/apitest"
	"jiebang/api/edge/edgetest"
)

// A filter by a code, an identifier or a day that there is not is told so: an empty answer, or a figure of 0, would say that there is nothing.
func TestAFilterByWhatThereIsNotIsRefused(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		_, application := m.file(nil)
		h.Register(application, m.first, m.second)
		result := m.editor.Post("/v1/results", j{"owner_id": m.uni, "title": "锅炉除尘布袋耐湿滤料", "field": "environment", "abstract": "锅炉除尘布袋糊袋频繁的解决办法：耐湿滤料，寿命一年以上。"}).Want(201).Text("id")
		now := h.Clock.Now().Format("2006")
		year := "from=" + now + "-01-01&to=" + now + "-12-31&by=year&"
		for _, c := range []struct{ path, pointer, code string }{
			{"/v1/turnover?" + year + "programme=no_such", "query:programme", "not_allowed"},
			{"/v1/turnover?" + year + "ip_kind=no_such", "query:ip_kind", "not_allowed"},
			{"/v1/turnover?" + year + "chain=no_such", "query:chain", "unknown_chain"},
			{"/v1/turnover?" + year + "subkind=no_such", "query:subkind", "not_allowed"},
			{"/v1/ledger/entries?programme=no_such", "query:programme", "not_allowed"},
			{"/v1/ledger/entries?group_by=ip_kind&group=no_such", "query:group", "not_allowed"},
			{"/v1/ledger/entries?group_by=result&group=no_such", "query:group", "unknown_record"},
			{"/v1/ledger/entries?recorded_to=2026-12-30", "query:recorded_to", "out_of_range"},
			{"/v1/search?q=光伏&chain=no_such", "query:chain", "unknown_chain"},
			{"/v1/contracts?party_code=91210100MA0000000X", "query:party_code", "check_character"},
			{"/v1/contracts?party_code=91210100MA0000000", "query:party_code", "pattern"},
			{"/v1/organizations?credit_code=91210100MA00000", "query:credit_code", "pattern"},
			{"/v1/organizations?region=999999", "query:region", "unknown_region"},
			{"/v1/offices?region=999999", "query:region", "unknown_region"},
			{"/v1/applications?office=XX99", "query:office", "unknown_office"},
			{"/v1/register-entries?office=XX99", "query:office", "unknown_office"},
			{"/v1/register-entries?username=no.such", "query:username", "unknown_account"},
			{"/v1/industry-chains?code=no_such", "query:code", "unknown_chain"},
			{"/v1/mails?kind=no.such", "query:kind", "not_allowed"},
			{"/v1/jobs?kind=no.such", "query:kind", "not_allowed"},
			{"/v1/control-links?holder_code=91210100MA0000000X", "query:holder_code", "check_character"},
			{"/v1/control?code=HRB-1&other_code=HRB-2-1&on=2030-01-01", "query:on", "out_of_range"},
			{"/v1/control?code=91210100MA0000000X&other_code=" + apitest.Outside(1), "query:code", "check_character"},
		} {
			r := h.Operator.Get(c.path).Refused(400, "invalid_input")
			if r.Text("errors", 0, "pointer") != c.pointer || r.Text("errors", 0, "code") != c.code {
				t.Errorf("%s: %s", c.path, r.Raw)
			}
		}
		// Numbers abroad are of any form; of 15 characters, as well.
		h.Operator.Get("/v1/contracts?party_code=HRB-2025-0107").Want(200)
		h.Operator.Get("/v1/contracts?party_code=91210100MA00000").Want(200)
		h.Operator.Get("/v1/contracts?party_code=" + apitest.Outside(1)).Want(200)
		h.Operator.Get("/v1/turnover?" + year + "result_id=" + result).Want(200)
	})
}

// underWhatThereIsNot are lists that are asked here of a record that there is not: that answers 404 before any filter.
var underWhatThereIsNot = map[string]bool{"listPayments": true, "listFiles": true}

// Whatever a list is narrowed by an identifier of, one that nothing has is told.
func TestNoListIsEmptyForAnUnknownIdentifier(t *testing.T) {
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	apitest.Each(t, func(h *apitest.House) {
		newMarket(h)
		asked := 0
		for _, op := range spec.Operations() {
			for _, p := range op.Parameters {
				if p.In != "query" || p.Schema.Format != "uuid" || op.Method != "GET" {
					continue
				}
				valid, err := edgetest.Valid(op).HTTP(h.URL)
				if err != nil {
					t.Fatal(err)
				}
				q, given := url.Values{}, valid.URL.Query()
				for _, other := range op.Parameters { // and nothing else that a refusal could be about
					if other.In == "query" && other.Required {
						q[other.Name] = given[other.Name]
					}
				}
				q.Set(p.Name, uuid.NewString())
				path := valid.URL.Path + "?" + q.Encode()
				if strings.HasPrefix(path, "/v1/search") {
					path = "/v1/search?" + url.Values{"q": {"光伏"}, p.Name: {uuid.NewString()}}.Encode()
				}
				r, err := h.Operator.Try("GET", path, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if asked++; !underWhatThereIsNot[op.ID] && (r.Status != 400 || r.At("code") != "invalid_input" || r.At("errors", 0, "pointer") != "query:"+p.Name) || r.Status == 200 {
					t.Errorf("%s: %d %s", path, r.Status, r.Raw)
				}
			}
		}
		if asked < 30 {
			t.Errorf("only %d filters were asked", asked)
		}
	})
}
