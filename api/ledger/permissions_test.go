package ledger_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "ledger", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("member of a party", s.Editor), apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		s.Contract("registered")
		return map[string]func() apitest.Call{
			"getTurnover":         apitest.Get("/v1/turnover?from=2026-01-01&to=2026-12-31"),
			"listLedgerEntries":   apitest.Get("/v1/ledger/entries"),
			"listLedgerMonths":    apitest.Get("/v1/ledger/months"),
			"listLedgerLinks":     apitest.Get("/v1/ledger/months/2026-01/links"),
			"exportLedgerChain":   apitest.Get("/v1/ledger/chain"),
			"exportLedgerEntries": apitest.Get("/v1/ledger/chain/entries"),
			"getLedgerHead":       apitest.Get("/v1/ledger/head"),
		}
	})
}
