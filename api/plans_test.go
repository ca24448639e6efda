package api_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/db/dbtest"
)

// Lists read a page, however much there is: no plan of theirs goes through a whole table or sorts a whole set.
func TestListsReadNoMoreThanTheirPage(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "一项成果", "abstract": "低温等离子体废气净化装置。", "field": "environment", "external_ids": []j{{"scheme": "erp", "id": "N-1"}}}).Want(201)
		for _, c := range []struct {
			who  *apitest.Client
			path string
		}{
			{h.Visitor(), "/v1/results"}, {h.Visitor(), "/v1/results?state=published"}, {h.Visitor(), "/v1/results?field=environment"},
			{s.Editor, "/v1/results?owner_id=" + s.Uni}, {s.Editor, "/v1/results?owner_id=" + s.Uni + "&state=draft"},
			{s.Editor, "/v1/results?owner_id=" + s.Uni + "&state=published&sort=updated"},
			{s.Editor, "/v1/results?external_scheme=erp&external_id=N-1"},
			{h.Visitor(), "/v1/teams"}, {h.Visitor(), "/v1/teams?state=published"}, {h.Visitor(), "/v1/teams?field=environment"}, {h.Visitor(), "/v1/teams?programme=x1"},
			{s.Editor, "/v1/teams?owner_id=" + s.Uni}, {s.Editor, "/v1/teams?owner_id=" + s.Uni + "&state=draft"},
			{h.Visitor(), "/v1/needs"}, {h.Visitor(), "/v1/needs?field=environment"},
			{s.Editor, "/v1/contracts?organization_id=" + s.Uni}, {h.Operator, "/v1/contracts?organization_id=" + s.Uni},
			{h.Operator, "/v1/ledger/entries"}, {h.Operator, "/v1/ledger/entries?buyer_region=210106"}, {h.Operator, "/v1/ledger/entries?office=SY01"},
			{h.Operator, "/v1/organizations"}, {h.Operator, "/v1/organizations?state=pending"},
			{s.Buyer, "/v1/needs?owner_id=" + s.Firm}, {s.Buyer, "/v1/needs?owner_id=" + s.Firm + "&state=draft"},
			{s.Editor, "/v1/introductions"}, {s.Editor, "/v1/introductions?organization_id=" + s.Uni}, {h.Operator, "/v1/introductions"},
			{s.Editor, "/v1/introductions?box=received"}, {s.Editor, "/v1/introductions?box=sent"}, {s.Editor, "/v1/introductions?state=proposed"},
			{s.Editor, "/v1/deals"}, {s.Editor, "/v1/deals?organization_id=" + s.Uni}, {h.Operator, "/v1/deals"},
			{s.First, "/v1/contracts?office=SY01"}, {s.Editor, "/v1/contracts"},
			{h.Operator, "/v1/ledger/entries?seller_region=210112"}, {h.Operator, "/v1/accounts"}, {h.Operator, "/v1/mails"}, {h.Operator, "/v1/jobs"},
			{s.First, "/v1/applications?office=SY01"}, {h.Operator, "/v1/applications"}, {h.Operator, "/v1/register-entries"},
			{s.Editor, "/v1/imports"}, {s.Editor, "/v1/imports?owner_id=" + s.Uni + "&kind=result"}, {s.Editor, "/v1/imports?owner_id=" + s.Uni + "&state=done"},
			{h.Operator, "/v1/control-links"}, {h.Visitor(), "/v1/offices"}, {s.Editor, "/v1/invitations"},
			{h.Visitor(), "/v1/grades"}, {h.Visitor(), "/v1/grades?kind=high_tech&on=2026-03-10"}, {h.Visitor(), "/v1/organizations?grade=high_tech"},
			{h.Operator, "/v1/organizations/" + s.Uni + "/members"},
			{s.Buyer, "/v1/mandates"}, {s.Broker(), "/v1/mandates"}, {h.Operator, "/v1/mandates?principal_id=" + s.Firm}, {h.Operator, "/v1/mandates?sort=updated"},
			{s.Buyer, "/v1/commission-claims"}, {s.Broker(), "/v1/commission-claims"}, {s.Buyer, "/v1/commissions"}, {s.Broker(), "/v1/commissions?month=2026-03"},
			{s.Broker(), "/v1/introductions"}, {s.Broker(), "/v1/deals"}, {s.Editor, "/v1/inbox"}, {s.Editor, "/v1/inbox?unread=true"}, {h.Visitor(), "/v1/challenges?updated_since=2026-01-01T00:00:00Z"}, {h.Visitor(), "/v1/notices?updated_since=2026-01-01T00:00:00Z"}, {h.Visitor(), "/v1/rounds?updated_since=2026-01-01T00:00:00Z"},
			{s.Editor, "/v1/api-keys"}, {h.Operator, "/v1/api-keys?organization_id=" + s.Uni},
		} {
			plans := dbtest.Plans(t, h.App.DB, h.Queries.See, func() { c.who.Get(c.path).Want(200) })
			if len(plans) == 0 && !strings.Contains(c.path, "members") {
				t.Errorf("%s: no page was read", c.path)
			}
			for _, p := range plans {
				if found := p.Whole("results", "needs", "teams", "contracts", "introductions", "deals", "ledger_entries", "organizations", "external_ids",
					"contract_applications", "accounts", "mails", "jobs", "memberships", "invitations",
					"mandates", "mandate_brokers", "commission_claims", "commission_lines", "inbox_items", "challenges", "notices", "rounds"); found != "" {
					t.Errorf("%s: %s\n%s\n%s", c.path, found, p.SQL, strings.TrimSpace(p.Text))
				}
			}
		}
	})
}
