package statements_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/api/edge/edgetest"
)

// However long a list is, it takes the same few statements; the numbers are the bill of each kind of request.
func TestStatementsPerRequestAreFewAndDoNotGrow(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		for range 12 {
			s.ResultIn("published")
		}
		contract, _, _ := s.Contract("registered")
		h.Eventually("all are indexed", func() bool {
			return len(s.Visitor().Get("/v1/search?limit=100&q=%E5%BA%9F%E6%B0%94").Want(200).Items()) >= 14
		})
		for range 3 {
			s.ChallengeIn("published")
		}
		h.Eventually("the hall is whole", func() bool { return s.Visitor().Get("/v1/hall").Want(200).At("total") == 3.0 })
		draft, tag := s.ResultIn("draft")
		submitted, tag2 := s.ResultIn("submitted")
		counted := func(what string, most int64, call func() *apitest.Response) {
			h.Helper()
			n := most + 1
			// What is remembered, tokens among it, is forgotten when one of the system's own jobs writes meanwhile, which is soon over. Of contracts
			// and applications nothing else is remembered, so that asking once more takes no less.
			again := slices.ContainsFunc([]string{"again", "contract", "applications"}, func(word string) bool { return strings.Contains(what, word) })
			for tries := 0; n > most && (tries == 0 || tries < 3 && again); tries++ {
				h.Queries.Reset()
				call().Want(200)
				n = h.Queries.Count()
			}
			if n > most {
				h.Errorf("%s: %d statements, at most %d", what, n, most)
			} else {
				h.Logf("%s: %d statements", what, n)
			}
		}
		get := func(c *apitest.Client, path string) func() *apitest.Response {
			return func() *apitest.Response { return c.Get(path) }
		}
		// A token takes one statement, where it is not remembered: nothing has been written since.
		counted("read a result as a visitor", 1, get(s.Visitor(), "/v1/results/"+s.Result))
		counted("read it again as a visitor", 0, get(s.Visitor(), "/v1/results/"+s.Result))
		// Its own people read who made it, in one more, and which rights in it were granted, in another.
		counted("read a result as a member", 4, get(s.Editor, "/v1/results/"+s.Result))
		counted("read it again as a member", 3, get(s.Editor, "/v1/results/"+s.Result))
		counted("list one result", 1, get(s.Visitor(), "/v1/results?limit=1"))
		counted("list twelve results", 1, get(s.Visitor(), "/v1/results?limit=12"))
		// Facets are counted by the index; what their owners and chains are called is asked.
		counted("list twelve results with facets", 4, get(s.Visitor(), "/v1/results?limit=12&facets=true&region=210000&trl_max=9&negotiable=true"))
		counted("list twelve results by price", 1, get(s.Visitor(), "/v1/results?limit=12&sort=price&price_max=5&availability=available"))
		// Contracts and applications: the latest application or the contract, twins, and the organizations that parties are compared with; of one
		// contract also who took part in it once, of applications who wrote in their contracts, and what the office noted; what the offices are called, and who entered it.
		counted("list contracts", 6, get(s.Editor, "/v1/contracts?organization_id="+s.Uni))
		// Who wrote in it is one: a registrar who did may not revoke it.
		counted("read a contract", 8, get(s.Editor, "/v1/contracts/"+contract))
		// The contract, the rules, the organizations whose people ask, what stands above its parties; of each side that has a cap of a year to use, what it
		// registered before and what stands above those parties.
		counted("what a contract may bring", 6, get(s.Editor, "/v1/contracts/"+contract+"/benefits"))
		counted("a broker's reward without a rule", 3, get(s.Operator, "/v1/broker-reward?year=2026"))
		counted("list applications", 9, get(s.First, "/v1/applications?office=SY01&finished=true"))
		// The challenges, their owners' names, where those are, and the chains. What was shown a moment ago is remembered: where nothing has been
		// written since, only what is new is read.
		counted("the public hall", 4, get(s.Visitor(), "/v1/hall"))
		counted("the public hall again, in another order", 0, get(s.Visitor(), "/v1/hall?sort=newest"))
		// Where the owners of hits are is one more.
		counted("search", 5, get(s.Visitor(), "/v1/search?q=%E5%BA%9F%E6%B0%94"))
		counted("search again, signed in", 1, get(s.Editor, "/v1/search?q=%E5%BA%9F%E6%B0%94"))
		counted("match", 4, get(s.Visitor(), "/v1/needs/"+s.Need+"/matches"))
		counted("turnover of a year", 3, get(s.Operator, "/v1/turnover?from=2026-01-01&to=2026-12-31"))
		get(s.Visitor(), "/v1/turnover?from=2026-01-01&to=2026-12-31")() // reads the entries since somebody asked last
		counted("public turnover of a year", 2, get(s.Visitor(), "/v1/turnover?from=2026-01-01&to=2026-12-31"))
		// Who created, submitted and published is named in one more.
		counted("submit", 8, func() *apitest.Response { return s.Editor.Act("/v1/results/"+draft+"/submit", tag, nil) })
		counted("publish", 11, func() *apitest.Response { return s.Chief.Act("/v1/results/"+submitted+"/publish", tag2, nil) })
	})
}

// Every list of the description takes as many statements for twelve items as for one.
func TestNoListGrowsInStatements(t *testing.T) {
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		for range 12 {
			s.Deal()
			s.Contract("registered")
			s.ResultIn("published")
			s.TeamIn("published")
			s.Invitation(s.Editor, s.Uni)
			s.ChallengeIn("published")
			s.Listed()
			s.Awarded()
			s.Operator.Post("/v1/criteria-templates", s.TemplateBody()).Want(201)
			s.Objection(s.Notice(s.Firm), s.Stranger, "received")
			s.Panel(s.Editor, s.Chief, s.Buyer, "asked")
			s.ComplaintIn("filed")
		}
		challenge := s.Discussed(12)
		milestone, _ := s.MilestoneIn("contracted")
		s.Buyer.Post("/v1/milestones/"+milestone+"/payments", j{"amount": apitest.Money("500000.00"), "paid_on": "2026-03-10"}).Want(201)
		for range 12 {
			s.Operator.Post("/v1/milestones/"+milestone+"/grants", j{"amount": apitest.Money("100.00"), "paid_on": "2026-03-10"}).Want(201)
		}
		graded, tag := s.Pending()
		s.Operator.Act("/v1/organizations/"+graded+"/verify", tag, nil).Want(200)
		for range 12 {
			s.Grade(graded, "confirmed")
		}
		for i := range 12 {
			s.Operator.Post("/v1/zones", j{"code": fmt.Sprint("zone_", i), "name": "功能区", "name_en": "A zone", "parent": "210112", "source": "市政府批复文件", "valid_from": "2026-01-01"}).Want(201)
		}
		for i := range 12 {
			s.Operator.Post("/v1/benefit-rules", j{
				"code": fmt.Sprint("award_", i), "kind": "local_award", "level": "city", "region": "210100", "side": "buyer", "contract_kinds": []any{"development"}, "rate_bp": 300,
				"valid_from": "2026-01-01", "source": "沈科发〔2026〕1号（示例）", "note": "示例：按成交额的 3% 补助。", "note_en": "An example: 3 % of the price.", "provisional": true,
			}).Want(201)
		}
		for i := range 12 {
			s.Operator.Post("/v1/control-links", j{
				"kind": "shares", "holder": j{"kind": "company", "name": "持股公司", "code": "HRB-1"}, "held": j{"kind": "company", "name": "被持股公司", "code": fmt.Sprint("HRB-2-", i)},
				"share_bp": 6000, "valid_from": "2026-01-01", "evidence": "公司登记信息查询结果",
			}).Want(201)
		}
		for i := range 10 {
			h.Registrar(fmt.Sprintf("reg.number%d", i), "SY01")
			h.Office(fmt.Sprintf("X%d", i), fmt.Sprintf("13%02d00", i+1))
			h.Operator.Post("/v1/organizations", h.OrganizationBody("又一个单位")).Want(201)
		}
		var table string
		for i := range 12 {
			table, _ = s.ReconciliationIn("compared")
			s.Operator.Post("/v1/ledger-closings", j{"month": fmt.Sprintf("2020-%02d", i+1)}).Want(201)
			h.Enter(j{"kind": "broker", "username": h.Person(fmt.Sprintf("broker.number%d", i)).Username, "valid_from": "2026-01-01"})
		}
		for range 6 { // of each, tax and finance ought to be told
			revoked, _, _ := s.Contract("registered")
			r := s.First.Post("/v1/contracts/"+revoked+"/revocations", j{"ground": "void", "reason": "生效判决确认合同无效", "evidence": "判决书存档"}).Want(201)
			s.Second.Act("/v1/applications/"+r.Text("id")+"/grant", r.ETag, j{}).Want(200)
		}
		narrowed := map[string]string{ // what a list cannot do without
			"listIntroductions": "&organization_id=" + s.Firm, "listDeals": "&organization_id=" + s.Firm, "listApplications": "&office=SY01&finished=true",
		}
		deal, _ := s.Deal()
		for range 12 {
			s.Buyer.Post("/v1/deals/"+deal+"/notes", j{"note": "约定下周看样机"}).Want(201)
		}
		for i := range 10 {
			member := h.Person(fmt.Sprintf("member.number%d", i))
			r := s.Editor.Get("/v1/organizations/" + s.Uni)
			s.Editor.Act("/v1/organizations/"+s.Uni+"/members", r.ETag, j{"username": member.Username}).Want(200)
		}
		contract, _, _ := s.Contract("registered")
		for range 12 {
			s.Editor.Post("/v1/contracts/"+contract+"/payments", j{"amount": apitest.Money("100.00"), "paid_on": "2026-03-10"}).Want(201)
		}
		for i := range 12 {
			s.Editor.Post("/v1/expert-ties", j{"kind": "adviser", "organization_name": fmt.Sprint("研究所", i), "valid_from": "2026-01-01"}).Want(201)
		}
		var claim string
		for range 12 {
			claim, tag = s.Claim()
		}
		claimed := s.Buyer.Act("/v1/commission-claims/"+claim+"/accept", tag, nil).Want(200).Text("contract", "id")
		for range 12 {
			s.Editor.Post("/v1/contracts/"+claimed+"/payments", j{"amount": apitest.Money("100.00"), "paid_on": "2026-03-10"}).Want(201)
		}
		s.Lines(claim, 12)
		for range 12 {
			s.Key()
			s.Webhook()
		}
		hook, _ := s.WebhookOn()
		for range 12 {
			s.Delivery(hook)
		}
		for i := range 12 {
			h.Operator.Post("/v1/saved-searches", j{"name": "检索", "q": fmt.Sprint("废气", i), "frequency": "weekly"}).Want(201)
		}
		for i := range 12 {
			s.Operator.Post("/v1/indicator-targets", j{"code": "contracts", "year": 2026 + i, "value": "20000", "source": "市政府工作报告"}).Want(201)
			s.Operator.Post("/v1/indicator-actuals", j{"code": "events", "year": 2026, "value": "46", "data_from": "2026-01-01", "data_to": "2026-02-28", "source": "活动台账"}).Want(201)
			s.Operator.Post("/v1/reports", j{"month": fmt.Sprintf("2025-%02d", i+1)}).Want(201)
		}
		under := map[string]string{
			"listDealSteps": deal, "listReconciliationRows": table, "listPayments": contract, "listMembers": s.Uni, "listWebhookDeliveries": hook, "listChallengeAddenda": challenge, "listChallengeQuestions": challenge, "listChallengeComments": challenge,
		}
		// One table each, of which a stage does not make twelve: entries and applications of a contract, who could review one, months, and what was recorded in one,
		// the steps of a challenge, and bids, of which an operator reads none before they are opened; nor of imports and messages, which are their owner's.
		short := map[string]bool{"listJobs": true, "listCalendars": true, "listContractEntries": true, "listContractApplications": true, "listReviewers": true, "listReceivedInvitations": true, "listLedgerMonths": true, "listLedgerLinks": true, "listChallengeSteps": true, "listChallengeAwards": true, "listBids": true, "listImports": true, "listImportRows": true, "listInbox": true}
		lists := 0
		for _, op := range spec.Operations() {
			if op.Success.Item == "" || op.Tag == "match" || short[op.ID] {
				continue
			}
			lists++
			count := func(limit int) (statements int64, items int) {
				path := fmt.Sprintf("%s?limit=%d%s", strings.Replace(op.Path, "{id}", under[op.ID], 1), limit, narrowed[op.ID])
				h.Operator.Get("/v1/me").Want(200) // so that the token is remembered
				h.Queries.Reset()
				items = len(h.Operator.Get(path).Want(200).Items())
				return h.Queries.Count(), items
			}
			one, _ := count(1)
			twelve, items := count(12)
			for tries := 0; one != twelve && tries < 5; tries++ { // on a busy machine more than the second passes for which a token is remembered
				one, _ = count(1)
				twelve, items = count(12)
			}
			if one != twelve || items != 12 {
				h.Errorf("%s: %d statements for one, %d for %d items", op.ID, one, twelve, items)
			}
		}
		if lists < 9 {
			h.Errorf("only %d lists were counted", lists)
		}
	})
}
