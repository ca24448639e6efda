package brokers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/api/apitest"
	"jiebang/internal/control"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type j = apitest.J

// A broker's month: two brokers agree with a principal, introduce under the mandate, the deal leads to a contract, what is paid on it makes lines
// for both, and what goes back takes them away.
func TestABrokersMonth(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		broker := s.Broker()
		second := h.Person("zhao.lian")
		h.Enter(j{"kind": "broker", "username": second.Username, "certificate": "技术经纪人证书 2026-018", "valid_from": "2026-01-01"})
		mandate, _ := s.MandateIn("agreed", func(b j) {
			b["base"], b["rate_bp"] = "received", 400
			b["brokers"] = []any{j{"username": broker.Username, "share_bp": 7500}, j{"username": second.Username, "share_bp": 2500}}
		})
		intro, tag := s.IntroductionUnder(mandate)

		// The other side sees who acts, and not for what.
		seen := s.Editor.Get("/v1/introductions/" + intro).Want(200)
		if seen.Text("brokers", 0, "username") != broker.Username || seen.Text("brokers", 1, "name") == "" || strings.Contains(string(seen.Raw), "rate") {
			h.Errorf("%s", seen.Raw)
		}
		s.Editor.Get("/v1/mandates/"+mandate).Refused(404, "not_found")
		s.Stranger.Get("/v1/introductions/"+intro).Refused(404, "not_found")
		broker.Act("/v1/introductions/"+intro+"/accept", tag, nil).Refused(403, "not_allowed")
		deal := s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200).Text("deal_id")
		noted := second.Post("/v1/deals/"+deal+"/notes", j{"note": "已约双方下周看中试线"}).Want(201)
		if last := noted.At("steps").([]any); last[len(last)-1].(j)["side"] != "broker" {
			h.Errorf("%s", noted.Raw)
		}
		broker.Act("/v1/deals/"+deal+"/advance", noted.ETag, j{"stage": "contacting"}).Refused(403, "not_allowed")

		for _, step := range []struct {
			by    *apitest.Client
			stage string
		}{{s.Buyer, "contacting"}, {s.Buyer, "negotiating"}, {s.Buyer, "agreed"}, {s.Editor, "agreed"}} {
			step.by.Act("/v1/deals/"+deal+"/advance", s.Buyer.Get("/v1/deals/"+deal).ETag, j{"stage": step.stage}).Want(200)
		}
		terms := apitest.Terms(s.Uni, s.Firm, nil)
		apitest.Today(terms)
		r := s.Editor.Post("/v1/contracts", j{"kind": "development", "deal_id": deal, "terms": terms}).Want(201)
		contract := "/v1/contracts/" + r.Text("id")
		s.Editor.Act(contract+"/submit", r.ETag, nil).Want(200)
		claim, _ := s.ClaimOf(mandate)
		if c := broker.Get("/v1/commission-claims/" + claim).Want(200); c.Text("state") != "accepted" || c.At("by_deal") != true {
			h.Errorf("%s", c.Raw)
		}

		pay := j{"amount": apitest.Money("1000.00"), "paid_on": "2026-03-10", "external_id": "收款-1"}
		payment := s.Editor.Post(contract+"/payments", pay).Want(201).Text("id")
		s.Editor.Post(contract+"/payments", pay).Refused(409, "payment_there")
		lines := s.Lines(claim, 2)
		amounts := func() (out []string) {
			for _, l := range broker.Get("/v1/commissions?claim_id=" + claim).Want(200).Items() {
				out = append([]string{l.(j)["amount"].(j)["amount"].(string)}, out...)
			}
			return out
		}
		if got := strings.Join(amounts(), " "); got != "30.00" { // each reads their own
			h.Errorf("%s", got)
		}
		mine := ""
		for _, l := range lines {
			path := "/v1/commissions/" + l["id"].(string)
			if l["broker"].(j)["username"] == broker.Username {
				mine = path
				continue
			}
			broker.Get(path).Refused(404, "not_found")
			s.Buyer.Act(path+"/dispute", s.Buyer.Get(path).ETag, j{"reason": "分工尚待确认"}).Want(200)
		}
		s.Buyer.Act(mine+"/settle", s.Buyer.Get(mine).ETag, j{"paid_on": "2026-03-10", "reference": "转账 017"}).Want(200)

		back := func(amount string) {
			s.Editor.Post("/v1/payments/"+payment+"/reversals", j{"amount": apitest.Money(amount), "paid_on": "2026-03-10", "note": "质量扣款退回"}).Want(201)
		}
		back("200.00")
		s.Lines(claim, 4)
		back("800.00")
		s.Lines(claim, 6)
		if got := strings.Join(amounts(), " "); got != "30.00 -6.00 -24.00" {
			h.Errorf("%s", got)
		}
		sheet := broker.Get("/v1/commission-statement?month=2026-03").Want(200)
		for what, want := range map[string]string{"before": "0.00", "due": "0.00", "paid": "30.00", "disputed": "0.00", "open": "-30.00", "to_return": "30.00"} {
			if got := sheet.Text(what, "amount"); got != want {
				h.Errorf("%s is %s, want %s", what, got, want)
			}
		}
		if got := h.Operator.Get("/v1/commission-statement?month=2026-03&username=zhao.lian").Want(200); got.Text("disputed", "amount") != "10.00" || got.Text("open", "amount") != "0.00" {
			h.Errorf("%s", got.Raw)
		}
		broker.Get("/v1/commission-statement?month=2026-04").Refused(400, "invalid_input") // it has not come
		h.Clock.Set("2026-04-01T02:00:00Z")
		h.Operator, broker = h.Again(h.Operator), h.Again(broker)
		if next := broker.Get("/v1/commission-statement?month=2026-04").Want(200); next.Text("before", "amount") != "-30.00" || len(next.At("lines").([]any)) != 0 {
			h.Errorf("%s", next.Raw)
		}
		broker.Get("/v1/commission-statement?username=zhao.lian").Refused(403, "not_allowed")
		broker.Get("/v1/commissions?month=1789-01").Refused(400, "invalid_input")
	})
}

// The principal files around the deal, by a company that it controls, on the last day of the tail: it is flagged to both, and once it is accepted
// what was paid before falls due. A day later, about something else, or by a stranger, nothing is.
func TestGoingRoundABrokerIsFlagged(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		mandate, tag := s.MandateIn("agreed", func(b j) { b["base"], b["rate_bp"], b["tail_months"] = "turnover", 200, 1 })
		s.IntroductionUnder(mandate)
		if r := s.Broker().Act("/v1/mandates/"+mandate+"/end", tag, j{"reason": "项目告一段落"}).Want(200); r.Text("tail_ends") != "2026-04-10" {
			h.Errorf("%s", r.Raw)
		}
		daughter, _, _ := h.Organization("辽浑环保科技有限公司", "enterprise", "210106")
		code := func(id string) string { return h.Operator.Get("/v1/organizations/" + id).Want(200).Text("credit_code") }
		h.Operator.Post("/v1/control-links", j{
			"kind": "shares", "holder": j{"kind": "company", "name": "辽浑智造装备有限公司", "code": code(s.Firm)}, "held": j{"kind": "company", "name": "辽浑环保科技有限公司", "code": code(daughter)},
			"share_bp": 6000, "valid_from": "2026-01-01", "evidence": "公司登记信息查询结果",
		}).Want(201)
		file := func(day string, changes j) string {
			h.Clock.Set(day + "T04:00:00Z")
			h.SignInAgain()
			terms := apitest.Terms(s.Uni, daughter, j{"signed_on": day, "effective_on": day})
			terms["buyers"].([]any)[0].(j)["credit_code"] = code(daughter)
			for k, v := range changes {
				terms[k] = v
			}
			r := s.Editor.Post("/v1/contracts", j{"kind": "development", "terms": terms}).Want(201)
			s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
			return r.Text("id")
		}
		round := file("2026-04-10", nil)
		s.Editor.Post("/v1/contracts/"+round+"/payments", j{"amount": apitest.Money("10000.00"), "paid_on": "2026-04-10"}).Want(201)
		claim, tag := s.ClaimOf(mandate)
		found := s.Broker().Get("/v1/commission-claims/" + claim).Want(200)
		if found.Text("state") != "flagged" || found.At("by_deal") != false || found.Text("contract", "id") != round {
			h.Errorf("%s", found.Raw)
		}
		s.Broker().Get("/v1/contracts/"+round).Refused(404, "not_found") // that it is flagged opens no contract
		r := s.Buyer.Act("/v1/commission-claims/"+claim+"/reject", tag, j{"reason": "双方早有往来"}).Want(200)
		if r := s.Broker().Get("/v1/commission-claims/" + claim).Want(200); r.Text("reason") != "双方早有往来" {
			h.Errorf("%s", r.Raw)
		}
		s.Buyer.Act("/v1/commission-claims/"+claim+"/accept", r.ETag, nil).Want(200)
		if l := s.Lines(claim, 1); l[0]["amount"].(j)["amount"] != "200.00" {
			h.Errorf("%v", l)
		}

		file("2026-04-11", nil) // the tail ended the day before
		outside, _, _ := h.Organization("无关机械有限公司", "enterprise", "210106")
		h.Clock.Set("2026-04-10T05:00:00Z")
		terms := apitest.Terms(s.Uni, outside, j{"signed_on": "2026-04-10", "effective_on": "2026-04-10"})
		stranger := s.Editor.Post("/v1/contracts", j{"kind": "development", "terms": terms}).Want(201)
		s.Editor.Act("/v1/contracts/"+stranger.Text("id")+"/submit", stranger.ETag, nil).Want(200)
		last := file("2026-04-10", j{"title": "同日的又一份合同"})
		h.Eventually("what was filed last is met", func() bool {
			return len(h.Operator.Get("/v1/commission-claims?contract_id="+last).Want(200).Items()) == 1
		})
		if n := len(h.Operator.Get("/v1/commission-claims").Want(200).Items()); n != 2 {
			h.Errorf("%d claims", n)
		}
	})
}

// The agreement dates a mandate, not its proposal: what was introduced before, be it on the same day, was not introduced under it, and the proof
// says no more than the times.
func TestTheAgreementDatesAMandate(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		h.Clock.Set("2026-03-05T02:12:07Z")
		before, _ := s.Introduction()
		h.Clock.Set("2026-03-05T02:30:00Z")
		mandate, tag := s.MandateIn("proposed")
		propose := func(need string) *apitest.Response {
			return s.Broker().Post("/v1/introductions", j{"from_id": s.Firm, "mandate_id": mandate, "result_id": s.Result, "need_id": need, "message": "受托提出，想先了解中试数据。"})
		}
		need, _ := s.NeedIn("open")
		propose(need).Refused(409, "mandate_not_running")
		h.Clock.Set("2026-03-05T08:45:00Z")
		s.Buyer.Act("/v1/mandates/"+mandate+"/agree", tag, nil).Want(200)
		h.Clock.Set("2026-03-05T08:45:01Z")
		under := propose(need).Want(201).Text("id")
		proof := s.Broker().Get("/v1/mandates/" + mandate + "/proof").Want(200)
		if !strings.HasPrefix(proof.Text("mandate", "proposed_at"), "2026-03-05T02:30:00") || !strings.HasPrefix(proof.Text("mandate", "agreed_at"), "2026-03-05T08:45:00") {
			h.Errorf("%s", proof.Raw)
		}
		want := map[string]bool{before: false, under: true}
		for _, in := range proof.At("introductions").([]any) {
			i := in.(j)
			if made, known := want[i["introduction_id"].(string)]; !known || made != i["made_under"] {
				h.Errorf("%v", i)
			}
		}
		if len(proof.At("introductions").([]any)) != 2 {
			h.Errorf("%s", proof.Raw)
		}
	})
}

// What a mandate may not say, who may not give or take it, and what the principal has to know first.
func TestWhatAMandateIsRefusedFor(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		broker := s.Broker()
		for pointer, change := range map[string]func(b j){
			"/brokers": func(b j) { b["brokers"] = []any{j{"username": broker.Username, "share_bp": 9999}} },
			"/brokers/1/username": func(b j) {
				b["brokers"] = []any{j{"username": broker.Username, "share_bp": 9000}, j{"username": s.Stranger.Username, "share_bp": 1000}}
			},
			"/brokers/0/agency_id": func(b j) { b["brokers"] = []any{j{"username": broker.Username, "share_bp": 10000, "agency_id": s.Uni}} },
			"/valid_to":            func(b j) { b["valid_to"] = "2026-02-28" },
			"/rate_bp":             func(b j) { b["fee"] = apitest.Money("5000.00") },
			"/result_id":           func(b j) { b["result_id"] = s.Result }, // which is the university's
			"/principal_id":        func(b j) { b["principal_id"] = "0198aaaa-0000-7000-8000-000000000000" },
		} {
			r := broker.Post("/v1/mandates", s.MandateBody(change)).Refused(400, "invalid_input")
			if got := r.Text("errors", 0, "pointer"); got != pointer {
				h.Errorf("%s, want %s: %s", got, pointer, r.Raw)
			}
		}
		mandate, _ := s.MandateIn("agreed")
		other := h.Person("zhao.lian")
		h.Enter(j{"kind": "broker", "username": other.Username, "certificate": "技术经纪人证书 2026-018", "valid_from": "2026-01-01"})
		r := other.Post("/v1/mandates", s.MandateBody(func(b j) { b["brokers"] = []any{j{"username": other.Username, "share_bp": 10000}} })).Want(201)
		beside := s.Buyer.Get("/v1/mandates/" + r.Text("id")).Want(200)
		if beside.Text("conflicts", 0, "mandate_id") != mandate {
			h.Errorf("%s", beside.Raw)
		}
		s.Buyer.Act("/v1/mandates/"+r.Text("id")+"/agree", r.ETag, nil).Refused(409, "mandate_conflict")
		s.Buyer.Act("/v1/mandates/"+r.Text("id")+"/agree", r.ETag, j{"accept_conflicts": true}).Want(200)

		// A broker of both sides is shown to both.
		both := broker.Post("/v1/mandates", s.MandateBody(func(b j) { b["principal_id"] = s.Uni })).Want(201)
		s.Editor.Act("/v1/mandates/"+both.Text("id")+"/agree", both.ETag, nil).Want(200)
		intro, _ := s.IntroductionUnder(mandate)
		for _, side := range []*apitest.Client{s.Editor, s.Buyer} {
			if r := side.Get("/v1/introductions/" + intro).Want(200); r.At("brokers", 0, "both_sides") != true {
				h.Errorf("%s", r.Raw)
			}
		}
		// Another's mandate is none.
		need, _ := s.NeedIn("open")
		s.Buyer.Post("/v1/introductions", j{"from_id": s.Firm, "mandate_id": both.Text("id"), "result_id": s.Result, "need_id": need, "message": "受托提出，想先了解中试数据。"}).Refused(400, "invalid_input")
		other.Post("/v1/introductions", j{"from_id": s.Firm, "mandate_id": mandate, "result_id": s.Result, "need_id": need, "message": "受托提出，想先了解中试数据。"}).Refused(400, "invalid_input")
	})
}

// A party that so many others hold shares of that nobody looks through them holds up no contract: what is filed between the very two is found,
// and so is what is filed after it.
func TestManyHoldersHoldUpNoClaim(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		mandate, _ := s.MandateIn("agreed")
		s.IntroductionUnder(mandate)
		code := h.Operator.Get("/v1/organizations/" + s.Firm).Want(200).Text("credit_code")
		day, by := when.MustDay("2026-01-01"), uuid.MustParse(s.Account(h.Operator))
		links := make([]control.Link, 5001)
		for i := range links {
			links[i] = control.Link{
				Head: work.Head{ID: work.NewID(), Version: 1, CreatedAt: h.Clock.Now(), UpdatedAt: h.Clock.Now()}, Kind: control.Shares, Share: 1, ValidFrom: day,
				Holder: control.Node{Kind: control.Person, Name: fmt.Sprint("股东", i)}, HolderKey: fmt.Sprint("person:", i),
				Held: control.Node{Kind: control.Company, Name: "辽浑智造装备有限公司", Code: code}, HeldKey: control.CompanyKey(code),
				Evidence: "公司登记信息查询结果", EnteredBy: by,
			}
		}
		if err := h.App.DB.Writer.CreateInBatches(&links, 500).Error; err != nil {
			t.Fatal(err)
		}
		terms := apitest.Terms(s.Uni, s.Firm, j{"signed_on": "2026-03-10", "effective_on": "2026-03-10"})
		terms["buyers"].([]any)[0].(j)["credit_code"] = code
		r := s.Editor.Post("/v1/contracts", j{"kind": "development", "terms": terms}).Want(201)
		s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
		h.Eventually("the contract is found", func() bool {
			return len(h.Operator.Get("/v1/commission-claims?contract_id="+r.Text("id")).Want(200).Items()) == 1
		})
	})
}
