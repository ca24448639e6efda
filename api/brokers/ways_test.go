package brokers_test

import (
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/commissions"
	"jiebang/internal/mandates"
)

// From every state, what does not begin there is refused to everybody, and changes nothing.
func TestNothingBeginsWhereItShouldNot(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		roles := []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("broker", s.Broker()), apitest.As("principal", s.Buyer),
			apitest.As("another of the principal", s.Buyer2), apitest.As("other side", s.Editor), apitest.As("operator", s.Operator),
		}
		claim, _ := s.Claim()
		line, _ := s.Commission()
		mandate, _ := s.MandateIn("proposed")
		s.Forbidden(apitest.MachineOf("mandates", mandate, mandates.States, mandates.Ways), roles, map[string]any{
			"agreeMandate": apitest.J{"accept_conflicts": true}, "declineMandate": apitest.J{"reason": "比例偏高"}, "endMandate": apitest.J{"reason": "不再委托"},
		})
		s.Forbidden(apitest.MachineOf("commission_claims", claim, commissions.ClaimStates, commissions.ClaimWays), roles, map[string]any{"rejectClaim": apitest.J{"reason": "双方早有往来"}})
		s.Forbidden(apitest.MachineOf("commission_lines", line, commissions.LineStates, commissions.LineWays), roles, map[string]any{
			"disputeCommission": apitest.J{"reason": "金额有误"}, "settleCommission": apitest.J{"paid_on": "2026-03-10", "reference": "转账 017"},
		})
	})
}
