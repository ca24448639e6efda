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
			"listIntroductions":    apitest.Get("/v1/introductions?organization_id=" + s.Firm),
			"getIntroduction":      apitest.Get("/v1/introductions/" + intro),
			"acceptIntroduction":   apitest.Act("introductions", "accept", s.Introduction, nil),
			"declineIntroduction":  apitest.Act("introductions", "decline", s.Introduction, apitest.J{"reason": "too_early"}),
			"withdrawIntroduction": apitest.Act("introductions", "withdraw", s.Introduction, apitest.J{"note": "暂不需要了"}),
			"listDeals":            apitest.Get("/v1/deals?organization_id=" + s.Firm),
			"getDeal":              apitest.Get("/v1/deals/" + deal),
			"revertDeal": apitest.Act("deals", "revert", func() (string, string) {
				id, tag := s.Deal()
				return id, s.Buyer.Act("/v1/deals/"+id+"/advance", tag, apitest.J{"stage": "contacting"}).Want(200).ETag
			}, apitest.J{"stage": "lead", "reason": "联系人换了，重新开始"}),
			"openPriceNotice":     apitest.Act("deals", "price-notice", s.NegotiatedDeal, s.PriceNoticeBody()),
			"withdrawPriceNotice": apitest.Act("deals", "price-notice/withdraw", s.ShownDeal, apitest.J{"reason": "价格须重新商定"}),
			"recordPrice":         apitest.Act("deals", "price-record", s.NegotiatedDeal, s.PriceRecordBody()),
			"noteDeal":            apitest.Create("/v1/deals/"+deal+"/notes", func() apitest.J { return apitest.J{"note": "约定下周看样机"} }),
			"listDealSteps":       apitest.Get("/v1/deals/" + deal + "/steps"),
			"advanceDeal":         apitest.Act("deals", "advance", s.Deal, apitest.J{"stage": "contacting"}),
		}
	})
}
