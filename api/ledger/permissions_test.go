package ledger_test

import (
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/when"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "ledger", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("member of a party", s.Editor), apitest.As("registrar", s.First), apitest.As("operator", s.Operator), apitest.As("another operator", s.Deputy),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		s.Contract("registered")
		month := 0
		proposed := func() (id, etag string) { // each of a month before the last, since what is closed takes those before it along
			month++
			r := s.Operator.Post("/v1/ledger-closings", apitest.J{"month": when.DayOf(s.Clock.Now()).Month().AddMonths(month - 60).String()}).Want(201)
			return r.Text("id"), r.ETag
		}
		one, _ := proposed()
		return map[string]func() apitest.Call{
			"getTurnover":         apitest.Get("/v1/turnover?from=2026-01-01&to=2026-12-31"),
			"listLedgerEntries":   apitest.Get("/v1/ledger/entries"),
			"listLedgerMonths":    apitest.Get("/v1/ledger/months"),
			"listLedgerLinks":     apitest.Get("/v1/ledger/months/2026-01/links"),
			"exportLedgerChain":   apitest.Get("/v1/ledger/chain"),
			"exportLedgerEntries": apitest.Get("/v1/ledger/chain/entries"),
			"getLedgerHead":       apitest.Get("/v1/ledger/head"),
			"proposeLedgerClosing": apitest.Create("/v1/ledger-closings", func() apitest.J {
				month++
				return apitest.J{"month": when.DayOf(s.Clock.Now()).Month().AddMonths(month - 60).String()}
			}),
			"listLedgerClosings":   apitest.Get("/v1/ledger-closings"),
			"getLedgerClosing":     apitest.Get("/v1/ledger-closings/" + one),
			"confirmLedgerClosing": apitest.Act("ledger-closings", "confirm", proposed, nil),
			"dropLedgerClosing":    apitest.Remove("ledger-closings", "", proposed),
		}
	})
}
