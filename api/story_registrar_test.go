package api_test

import (
	"fmt"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/paper/papertest"
)

// hang hangs a file on a contract.
func hang(c *apitest.Client, contract, name string, data []byte) {
	upload := c.Post("/v1/uploads", j{"object_kind": "contract", "object_id": contract, "name": name, "size": len(data)}).Want(201).Text("id")
	c.Do("PUT", "/v1/uploads/"+upload+"/content", apitest.Bytes(data), nil).Want(200)
	c.Post("/v1/uploads/"+upload+"/complete", j{}).Want(201)
}

// scanned is a scan of a paper contract.
func scanned(text string) []byte { return []byte("%PDF-1.4\n% " + text + "\n%%EOF\n") }

// checked are the outcomes of a contract's checklist, by their codes.
func checked(c *apitest.Client, contract string) map[string]any {
	out := map[string]any{}
	for _, item := range c.Get("/v1/contracts/" + contract + "/checklist").Want(200).Items() {
		check := item.(map[string]any)
		out[check["code"].(string)] = check["outcome"]
	}
	return out
}

// A registrar's day: a seller without an account comes with a paper contract; a clerk enters it, its scan is missing a page, the clock starts again
// when that comes, a second registrar registers it, a stranger checks its certificate, and later the buyer turns out to sit elsewhere.
// docs/registrars-day.md tells the same.
func TestARegistrarsDay(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Clock.Set("2026-12-01T01:00:00Z") // nine o'clock in Shenyang
		h.SignInAgain()
		h.Office("SY01", "210100")
		clerk, first, second := h.Registrar("reg.clerk", "SY01"), h.Registrar("reg.first", "SY01"), h.Registrar("reg.second", "SY01")
		stranger := h.Visitor()

		// Paper: no account, no deal and no result stands behind it. The clerk enters it for the seller, with its scan.
		terms := apitest.Terms("", "", j{
			"title":     "高炉渣余热回收装置委托开发",
			"sellers":   []any{j{"name": "沈北冶金研究院", "nature": "021", "region": "210112", "credit_code": h.CreditCode()}},
			"buyers":    []any{j{"name": "鞍山某炼铁厂", "nature": "150", "region": "210302", "no_code_reason": "纸质合同未载明"}},
			"signed_on": "2026-11-20", "effective_on": "2026-11-20", "expires_on": "2027-11-19",
		})
		r := clerk.Post("/v1/contracts", j{"kind": "development", "terms": terms}).Want(201)
		contract := "/v1/contracts/" + r.Text("id")
		if got := checked(clerk, r.Text("id"))["text"]; got != "open" {
			t.Errorf("without a scan the checklist says %v", got)
		}
		hang(clerk, r.Text("id"), "合同扫描件.pdf", scanned("第 1 页"))
		if got := checked(clerk, r.Text("id"))["text"]; got != "met" {
			t.Errorf("with a scan the checklist says %v", got)
		}
		r = clerk.Act(contract+"/submit", r.ETag, nil).Want(200)
		application := "/v1/applications/" + r.Text("application_id")

		// First review: not by who entered it. The page with the seals is missing, and the clock stands still.
		r = first.Get(application).Want(200)
		filed, due := r.Text("clock_from"), r.Text("due_on")
		if r.Text("entered_for") != "沈北冶金研究院" || filed != "2026-12-01" {
			t.Errorf("filed: %s", r.Raw)
		}
		clerk.Act(application+"/start-review", r.ETag, nil).Refused(403, "own_decision")
		r = first.Act(application+"/start-review", r.ETag, nil).Want(200)
		r = first.Act(application+"/request-supplement", r.ETag, j{"note": "请补充双方签章页扫描件"}).Want(200)
		second.Act(application+"/pass", r.ETag, nil).Refused(409, "taken_by_another")

		// A week later it comes, and the clock starts again on that day.
		h.Clock.Set("2026-12-08T01:00:00Z")
		h.SignInAgain()
		if late := first.Get(application).Want(200); late.At("overdue") != false || late.Text("due_on") != due {
			t.Errorf("while papers are missing: %s", late.Raw)
		}
		id := r.Text("contract", "id")
		hang(clerk, id, "签章页.pdf", scanned("签章页"))
		r = clerk.Act(application+"/answer-supplement", r.ETag, j{"note": "签章页已作为附件上传"}).Want(200)
		if r.Text("state") != "under_review" || r.Text("clock_from") != "2026-12-08" || r.Text("due_on") <= due {
			t.Errorf("supplied: %s", r.Raw)
		}

		// Both reviews, by two people; the official number comes with the second.
		r = first.Act(application+"/pass", r.ETag, j{"note": "材料齐全，属技术开发"}).Want(200)
		first.Act(application+"/grant", r.ETag, j{}).Refused(403, "own_decision")
		clerk.Act(application+"/grant", r.ETag, j{}).Refused(403, "own_decision")
		second.Act(application+"/grant", r.ETag, j{"official_number": "2026210102000888"}).Want(200)
		if r = clerk.Get(contract).Want(200); r.Text("state") != "registered" || r.Text("registered_on") != "2026-12-08" || r.Text("official_number") != "2026210102000888" {
			t.Errorf("registered: %s", r.Raw)
		}

		// The certificate: whoever holds it learns that it is true, and no amount or party that they do not hold already.
		code := papertest.Code(t, papertest.Text(t, clerk.Get(contract+"/certificate").Want(200).Raw))
		if r := stranger.Get("/v1/certificates/" + code).Want(200); r.At("valid") != true || r.Text("registered_on") != "2026-12-08" {
			t.Errorf("a stranger reads %s", r.Raw)
		}
		ask := j{"turnover": apitest.Money("1250000.00"), "technology": apitest.Money("1050000.00")}
		if r := stranger.Do("POST", "/v1/certificates/"+code+"/amounts", ask, nil).Want(200); r.At("right") != true {
			t.Errorf("a stranger asks about both amounts: %s", r.Raw)
		}

		// The buyer sits in Shenyang after all: an amendment takes it out of the one region and into the other, through the same two people.
		absorbed := func(region string) string {
			r := h.Operator.Get("/v1/turnover?from=2026-12-01&to=2026-12-31&by=month&buyer_region=" + region).Want(200)
			return fmt.Sprint(r.At("total", "contracts"), " ", r.Text("total", "turnover", "amount"))
		}
		if absorbed("210300") != "1 1250000.00" || absorbed("210100") != "0 0.00" {
			t.Errorf("absorbed before: %s, %s", absorbed("210300"), absorbed("210100"))
		}
		terms["buyers"] = []any{j{"name": "鞍山某炼铁厂", "nature": "150", "region": "210106", "no_code_reason": "纸质合同未载明"}}
		r = clerk.Post(contract+"/amendments", j{"terms": terms, "reason": "买方注册地在沈阳市铁西区，原填写有误"}).Want(201)
		if r.Text("changes", 0, "pointer") != "/terms/buyers/0/region" || r.Text("changes", 0, "after_name") != "辽宁省沈阳市铁西区" {
			t.Errorf("what it changes: %s", r.Raw)
		}
		h.Register(r.Text("id"), first, second)
		if absorbed("210300") != "0 0.00" || absorbed("210100") != "1 1250000.00" {
			t.Errorf("absorbed after: %s, %s", absorbed("210300"), absorbed("210100"))
		}
		var kinds []any
		for _, e := range h.Operator.Get(contract + "/ledger-entries").Want(200).Items() {
			kinds = append(kinds, e.(map[string]any)["kind"])
		}
		if fmt.Sprint(kinds) != "[amendment reversal registration]" {
			t.Errorf("entries: %v", kinds)
		}
		if r := stranger.Get("/v1/certificates/" + code).Want(200); r.At("valid") != true {
			t.Errorf("after the amendment: %s", r.Raw)
		}
		h.Agrees()
	})
}
