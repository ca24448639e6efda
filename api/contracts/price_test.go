package contracts_test

import (
	"testing"

	"jiebang/api/apitest"
)

// A licence with an entry fee and a royalty is registered with its fee, and grows by an amendment for what was settled; in a foreign currency each
// sum keeps its own rate. The ledger has the fee first and the difference then.
func TestARoyaltyGrowsByAmendmentsAndKeepsItsRates(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		fee := apitest.J{"currency": "eur", "amount": "100000.00", "rate": "7.8012", "rate_on": "2026-03-01", "rate_source": "人民币汇率中间价"}
		payment := apitest.J{
			"mode": "royalty_with_fee", "instalments": []any{apitest.J{"amount": apitest.Money("780120.00"), "due_on": "2026-03-02"}},
			"royalty": apitest.J{"base": "合同产品不含税销售额", "rate_bp": 300, "steps": "第三年起为 2%", "from": "2026-03-01", "to": "2027-02-28"},
		}
		terms := apitest.Terms(s.Uni, s.Firm, apitest.J{
			"subkind": "license", "ip_kind": "technical_secret", "targets": nil, "acceptance": nil, "deductions": nil,
			"turnover": apitest.Money("780120.00"), "payment": payment, "conversions": []any{fee},
		})
		editor := h.As(s.Editor)
		off := apitest.J{}
		for k, v := range terms {
			off[k] = v
		}
		off["turnover"] = apitest.Money("780120.02")
		if r := editor.Post("/v1/contracts", apitest.J{"kind": "license", "terms": off}).Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != "/terms/turnover/amount" || r.Text("errors", 0, "code") != "not_the_sum" {
			t.Errorf("two fen off: %s", r.Raw)
		}
		r := s.Editor.Post("/v1/contracts", apitest.J{"kind": "license", "terms": terms}).Want(201)
		id := r.Text("id")
		if r.Text("terms", "payment", "mode_name") != "提成支付附加预付入门费" || r.Text("terms", "conversions", 0, "currency") != "EUR" || r.Text("terms", "conversions", 0, "rate") != "7.8012" {
			t.Errorf("read back: %s", r.Raw)
		}
		r = s.Editor.Act("/v1/contracts/"+id+"/submit", r.ETag, nil).Want(200)
		s.Register(r.Text("application_id"), s.First, s.Second)

		grown := apitest.J{}
		for k, v := range terms {
			grown[k] = v
		}
		grown["turnover"] = apitest.Money("1173120.00")
		settled := apitest.J{"currency": "EUR", "amount": "50000", "rate": "786.00", "rate_per": 100, "rate_on": "2999-01-01", "rate_source": "人民币汇率中间价"}
		grown["conversions"] = []any{fee, settled}
		r = s.Editor.Get("/v1/contracts/" + id).Want(200)
		ask := apitest.J{"terms": grown, "reason": "第一年提成已结算"}
		if r := editor.Do("POST", "/v1/contracts/"+id+"/amendments", ask, map[string]string{"If-Match": r.ETag, "Idempotency-Key": "grow-0"}).Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != "/terms/conversions/1/rate_on" {
			t.Errorf("a rate of a day to come: %s", r.Raw)
		}
		settled["rate_on"] = "2026-03-02"
		a := s.Editor.Do("POST", "/v1/contracts/"+id+"/amendments", ask, map[string]string{"If-Match": r.ETag, "Idempotency-Key": "grow-1"}).Want(201)
		changed := map[string]bool{}
		read := s.First.Get("/v1/applications/" + a.Text("id")).Want(200)
		for i := range read.At("changes").([]any) {
			changed[read.Text("changes", i, "pointer")] = true
		}
		if !changed["/terms/conversions/1/amount"] || !changed["/terms/turnover/amount"] || changed["/terms/conversions/0/amount"] || changed["/terms/payment/mode"] {
			t.Errorf("what the registrar reads of the amendment: %s", read.Raw)
		}
		s.Register(a.Text("id"), s.First, s.Second)
		entries := s.Editor.Get("/v1/contracts/" + id + "/ledger-entries").Want(200)
		sums := []string{}
		for i := range entries.At("items").([]any) {
			sums = append(sums, entries.Text("items", i, "figures", "turnover", "amount"))
		}
		if len(sums) != 2 || !(sums[0] == "780120.00" && sums[1] == "393000.00" || sums[1] == "780120.00" && sums[0] == "393000.00") {
			t.Errorf("entries of %v", sums)
		}
	})
}

// What fell due and has not come stands on the contract, for both sides, until it is paid.
func TestOverdueInstalmentsAreTold(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		terms := apitest.Terms(s.Uni, s.Firm, apitest.J{"payment": apitest.J{"mode": "instalments", "instalments": []any{
			apitest.J{"amount": apitest.Money("500000.00"), "due_on": "2026-03-01"}, apitest.J{"amount": apitest.Money("750000.00"), "condition": "验收合格后三十日内"},
		}}})
		r := s.Editor.Post("/v1/contracts", apitest.J{"kind": "development", "terms": terms}).Want(201)
		if id := r.Text("id"); r.Body["overdue"] != nil {
			t.Errorf("a draft is owed nothing: %s", s.Editor.Get("/v1/contracts/"+id).Raw)
		}
		path := "/v1/contracts/" + r.Text("id")
		s.Editor.Act(path+"/submit", r.ETag, nil).Want(200)
		for _, reader := range []*apitest.Client{s.Editor, s.Buyer, s.First} {
			if r := reader.Get(path).Want(200); r.Text("overdue", "amount") != "500000.00" {
				t.Errorf("before a payment: %s", r.Raw)
			}
		}
		s.Buyer.Post(path+"/payments", apitest.J{"amount": apitest.Money("499999.99"), "paid_on": "2026-03-01"}).Want(201)
		if r := s.Buyer.Get(path).Want(200); r.Text("overdue", "amount") != "0.01" {
			t.Errorf("a fen short: %s", r.Raw)
		}
		s.Buyer.Post(path+"/payments", apitest.J{"amount": apitest.Money("0.01"), "paid_on": "2026-03-01"}).Want(201)
		if r := s.Buyer.Get(path).Want(200); r.Body["overdue"] != nil {
			t.Errorf("paid: %s", r.Raw)
		}
	})
}
