// Package api is the HTTP edge: it turns the operations of openapi.yaml into calls of the use cases and their outcomes into
// answers. It holds no rule of the trade. Each capability has one small file; validation, problems and authentication are in
// one place each.
package api

import (
	"github.com/labstack/echo/v4"

	"jiebang/api/gen/accounts"
	"jiebang/api/gen/contracts"
	"jiebang/api/gen/deals"
	"jiebang/api/gen/ledger"
	"jiebang/api/gen/match"
	"jiebang/api/gen/needs"
	"jiebang/api/gen/organizations"
	"jiebang/api/gen/results"
	"jiebang/internal/app"
)

// New makes the server of a running system. document is openapi.yaml, which the server also serves.
func New(a *app.App, document []byte) (*echo.Echo, error) {
	contract, err := NewContract(document)
	if err != nil {
		return nil, err
	}
	e := echo.New()
	Edge(e, contract, authenticate(a))
	accounts.RegisterHandlers(e, accounts.NewStrictHandler(accountHandlers{a}, nil))
	organizations.RegisterHandlers(e, organizations.NewStrictHandler(organizationHandlers{a}, nil))
	results.RegisterHandlers(e, results.NewStrictHandler(resultHandlers{a}, nil))
	needs.RegisterHandlers(e, needs.NewStrictHandler(needHandlers{a}, nil))
	match.RegisterHandlers(e, match.NewStrictHandler(matchHandlers{a}, nil))
	deals.RegisterHandlers(e, deals.NewStrictHandler(dealHandlers{a}, nil))
	contracts.RegisterHandlers(e, contracts.NewStrictHandler(contractHandlers{a}, nil))
	ledger.RegisterHandlers(e, ledger.NewStrictHandler(ledgerHandlers{a}, nil))
	system{a, document}.register(e)
	return e, nil
}
