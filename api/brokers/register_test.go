package brokers_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// A broker's entry says level, agency, chains and regions; a stranger finds them by these and reads nothing else of the person. What was registered under
// their mandate shows by itself: with amounts to them and the bureau at once, and to the public when three contracts are together and a month is over.
func TestTheRegisterOfBrokersIsPublic(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		agency, _, _ := h.Organization("盛桥技术转移中心", "transfer_agency", "210112")
		broker := h.Person("gu.yanxi")
		h.Enter(j{
			"kind": "broker", "username": broker.Username, "certificate": "技术经纪人证书 2025-0618", "level": "senior", "certified_on": "2025-06-18", "employer_id": agency,
			"chains": []any{"robotics"}, "regions": []any{"210100"}, "valid_from": "2026-01-01",
		})
		who := broker.Get("/v1/me").Want(200).Text("account", "id")
		path := "/v1/brokers/" + who
		found := func(query string, want int) {
			h.Helper()
			r := h.Visitor().Get("/v1/brokers?" + query).Want(200)
			if len(r.Items()) != want {
				h.Errorf("%s finds %s", query, r.Raw)
			}
		}
		found("", 1)
		found("level=senior&chain=robotics&region=210112&agency_id="+agency+"&name=gu", 1)
		found("level=junior", 0)
		found("region=210200", 0)
		h.Visitor().Get("/v1/brokers?region=999999").Refused(400, "invalid_input")
		r := h.Visitor().Get(path).Want(200)
		if r.Text("broker", "name") == "" || r.Text("broker", "agency", "name") != "盛桥技术转移中心" || r.Text("broker", "level") != "senior" || r.Text("broker", "since") != "2026-01-01" ||
			r.Text("broker", "regions", 0, "name") == "" || r.Text("disclosure") != "public" || len(r.At("years").([]any)) != 0 {
			h.Errorf("%s", r.Raw)
		}
		for _, hidden := range []string{"username", "0618", "2025-06-18"} {
			if strings.Contains(string(r.Raw), hidden) {
				h.Errorf("a stranger reads %s: %s", hidden, r.Raw)
			}
		}
		h.Visitor().Get("/v1/brokers/"+s.Editor.Get("/v1/me").Want(200).Text("account", "id")).Refused(404, "not_found")

		mandate := broker.Post("/v1/mandates", s.MandateBody(func(b j) { b["brokers"] = []any{j{"username": broker.Username, "share_bp": 10000}} })).Want(201)
		s.Buyer.Act("/v1/mandates/"+mandate.Text("id")+"/agree", mandate.ETag, j{"accept_conflicts": true}).Want(200)
		need, _ := s.NeedIn("open")
		broker.Post("/v1/introductions", j{"from_id": s.Firm, "mandate_id": mandate.Text("id"), "result_id": s.Result, "need_id": need, "message": "受辽浑智造委托，想先了解中试数据。"}).Want(201)
		lead := func(many int) { // contracts around the deal, which the principal accepts
			for range many {
				terms := apitest.Terms(s.Uni, s.Firm, nil)
				apitest.Today(terms)
				c := s.Editor.Post("/v1/contracts", j{"kind": "development", "terms": terms}).Want(201)
				application := s.Editor.Act("/v1/contracts/"+c.Text("id")+"/submit", c.ETag, nil).Want(200).Text("application_id")
				var claim apitest.J
				s.Eventually("the contract is claimed", func() bool {
					for _, l := range h.Operator.Get("/v1/commission-claims?mandate_id=" + mandate.Text("id")).Want(200).Items() {
						if l.(j)["contract"].(j)["id"] == c.Text("id") {
							claim = l.(j)
						}
					}
					return claim != nil
				})
				at := "/v1/commission-claims/" + claim["id"].(string)
				s.Buyer.Act(at+"/accept", s.Buyer.Get(at).ETag, nil).Want(200)
				s.Register(application, s.First, s.Second)
			}
		}
		lead(2)
		for _, by := range []*apitest.Client{broker, h.Operator} {
			if r := by.Get(path).Want(200); r.Text("disclosure") != "full" || r.At("years", 0, "contracts") != float64(2) || r.Text("years", 0, "turnover", "amount") == "0.00" {
				h.Errorf("%s", r.Raw)
			}
		}
		public := func(want string) {
			h.Helper()
			r := s.Editor.Get(path).Want(200)
			if got := string(r.Raw); !strings.Contains(got, want) || strings.Contains(got, "turnover") {
				h.Errorf("%s, want %s", got, want)
			}
		}
		public(`"years":[]`)
		h.Clock.Set("2026-04-02T02:00:00Z")
		h.SignInAgain()
		public(`"withheld":true`)
	})
}
