package statements_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

type j = apitest.J

// sortsOwn are lists of what the reader has to do with in several ways, or by several organizations: found by each, and sorted together. Nobody has
// so many of these. So are introductions and deals that are narrowed to an organization's.
var sortsOwn = map[string]bool{
	"/v1/bids?mine=true": true, "/v1/contracts": true, "/v1/introductions": true, "/v1/deals": true, "/v1/commission-claims": true, "/v1/commissions?month=2026-03": true,
}

// Lists read a page, however much there is: no plan of theirs goes through a whole table or sorts a whole set.
func TestListsReadNoMoreThanTheirPage(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "一项成果", "abstract": "低温等离子体废气净化装置。", "field": "environment", "external_ids": []j{{"scheme": "erp", "id": "N-1"}}}).Want(201)
		hook, _ := s.Webhook()
		table, _ := s.ReconciliationIn("compared")
		contract, _, _ := s.Contract("registered")
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
			{s.Editor, "/v1/results?sort=title&owner_id=" + s.Uni}, {s.Editor, "/v1/results?sort=changes&owner_id=" + s.Uni}, {h.Visitor(), "/v1/results?sort=changes"}, {h.Visitor(), "/v1/results?sort=title"},
			{s.Editor, "/v1/needs?sort=updated"}, {s.Editor, "/v1/teams?sort=updated"}, {s.Editor, "/v1/needs?sort=title"}, {s.Editor, "/v1/teams?sort=title"},
			{h.Visitor(), "/v1/results?region=210100"}, {h.Visitor(), "/v1/results?state=published&region=210000&trl_min=3&price_max=100000"}, {h.Visitor(), "/v1/results?chain=environmental"}, {h.Visitor(), "/v1/results?facets=true"},
			{h.Visitor(), "/v1/results?availability=available&negotiable=true"}, {h.Visitor(), "/v1/results?published_from=2026-01-01&published_to=2026-12-31"}, {h.Visitor(), "/v1/results?state=published&published_from=2026-01-01"},
			{h.Visitor(), "/v1/results?sort=price"}, {h.Visitor(), "/v1/results?state=published&sort=price"}, {h.Visitor(), "/v1/results?sort=price&region=210100"}, {s.Editor, "/v1/results?sort=price&owner_id=" + s.Uni},
			{h.Visitor(), "/v1/results?sort=price_desc"}, {h.Visitor(), "/v1/results?state=published&sort=price_desc&facets=true"}, {s.Editor, "/v1/results?sort=price_desc&owner_id=" + s.Uni},
			{h.Visitor(), "/v1/needs?sort=deadline"}, {h.Visitor(), "/v1/needs?state=open&sort=deadline"}, {h.Visitor(), "/v1/needs?sort=budget&urgent=true"}, {h.Visitor(), "/v1/needs?state=open&sort=budget&budget_min=1"},
			{s.Buyer, "/v1/needs?sort=deadline&owner_id=" + s.Firm}, {s.Buyer, "/v1/needs?sort=budget&owner_id=" + s.Firm}, {h.Visitor(), "/v1/needs?region=210100&facets=true"}, {h.Visitor(), "/v1/teams?region=210000&facets=true"}, {h.Visitor(), "/v1/teams?chain=environmental"},
			{s.First, "/v1/contracts?office=SY01&sort=newest"}, {h.Operator, "/v1/contracts?sort=newest"}, {h.Operator, "/v1/contracts?sort=newest&state=registered"}, {s.First, "/v1/contracts?office=SY01&state=registered"},
			{h.Operator, "/v1/contracts?sort=updated"}, {h.Operator, "/v1/contracts?sort=turnover"}, {h.Operator, "/v1/contracts?sort=title"},
			{s.First, "/v1/contracts?office=SY01&sort=updated"}, {s.First, "/v1/contracts?office=SY01&sort=turnover"}, {s.First, "/v1/contracts?office=SY01&sort=title"},
			{s.First, "/v1/applications?office=SY01&sort=newest"}, {h.Operator, "/v1/applications?sort=newest"}, {s.First, "/v1/applications?office=SY01&state=submitted&sort=newest"}, {h.Operator, "/v1/applications?state=submitted&sort=newest"},
			{s.Editor, "/v1/introductions?sort=newest"}, {s.Editor, "/v1/introductions?sort=due"}, {s.Editor, "/v1/introductions?sort=updated"}, {h.Operator, "/v1/introductions?sort=updated"}, {h.Operator, "/v1/introductions?sort=newest"},
			{s.Editor, "/v1/deals?sort=newest"}, {s.Editor, "/v1/deals?sort=updated"}, {h.Operator, "/v1/deals?sort=updated"}, {h.Operator, "/v1/deals?sort=newest"},
			{s.Buyer, "/v1/mandates?sort=newest"}, {h.Operator, "/v1/mandates?sort=newest"},
			{h.Visitor(), "/v1/challenges"}, {h.Operator, "/v1/challenges"}, {h.Operator, "/v1/challenges?state=published"}, {s.Editor, "/v1/challenges?owner_id=" + s.Uni},
			{h.Visitor(), "/v1/notices"}, {h.Operator, "/v1/objections"}, {h.Operator, "/v1/blacklist"}, {h.Operator, "/v1/reviews"}, {h.Operator, "/v1/review-panels"},
			{h.Operator, "/v1/projects"}, {h.Operator, "/v1/grants"}, {h.Visitor(), "/v1/rounds"}, {s.Editor, "/v1/bids?mine=true"}, {h.Operator, "/v1/ledger/entries?seller_region=210100"},
			{s.Editor, "/v1/contracts?organization_id=" + s.Uni}, {h.Operator, "/v1/contracts?organization_id=" + s.Uni},
			{h.Operator, "/v1/ledger/entries"}, {h.Operator, "/v1/ledger/entries?buyer_region=210106"}, {h.Operator, "/v1/ledger/entries?office=SY01"},
			{h.Operator, "/v1/organizations"}, {h.Operator, "/v1/organizations?state=pending"},
			{s.Buyer, "/v1/needs?owner_id=" + s.Firm}, {s.Buyer, "/v1/needs?owner_id=" + s.Firm + "&state=draft"},
			{s.Editor, "/v1/introductions"}, {s.Editor, "/v1/introductions?organization_id=" + s.Uni}, {h.Operator, "/v1/introductions"},
			{s.Editor, "/v1/introductions?box=received"}, {s.Editor, "/v1/introductions?box=sent"}, {s.Editor, "/v1/introductions?state=proposed"},
			{s.Editor, "/v1/deals"}, {s.Editor, "/v1/deals?organization_id=" + s.Uni}, {h.Operator, "/v1/deals"},
			{s.First, "/v1/contracts?office=SY01"}, {s.Editor, "/v1/contracts"},
			{h.Operator, "/v1/ledger/entries?seller_region=210112"}, {h.Operator, "/v1/accounts"}, {h.Operator, "/v1/mails"}, {h.Operator, "/v1/jobs"},
			{s.First, "/v1/applications?office=SY01"}, {s.First, "/v1/authority-letters?office=SY01"}, {s.First, "/v1/authority-letters?office=SY01&state=open"}, {h.Operator, "/v1/authority-letters"}, {h.Operator, "/v1/authority-letters?state=open"}, {h.Operator, "/v1/authority-letters?authority=tax"}, {h.Operator, "/v1/authority-letters?contract_id=" + contract}, {h.Operator, "/v1/applications"}, {h.Operator, "/v1/register-entries"},
			{s.Editor, "/v1/imports"}, {s.Editor, "/v1/imports?owner_id=" + s.Uni + "&kind=result"}, {s.Editor, "/v1/imports?owner_id=" + s.Uni + "&state=done"},
			{s.First, "/v1/reconciliations"}, {s.First, "/v1/reconciliations?office=SY01&state=compared"}, {h.Operator, "/v1/reconciliations"}, {s.First, "/v1/reconciliations/" + table + "/rows"}, {s.First, "/v1/reconciliations/" + table + "/rows?outcome=differs"},
			{h.Operator, "/v1/control-links"}, {h.Visitor(), "/v1/benefit-rules"}, {h.Visitor(), "/v1/benefit-rules?on=2026-03-10"}, {h.Operator, "/v1/contracts/" + contract + "/benefits"}, {h.Visitor(), "/v1/offices"}, {s.Editor, "/v1/invitations"},
			{h.Visitor(), "/v1/grades"}, {h.Visitor(), "/v1/grades?kind=high_tech&on=2026-03-10"}, {h.Visitor(), "/v1/organizations?grade=high_tech"},
			{h.Operator, "/v1/organizations/" + s.Uni + "/members"},
			{s.Editor, "/v1/webhooks?organization_id=" + s.Uni}, {s.Editor, "/v1/webhooks/" + hook + "/deliveries"}, {s.Editor, "/v1/webhooks/" + hook + "/deliveries?state=failed"},
			{s.Buyer, "/v1/mandates"}, {s.Broker(), "/v1/mandates"}, {h.Operator, "/v1/mandates?principal_id=" + s.Firm}, {h.Operator, "/v1/mandates?sort=updated"},
			{s.Buyer, "/v1/commission-claims"}, {s.Broker(), "/v1/commission-claims"}, {s.Buyer, "/v1/commissions"}, {s.Broker(), "/v1/commissions?month=2026-03"},
			{s.Broker(), "/v1/introductions"}, {s.Broker(), "/v1/deals"}, {s.Editor, "/v1/inbox"}, {s.Editor, "/v1/inbox?unread=true"}, {s.Editor, "/v1/inbox?found_on=2026-03-10"}, {s.Editor, "/v1/saved-searches"}, {h.Visitor(), "/v1/challenges?updated_since=2026-01-01T00:00:00Z"}, {h.Visitor(), "/v1/notices?updated_since=2026-01-01T00:00:00Z"}, {h.Visitor(), "/v1/rounds?updated_since=2026-01-01T00:00:00Z"},
			{h.Visitor(), "/v1/indicator-targets?code=contracts&year=2026"}, {h.Visitor(), "/v1/indicator-actuals?code=events&year=2026"}, {h.Visitor(), "/v1/reports"},
			{s.Buyer, "/v1/complaints"}, {s.Editor, "/v1/complaints"}, {h.Operator, "/v1/complaints?state=filed"}, {h.Operator, "/v1/complaints?object_id=" + s.Result},
			{s.Editor, "/v1/api-keys"}, {h.Visitor(), "/v1/brokers"}, {h.Visitor(), "/v1/brokers?level=senior&chain=environmental&region=210100&name=%E7%8E%8B"}, {h.Operator, "/v1/api-keys?organization_id=" + s.Uni},
		} {
			plans := dbtest.Plans(t, h.App.DB, h.Queries.See, func() { c.who.Get(c.path).Want(200) })
			if len(plans) == 0 && !strings.Contains(c.path, "members") {
				t.Errorf("%s: no page was read", c.path)
			}
			for _, p := range plans {
				if sortsOwn[c.path] || strings.HasPrefix(c.path, "/v1/introductions?") || strings.HasPrefix(c.path, "/v1/deals?") || strings.HasSuffix(c.path, "/benefits") { // which sorts what stands above its parties, and what one of them had registered in a year
					p.Text = strings.ReplaceAll(p.Text, "USE TEMP B-TREE", "sort")
				}
				if found := p.Whole("results", "needs", "teams", "contracts", "introductions", "deals", "ledger_entries", "organizations", "external_ids",
					"contract_applications", "accounts", "mails", "jobs", "memberships", "invitations",
					"mandates", "mandate_brokers", "commission_claims", "commission_lines", "inbox_items", "webhooks", "webhook_deliveries", "saved_searches", "reconciliations", "reconciliation_rows",
					"challenges", "notices", "rounds", "objections", "reviews", "review_panels", "projects", "bids", "complaints", "register_entries"); found != "" {
					t.Errorf("%s: %s\n%s\n%s", c.path, found, p.SQL, strings.TrimSpace(p.Text))
				}
			}
		}
	})
}

// What an organization has is found by its own rows, in the order of the list, however much others have and however much it has itself: nothing
// is gathered first.
func TestOwnListsAreReadInTheirOrder(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "一项成果", "abstract": "低温等离子体废气净化装置。", "field": "environment", "external_ids": []j{{"scheme": "erp", "id": "N-1"}}}).Want(201)
		for _, c := range []struct {
			who         *apitest.Client
			path, index string
		}{
			{s.Editor, "/v1/contracts?organization_id=" + s.Uni, "contract_parties_organization"}, {h.Operator, "/v1/contracts?count=true&organization_id=" + s.Uni, "contract_parties_organization"},
			{h.Operator, "/v1/contracts?state=registered&sort=newest&organization_id=" + s.Uni, "contract_parties_organization"},
			{s.Editor, "/v1/results?state=draft", "results_owner_state_published"}, {s.Editor, "/v1/teams?state=draft", "teams_owner_state_published"}, {s.Buyer, "/v1/needs?state=draft", "needs_owner_"},
			{s.Stranger, "/v1/results?state=draft&owner_id=" + s.Uni, "results_owner_state_published"},
			{h.Visitor(), "/v1/results?external_scheme=erp&external_id=N-1", "results by id"}, {s.First, "/v1/ledger/entries?buyer_region=210106", "ledger_entries_office_buyer_region"},
			{h.Operator, "/v1/ledger/entries?seller_region=210100", "ledger_entries_seller_city"}, {h.Operator, "/v1/ledger/entries?buyer_region=210000", "ledger_entries_buyer_province"},
		} {
			plans := dbtest.Plans(t, h.App.DB, h.Queries.See, func() { c.who.Get(c.path).Want(200) })
			if len(plans) == 0 {
				t.Errorf("%s: no page was read", c.path)
			}
			for _, p := range plans {
				if strings.Contains(p.SQL, `FROM "external_ids"`) || strings.Contains(p.SQL, "FROM `external_ids`") {
					continue // by which the record is found first
				}
				p.Text = strings.NewReplacer("sqlite_autoindex_results_1 (id=?)", "results by id", "AND (id = '", "results by id").Replace(p.Text)
				if !strings.Contains(p.Text, c.index) || strings.Contains(p.Text, "LIST SUBQUERY") || strings.Contains(p.Text, "hashed SubPlan") || strings.Contains(p.Text, "B-TREE") {
					t.Errorf("%s: not by %s\n%s\n%s", c.path, c.index, p.SQL, strings.TrimSpace(p.Text))
				}
			}
		}
		// Of two organizations: PostgreSQL knows how many there are, SQLite is led to them.
		s.Editor.Post("/v1/organizations", j{"name": "盛北中试基地", "kind": "enterprise", "credit_code": h.CreditCode(), "region": "210112", "contact": j{"name": "联系人", "phone": "024-00000000"}}).Want(201)
		for _, p := range dbtest.Plans(t, h.App.DB, h.Queries.See, func() { s.Editor.Get("/v1/results?state=draft").Want(200) }) {
			if h.App.DB.Dialect == db.SQLite && !strings.Contains(p.Text, "SEARCH results USING INDEX results_owner") {
				t.Errorf("drafts of two organizations: %s\n%s", p.SQL, strings.TrimSpace(p.Text))
			}
		}
	})
}
