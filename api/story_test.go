package api_test

import (
	"fmt"
	"net/url"
	"testing"

	"jiebang/api/apitest"
)

type j = apitest.J

// The whole story: a university's result meets an enterprise's need, they are introduced, make a deal and a contract, two
// registrars register it, and the city's turnover moves. Every step is a call of the API.
func TestFromAResultAndANeedToTurnoverThatCounts(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		visitor := h.Visitor()
		h.Office("SY01", "210100")
		first, second := h.Registrar("first.registrar", "SY01"), h.Registrar("second.registrar", "SY01")
		uni, editor, chief := h.Organization("盛北理工大学", "university", "210112")
		firm, buyer, buyer2 := h.Organization("辽浑智造装备有限公司", "enterprise", "210106")

		// Supply: drafted by one, published by another.
		r := editor.Post("/v1/results", j{
			"owner_id": uni, "title": "低温等离子体协同催化废气净化装置", "field": "environment", "trl": 7,
			"abstract": "面向喷涂车间大风量、低浓度有机废气，采用介质阻挡放电与锰基催化剂协同，去除率达到百分之九十五以上，无二次污染。",
			"keywords": []string{"有机废气", "等离子体", "催化"}, "transfer_modes": []string{"license_ordinary", "joint_development"},
			"price": j{"kind": "negotiable"}, "confidential": "催化剂配方见内部报告",
		}).Want(201)
		result := r.Text("id")
		visitor.Get("/v1/results/"+result).Refused(404, "not_found")
		r = editor.Act("/v1/results/"+result+"/submit", r.ETag, nil).Want(200)
		editor.Act("/v1/results/"+result+"/publish", r.ETag, nil).Refused(403, "own_decision")
		chief.Act("/v1/results/"+result+"/publish", r.ETag, nil).Want(200)
		seen := visitor.Get("/v1/results/" + result).Want(200)
		if seen.Body["confidential"] != nil || seen.At("owner", "name") != "盛北理工大学" {
			t.Errorf("a visitor sees %s", seen.Raw)
		}
		h.Eventually("the result is found", func() bool {
			found := visitor.Get("/v1/search?q=" + url.QueryEscape("废气净化")).Want(200)
			return len(found.Items()) == 1 && found.Text("items", 0, "id") == result
		})

		// Demand: said in the enterprise's own words.
		r = buyer.Post("/v1/needs", j{
			"owner_id": firm, "title": "喷漆房废气味道大，活性炭换得太勤", "field": "environment",
			"problem":  "我厂喷漆线排出来的废气量大、浓度不高，现在用活性炭吸附，两个月就要换一次，环保还老来查。希望有不用频繁换料的净化办法。",
			"keywords": []string{"喷漆废气", "净化"}, "budget": j{"min": apitest.Money("500000"), "max": apitest.Money("1500000")}, "cooperation_mode": "commissioned_development",
		}).Want(201)
		need := r.Text("id")
		r = buyer.Act("/v1/needs/"+need+"/submit", r.ETag, nil).Want(200)
		buyer2.Act("/v1/needs/"+need+"/publish", r.ETag, nil).Want(200)

		// Match: the result comes first, and says why.
		matches := buyer.Get("/v1/needs/" + need + "/matches").Want(200)
		if matches.Text("items", 0, "id") != result || len(matches.At("items", 0, "phrases").([]any)) == 0 {
			t.Errorf("matches: %s", matches.Raw)
		}

		// Introduction: contact details only once the other side accepts.
		r = buyer.Post("/v1/introductions", j{"from_id": firm, "result_id": result, "need_id": need, "message": "贵校装置看来适合我厂喷漆线，想先看看中试数据。"}).Want(201)
		introduction := r.Text("id")
		if r.Body["contacts"] != nil {
			t.Errorf("contacts before consent: %s", r.Raw)
		}
		buyer.Act("/v1/introductions/"+introduction+"/accept", r.ETag, nil).Refused(403, "not_allowed")
		r = editor.Act("/v1/introductions/"+introduction+"/accept", r.ETag, nil).Want(200)
		if r.At("contacts", "from", "phone") != "024-00000000" {
			t.Errorf("contacts after consent: %s", r.Raw)
		}

		// Deal: one stage at a time.
		deal := r.Text("deal_id")
		tag := fmt.Sprintf(`"%v"`, r.At("deal_version")) // the acceptance tells it, so that nobody has to read the deal first
		for _, stage := range []string{"contacting", "negotiating", "agreed"} {
			r = editor.Act("/v1/deals/"+deal+"/advance", tag, j{"stage": stage, "note": "进展顺利"}).Want(200)
			tag = r.ETag
		}
		if r.At("stage") != "negotiating" || r.At("agreed_by", 0) != "supplier" {
			t.Errorf("one side alone has agreed: %s", r.Raw)
		}
		r = buyer.Act("/v1/deals/"+deal+"/advance", r.ETag, j{"stage": "agreed"}).Want(200)
		if last := len(r.At("steps").([]any)) - 1; r.At("stage") != "agreed" || r.At("steps", last, "side") != "demander" || r.At("steps", last, "by") == nil {
			t.Errorf("both have agreed: %s", r.Raw)
		}

		// Contract: filed by the seller, decided by two registrars.
		before := turnover(h, "2026")
		r = editor.Post("/v1/contracts", j{"kind": "development", "deal_id": deal, "terms": apitest.Terms(uni, firm, nil)}).Want(201)
		contract := r.Text("id")
		if r.At("technology_amount", "amount") != "1050000.00" {
			t.Errorf("technology amount: %s", r.Raw)
		}
		r = editor.Act("/v1/contracts/"+contract+"/submit", r.ETag, nil).Want(200)
		if r.At("application_version") != 1.0 {
			t.Errorf("the submission does not tell the version of its application: %s", r.Raw)
		}
		h.Register(r.Text("application_id"), first, second)
		r = buyer.Get("/v1/contracts/" + contract).Want(200)
		if r.At("state") != "registered" || r.At("registered_on") != "2026-03-10" {
			t.Errorf("contract: %s", r.Raw)
		}
		if d := editor.Get("/v1/deals/" + deal).Want(200); d.At("stage") != "contracted" || d.At("contract_id") != contract || d.At("contract_number") != r.At("number") || d.At("contract_title") != r.At("terms", "title") {
			t.Errorf("the deal: %s", d.Raw)
		}

		// Turnover: it moved by exactly this contract, and the figure leads to its entry.
		after := turnover(h, "2026")
		if before.contracts != 0 || after.contracts != 1 || after.turnover != "1250000.00" || after.technology != "1050000.00" {
			t.Errorf("turnover went from %+v to %+v", before, after)
		}
		rows := h.Operator.Get("/v1/turnover?from=2026-01-01&to=2026-12-31&by=month").Want(200)
		var link string
		for i := range rows.At("rows").([]any) {
			if rows.At("rows", i, "period") == "2026-03" {
				link = rows.Text("rows", i, "entries")
			}
		}
		entries := h.Operator.Get(link).Want(200)
		if len(entries.Items()) != 1 || entries.Text("items", 0, "contract_id") != contract || entries.Text("items", 0, "result_id") != result {
			t.Errorf("entries of March: %s", entries.Raw)
		}
		head := h.Operator.Get("/v1/ledger/head").Want(200)
		if head.Text("hash") != entries.Text("items", 0, "hash") {
			t.Errorf("head %s, entries %s", head.Raw, entries.Raw)
		}
		h.Agrees()
	})
}

type figures struct {
	contracts            float64
	turnover, technology string
}

func turnover(h *apitest.House, year string) figures {
	h.Helper()
	r := h.Operator.Get("/v1/turnover?by=year&from=" + year + "-01-01&to=" + year + "-12-31").Want(200)
	return figures{r.At("total", "contracts").(float64), r.Text("total", "turnover", "amount"), r.Text("total", "technology_amount", "amount")}
}
