// Package api is the HTTP edge: it turns the operations of openapi.yaml into calls of the use cases and their outcomes into
// answers. It holds no rule of the trade and asks policy nowhere. Package edge is the mechanism, wire the types, and each
// capability has a package with its routes and translation; this one puts them together.
package api

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"jiebang/api/accounts"
	"jiebang/api/benefits"
	"jiebang/api/brokers"
	"jiebang/api/challenges"
	"jiebang/api/complaints"
	"jiebang/api/contracts"
	"jiebang/api/deals"
	"jiebang/api/edge"
	"jiebang/api/files"
	"jiebang/api/harvest"
	"jiebang/api/imports"
	"jiebang/api/indicators"
	"jiebang/api/ledger"
	"jiebang/api/mails"
	"jiebang/api/match"
	"jiebang/api/needs"
	"jiebang/api/notices"
	"jiebang/api/operations"
	"jiebang/api/organizations"
	"jiebang/api/projects"
	"jiebang/api/records"
	"jiebang/api/reference"
	"jiebang/api/results"
	"jiebang/api/reviews"
	"jiebang/api/teams"
	"jiebang/internal/app"
)

// New makes the server of a running system. document is openapi.yaml, which the server also serves.
func New(a *app.App, document []byte) (*echo.Echo, error) {
	spec, err := edge.ReadSpec(document)
	if err != nil {
		return nil, err
	}
	return NewWith(a, spec, document)
}

// NewWith is New with a description that has been read already, and an edge that is adjusted before it serves.
func NewWith(a *app.App, spec *edge.Spec, document []byte, adjust ...func(*edge.Edge)) (*echo.Echo, error) {
	e := edge.New(spec, a.Actor, a.Unit.Commits)
	e.CountKeys(a.APIKeys.Used)
	e.TrustProxies(a.Proxies)
	e.Limit(edge.Limits{Client: edge.Rate(a.Limits.Client), Account: edge.Rate(a.Limits.Account), Requests: a.Limits.Requests})
	e.AllowOrigins(a.Origins)
	for _, f := range adjust {
		f(e)
	}
	Routes(e, a)
	if err := e.Check(); err != nil {
		return nil, fmt.Errorf("api: routes and openapi.yaml do not agree:\n%w", err)
	}
	system{a, document, &lately{}}.register(e.Echo)
	if err := reference.Register(e.Echo, spec); err != nil {
		return nil, err
	}
	assistants(e.Echo, a.Public)
	harvest.Protocol(e.Echo, a.Harvest, harvest.SiteOf(a.Public, a.Admin))
	return e.Echo, nil
}

// Routes hangs every capability on the edge: each gets its own services only.
func Routes(e *edge.Edge, a *app.App) {
	accounts.Routes(e, a.Accounts, a.Orgs, a.People)
	organizations.Routes(e, a.Orgs, a.Offices, a.Control)
	count := match.CounterOf(a.Match)
	results.Routes(e, a.Results, count)
	needs.Routes(e, a.Needs, count)
	teams.Routes(e, a.Teams, count)
	accounts.InboxRoutes(e, a.Inbox)
	accounts.SavedRoutes(e, a.Match)
	organizations.KeyRoutes(e, a.APIKeys)
	organizations.WebhookRoutes(e, a.Webhooks)
	brokers.Routes(e, a.Mandates, a.Commissions)
	brokers.RegisterRoutes(e, a.People, a.Indicators)
	complaints.Routes(e, a.Complaints)
	records.Routes(e, a.External)
	records.ChangeRoutes(e, a.Changes)
	files.Routes(e, a.Files)
	harvest.Routes(e, a.Harvest, harvest.SiteOf(a.Public, a.Admin))
	imports.Routes(e, a.Exchange)
	indicators.Routes(e, a.Indicators)
	operations.Routes(e, a.Jobs, a.Ref)
	match.Routes(e, a.Match)
	deals.Routes(e, a.Deals, a.Contracts)
	contracts.Routes(e, a.Contracts, a.Files)
	benefits.Routes(e, a.Benefits)
	challenges.Routes(e, a.Programmes, a.Challenges)
	projects.Routes(e, a.Projects, a.Programmes)
	ledger.Routes(e, a.Ledger, a.Contracts)
	mails.Routes(e, a.Mails)
	notices.Routes(e, a.Notices)
	reviews.Routes(e, a.Review)
}
