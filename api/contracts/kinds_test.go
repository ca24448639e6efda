package contracts_test

import (
	"testing"

	"jiebang/api/apitest"
)

// All five kinds are taken, each with what it asks for: targets of what is developed, advised on or served, intellectual property of what is
// assigned or licensed, and of a patent that its life reaches as far as the contract needs.
func TestEachKindOfContractHasItsOwnTerms(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		patent := apitest.J{"ip_kind": "invention_patent", "ip_number": "ZL202310123456.7", "ip_expires_on": "2027-02-28"}
		for name, c := range map[string]struct {
			kind, subkind string
			change        apitest.J
			pointer       string // of the refusal; none: it is registered
		}{
			"licence to the last day":     {"license", "license", patent, ""},
			"licence a day too long":      {"license", "license", apitest.J{"ip_kind": "invention_patent", "ip_number": "ZL202310123456.7", "ip_expires_on": "2027-02-27"}, "/terms/ip_expires_on"},
			"assignment that outlives it": {"assignment", "assignment", apitest.J{"ip_kind": "utility_model", "ip_number": "ZL202320123456.1", "ip_expires_on": "2026-12-31"}, ""},
			"assignment of what is over":  {"assignment", "assignment", apitest.J{"ip_kind": "utility_model", "ip_number": "ZL202320123456.1", "ip_expires_on": "2026-02-28"}, "/terms/ip_expires_on"},
			"assignment of nothing":       {"assignment", "assignment", apitest.J{"ip_kind": "none"}, "/terms/ip_kind"},
			"assignment of a secret":      {"assignment", "assignment", apitest.J{"ip_kind": "technical_secret", "targets": nil, "acceptance": nil}, ""},
			"licence without a number":    {"license", "license", apitest.J{"ip_kind": "design_patent", "ip_expires_on": "2027-02-28"}, "/terms/ip_number"},
			"a secret has no last day":    {"license", "license", apitest.J{"ip_kind": "technical_secret", "ip_expires_on": "2027-02-28"}, "/terms/ip_expires_on"},
			"consulting":                  {"consulting", "consulting", nil, ""},
			"consulting on nothing":       {"consulting", "consulting", apitest.J{"targets": nil}, "/terms/targets"},
			"training":                    {"service", "training_service", nil, ""},
			"a service is no development": {"service", "commissioned_development", nil, "/terms/subkind"},
			"development of nothing":      {"development", "commissioned_development", apitest.J{"acceptance": nil}, "/terms/acceptance"},
		} {
			terms := apitest.Terms(s.Uni, s.Firm, c.change)
			terms["subkind"] = c.subkind
			r := h.As(s.Editor).Post("/v1/contracts", apitest.J{"kind": c.kind, "terms": terms})
			if c.pointer != "" {
				if r.Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != c.pointer {
					h.Errorf("%s: %s", name, r.Raw)
				}
				continue
			}
			r = s.Editor.Act("/v1/contracts/"+r.Want(201).Text("id")+"/submit", r.ETag, nil).Want(200)
			s.Register(r.Text("application_id"), s.First, s.Second)
			if r := s.Editor.Get("/v1/contracts/" + r.Text("id")).Want(200); r.Text("state") != "registered" || r.Text("kind") != c.kind {
				h.Errorf("%s: %s", name, r.Raw)
			}
		}
		kinds := map[string]string{}
		for _, row := range h.Operator.Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&group_by=kind").Want(200).At("rows").([]any) {
			kinds[row.(apitest.J)["group"].(string)], _ = row.(apitest.J)["group_name"].(string)
		}
		if len(kinds) != 4 || kinds["license"] != "技术许可" {
			h.Errorf("%v", kinds)
		}
	})
}
