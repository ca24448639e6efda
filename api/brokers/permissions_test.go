package brokers_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "brokers", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("broker", s.Broker()), apitest.As("principal", s.Buyer),
			apitest.As("other side", s.Editor), apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		mandate, _ := s.MandateIn("agreed")
		who := s.Broker().Get("/v1/me").Want(200).Text("account", "id")
		line, _ := s.Commission()
		claim, _ := s.Claim()
		claimed := func() (id, etag string) { return s.Claim() }
		return map[string]func() apitest.Call{
			"listBrokers":            apitest.Get("/v1/brokers"),
			"getBroker":              apitest.Get("/v1/brokers/" + who),
			"proposeMandate":         apitest.Create("/v1/mandates", func() apitest.J { return s.MandateBody() }),
			"listMandates":           apitest.Get("/v1/mandates"),
			"getMandate":             apitest.Get("/v1/mandates/" + mandate),
			"getMandateProof":        apitest.Get("/v1/mandates/" + mandate + "/proof"),
			"agreeMandate":           apitest.Act("mandates", "agree", func() (string, string) { return s.MandateIn("proposed") }, apitest.J{"accept_conflicts": true}),
			"declineMandate":         apitest.Act("mandates", "decline", func() (string, string) { return s.MandateIn("proposed") }, apitest.J{"reason": "比例偏高"}),
			"withdrawMandate":        apitest.Act("mandates", "withdraw", func() (string, string) { return s.MandateIn("proposed") }, nil),
			"endMandate":             apitest.Act("mandates", "end", func() (string, string) { return s.MandateIn("agreed") }, apitest.J{"reason": "不再委托"}),
			"listClaims":             apitest.Get("/v1/commission-claims"),
			"getClaim":               apitest.Get("/v1/commission-claims/" + claim),
			"acceptClaim":            apitest.Act("commission-claims", "accept", claimed, nil),
			"rejectClaim":            apitest.Act("commission-claims", "reject", claimed, apitest.J{"reason": "双方早有往来"}),
			"listCommissions":        apitest.Get("/v1/commissions"),
			"getCommission":          apitest.Get("/v1/commissions/" + line),
			"confirmCommission":      apitest.Act("commissions", "confirm", s.Commission, nil),
			"disputeCommission":      apitest.Act("commissions", "dispute", s.Commission, apitest.J{"reason": "金额有误"}),
			"settleCommission":       apitest.Act("commissions", "settle", s.Commission, apitest.J{"paid_on": "2026-03-10", "reference": "转账 017"}),
			"getBrokerReward":        apitest.Get("/v1/broker-reward?year=2026&username=" + s.Broker().Username),
			"getCommissionStatement": apitest.Get("/v1/commission-statement?month=2026-03&username=" + s.Broker().Username),
		}
	})
}
