package ledger_test

import (
	"strings"
	"testing"
	"unicode"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/ledger"
)

// Every figure that an office sees leads to its entries, by whatever it is grouped; what the public sees leads to none, since it could not be
// followed.
func TestFiguresLeadToEntriesForWhoMayReadThem(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	for range 3 {
		s.Contract("registered")
	}
	const year = "/v1/turnover?by=year&from=2026-01-01&to=2026-12-31"
	open := s.Visitor().Get(year + "&group_by=field").Want(200)
	if open.Text("rows", 0, "group_name") == "" || open.Text("measure") != "turnover" || open.At("total", "contracts").(float64) != 3 {
		t.Errorf("%s", open.Raw)
	}
	if strings.Contains(string(open.Raw), `"entries"`) {
		t.Errorf("the public is given addresses that it may not follow: %s", open.Raw)
	}
	shared := s.Visitor().Get(year + "&group_by=field&shares=true").Want(200)
	if share := shared.Text("rows", 0, "shares", 0, "of_name"); share != "全部成交额" || shared.At("rows", 0, "shares", 0, "share_bp") != 10_000.0 ||
		shared.Text("rows", 0, "shares", 0, "numerator", "amount") != shared.Text("total", "turnover", "amount") || strings.Contains(string(open.Raw), `"shares"`) {
		t.Errorf("%s", shared.Raw)
	}
	for _, d := range ledger.Dimensions {
		of := s.First.Get(year + "&office=SY01&group_by=" + string(d)).Want(200)
		rows := of.At("rows").([]any)
		if len(rows) == 0 || of.At("total", "contracts").(float64) != 3 {
			t.Errorf("by %s: %s", d, of.Raw)
		}
		for i := range rows {
			group, name, n := of.Text("rows", i, "group"), of.Text("rows", i, "group_name"), of.At("rows", i, "figures", "contracts").(float64)
			if name == "" || name == group {
				t.Errorf("by %s: %q is called %q", d, group, name)
			}
			entries := s.First.Get(of.Text("rows", i, "entries")).Want(200)
			if len := len(entries.Items()); float64(len) != n {
				t.Errorf("by %s: %s has %d entries, and %v contracts", d, group, len, n)
			}
			for j := range entries.Items() {
				if c := s.First.Get("/v1/contracts/" + entries.Text("items", j, "contract_id")).Want(200); c.Text("number") != entries.Text("items", j, "contract_number") || c.Text("terms", "title") != entries.Text("items", j, "contract_title") {
					t.Errorf("%s is called %s %s", c.Raw, entries.Text("items", j, "contract_number"), entries.Text("items", j, "contract_title"))
				}
			}
			if region := d == ledger.BySellerRegion || d == ledger.ByBuyerRegion; (group != "unknown" || region) && d != ledger.ByOffice { // and can be asked for
				one := s.First.Get(year + "&office=SY01&" + d.Parameter() + "=" + group).Want(200)
				if one.At("total", "contracts").(float64) != n {
					t.Errorf("of %s %s: %s", d, group, one.Raw)
				}
			}
		}
		if involved := of.Text("measure") == "involved"; involved != (strings.HasSuffix(d.Parameter(), "_id")) || involved != strings.Contains(of.Text("coverage"), "不应相加") || involved != strings.Contains(of.Text("coverage_en"), "not to be added up") {
			t.Errorf("by %s: %s", d, of.Raw)
		}
	}
	s.Visitor().Get(year+"&group_by=broker").Refused(400, "invalid_input")
	s.Visitor().Get(year+"&buyer_nature=150").Refused(400, "invalid_input")
	s.Visitor().Get(year+"&buyer_region=XXX").Refused(400, "invalid_input")
	s.Visitor().Get(year + "&buyer_region=abroad").Want(200)
}

// A place abroad has its name in an entry as in the figures, and what is known of no place can be asked for by either.
func TestPlacesAbroadAndUnknown(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	buyer := apitest.J{"name": "Muster Werke GmbH", "nature": "foreign", "country": "DEU", "foreign_number": "HRB 1"}
	r := s.Editor.Post("/v1/contracts", apitest.J{"kind": "development", "terms": apitest.Terms(s.Uni, "", apitest.J{"buyers": []any{buyer}})}).Want(201)
	r = s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
	s.Register(r.Text("application_id"), s.First, s.Second)
	const year = "/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&office=SY01"
	for region, n := range map[string]int{"DEU": 1, "abroad": 1, "unknown": 0} {
		entries := s.First.Get("/v1/ledger/entries?buyer_region=" + region).Want(200)
		if len(entries.Items()) != n || n > 0 && entries.Text("items", 0, "buyer_region_name") != "德国" {
			t.Errorf("entries of %s: %s", region, entries.Raw)
		}
		if figures := s.First.Get(year + "&buyer_region=" + region).Want(200); figures.At("total", "contracts") != float64(n) {
			t.Errorf("figures of %s: %s", region, figures.Raw)
		}
	}
}

// What the figures cover is told in each language by itself.
func TestCoverageIsToldInOneLanguageAtATime(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	for _, more := range []string{"", "&elsewhere=true"} {
		r := s.Visitor().Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31" + more).Want(200)
		han := func(c rune) bool { return unicode.Is(unicode.Han, c) }
		if zh, en := r.Text("coverage"), r.Text("coverage_en"); strings.Contains(zh, "of") || !strings.ContainsFunc(zh, han) || en == "" || strings.ContainsFunc(en, han) {
			t.Errorf("%q, %q", zh, en)
		}
	}
}
