package indicators_test

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

var funnelSteps = []string{"published", "matched", "introduced", "answered", "deal", "contract", "registered", "paid"}

// stepsOf is what a row tells, in one line; what it does not tell is a dash.
func stepsOf(at any) string {
	var out []string
	for _, name := range funnelSteps {
		n, told := at.(map[string]any)[name]
		if !told {
			n = "-"
		}
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, " ")
}

// A result and a need are led from publication to payment by a broker: they count a step further each time, in the month in which they became
// public, for the bureau and for the broker, and go back with what is cancelled or reversed. The public is told of what is enough, by months that are over.
func TestTheFunnelFollowsWhatWasPublished(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		broker := s.Broker()
		who := broker.Get("/v1/me").Want(200).Text("account", "id")
		mandate, _ := s.MandateIn("agreed")
		total := func(by *apitest.Client, query string) string {
			h.Helper()
			r := by.Get("/v1/funnel?year=2026" + query).Want(200)
			sums := map[string]any{}
			for _, row := range r.At("rows").([]any) { // rows add up to the total, as far as all tell
				for name, n := range row.(map[string]any)["steps"].(map[string]any) {
					was, _ := sums[name].(float64)
					sums[name] = was + n.(float64)
				}
			}
			for name, n := range r.At("total").(map[string]any) {
				if r.Text("disclosure") == "full" && sums[name] == nil && n != float64(0) || sums[name] != nil && sums[name].(float64) > n.(float64) {
					h.Errorf("%s of %s: rows have %v, the total %v", name, query, sums[name], n)
				}
			}
			return stepsOf(r.At("total"))
		}
		if got := total(h.Operator, "&broker_id="+who); got != "0 0 0 0 0 0 0 0" {
			h.Errorf("before: %s", got)
		}
		intro, tag := s.IntroductionUnder(mandate)
		led := func(want string) { // what the broker introduced: a result and a need
			h.Helper()
			for _, by := range []*apitest.Client{h.Operator, broker} {
				if got := total(by, "&broker_id="+who); got != want {
					h.Errorf("%s as %s reads %s", want, by.Username, got)
				}
			}
			for _, group := range []string{"month", "kind", "chain", "organization_kind"} {
				if got := total(h.Operator, "&broker_id="+who+"&group_by="+group); got != want {
					h.Errorf("%s by %s: %s", want, group, got)
				}
			}
		}
		led("2 2 2 0 0 0 0 0")
		deal := s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200).Text("deal_id")
		led("2 2 2 2 2 0 0 0")
		for _, step := range []struct {
			by    *apitest.Client
			stage string
		}{{s.Buyer, "contacting"}, {s.Buyer, "negotiating"}, {s.Buyer, "agreed"}, {s.Editor, "agreed"}} {
			step.by.Act("/v1/deals/"+deal+"/advance", s.Buyer.Get("/v1/deals/"+deal).ETag, apitest.J{"stage": step.stage}).Want(200)
		}
		terms := apitest.Terms(s.Uni, s.Firm, nil)
		apitest.Today(terms)
		r := s.Editor.Post("/v1/contracts", apitest.J{"kind": "development", "deal_id": deal, "terms": terms}).Want(201)
		contract := "/v1/contracts/" + r.Text("id")
		led("2 2 2 2 2 0 0 0") // a draft is no contract yet
		application := s.Editor.Act(contract+"/submit", r.ETag, nil).Want(200).Text("application_id")
		s.ClaimOf(mandate)
		led("2 2 2 2 2 2 0 0")
		s.Register(application, s.First, s.Second)
		led("2 2 2 2 2 2 2 0")
		payment := s.Editor.Post(contract+"/payments", apitest.J{"amount": apitest.Money("1000.00"), "paid_on": "2026-03-10"}).Want(201).Text("id")
		led("2 2 2 2 2 2 2 2")
		if got := total(h.Operator, "&kind=need"); !strings.HasSuffix(got, " 1 1 1 1 1 1") {
			h.Errorf("needs: %s", got)
		}
		if got := total(h.Operator, "&organization_kind=university"); !strings.HasSuffix(got, " 1 1 1 1 1 1") {
			h.Errorf("of universities: %s", got)
		}
		s.Editor.Post("/v1/payments/"+payment+"/reversals", apitest.J{"amount": apitest.Money("1000.00"), "paid_on": "2026-03-10", "note": "全部退回"}).Want(201)
		led("2 2 2 2 2 2 2 0")

		// Others: nobody reads a broker's but they and the bureau, and nobody but the bureau narrows.
		h.Visitor().Get("/v1/funnel?broker_id="+who).Refused(401, "sign_in_required")
		s.Editor.Get("/v1/funnel?broker_id="+who).Refused(403, "not_allowed")
		h.Operator.Get("/v1/funnel?broker_id="+s.Result).Refused(400, "invalid_input")
		for _, query := range []string{"kind=need", "chain=environmental", "organization_kind=university", "as_of=2026-02-27", "as_of=2026-03-31", "as_of=2026-03-09"} {
			s.Editor.Get("/v1/funnel?"+query).Refused(400, "invalid_input")
		}
		h.Operator.Get("/v1/funnel?chain=none").Refused(400, "invalid_input")
		h.Operator.Get("/v1/funnel?year=2027").Refused(400, "invalid_input")
		if got := h.Visitor().Get("/v1/funnel?year=2026").Want(200); got.Text("as_of") != "2026-02-28" || stepsOf(got.At("total")) != "0 0 0 0 0 0 0 0" || len(got.At("rows").([]any)) != 2 {
			h.Errorf("the running month is told: %s", got.Raw)
		}

		// The month is over: three were published, of which two came on, which are too few to be told.
		h.Clock.Set("2026-04-02T02:00:00Z")
		h.Operator = h.Again(h.Operator)
		got := h.Visitor().Get("/v1/funnel").Want(200)
		if row := got.At("rows").([]any)[2].(map[string]any); got.Text("as_of") != "2026-03-31" || got.Text("disclosure") != "public" || stepsOf(row["steps"]) != "3 "+strings.Repeat("- ", 6)+"-" && stepsOf(row["steps"]) != "3 3 "+strings.Repeat("- ", 5)+"-" || row["withheld"] != true {
			h.Errorf("%s", got.Raw)
		}
		if got := total(h.Operator, "&as_of=2026-03-31"); !strings.HasPrefix(got, "3 ") || !strings.HasSuffix(got, " 2 2 2 2 2 0") {
			h.Errorf("%s", got)
		}
	})
}

// The funnel reads the records of its year and looks each up by itself, however much history there is.
func TestTheFunnelGoesThroughNoTable(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		who := s.Broker().Get("/v1/me").Want(200).Text("account", "id")
		for _, query := range []string{"", "&broker_id=" + who} {
			plans := dbtest.PlansOf(t, h.App.DB, h.Queries.See, func(sql string) bool { return strings.Contains(sql, "AS nth") }, func() { h.Operator.Get("/v1/funnel?year=2026" + query).Want(200) })
			if len(plans) != 2 {
				h.Errorf("%q: %d queries", query, len(plans))
			}
			for _, p := range plans {
				for line := range strings.Lines(p.Text) {
					if line = strings.TrimSpace(line); strings.HasPrefix(line, "SCAN ") || strings.Contains(line, "Seq Scan on ") {
						h.Errorf("%q: %s\n%s", query, line, p.Text)
					}
				}
				if query == "" && h.App.DB.Dialect == db.SQLite && !strings.Contains(p.Text, "_published (") {
					h.Errorf("%q: not by the day of publication\n%s", query, p.Text)
				}
			}
		}
	})
}
