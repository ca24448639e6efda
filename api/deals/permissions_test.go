package deals_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "deals", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("side that proposed", s.Buyer), apitest.As("another member of it", s.Buyer2),
			apitest.As("side that was asked", s.Editor), apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		intro, _ := s.Introduction()
		deal, _ := s.Deal()
		return map[string]func() apitest.Call{
			"proposeIntroduction": apitest.Create("/v1/introductions", func() apitest.J {
				need, _ := s.NeedIn("open")
				return apitest.J{"from_id": s.Firm, "result_id": s.Result, "need_id": need, "message": "看来适合，想先了解数据。"}
			}),
			"listIntroductions":   apitest.Get("/v1/introductions?organization_id=" + s.Firm),
			"getIntroduction":     apitest.Get("/v1/introductions/" + intro),
			"acceptIntroduction":  apitest.Act("introductions", "accept", s.Introduction, nil),
			"declineIntroduction": apitest.Act("introductions", "decline", s.Introduction, apitest.J{"reason": "too_early"}),
			"listDeals":           apitest.Get("/v1/deals?organization_id=" + s.Firm),
			"getDeal":             apitest.Get("/v1/deals/" + deal),
			"advanceDeal":         apitest.Act("deals", "advance", s.Deal, apitest.J{"stage": "contacting"}),
		}
	})
}
