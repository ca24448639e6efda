package ledger_test

import (
	"strings"
	"testing"

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
			if entries := s.First.Get(of.Text("rows", i, "entries")).Want(200).Items(); float64(len(entries)) != n {
				t.Errorf("by %s: %s has %d entries, and %v contracts", d, group, len(entries), n)
			}
			if group != "unknown" && d != ledger.ByOffice { // and can be asked for
				one := s.First.Get(year + "&office=SY01&" + d.Parameter() + "=" + group).Want(200)
				if one.At("total", "contracts").(float64) != n {
					t.Errorf("of %s %s: %s", d, group, one.Raw)
				}
			}
		}
		if involved := of.Text("measure") == "involved"; involved != (strings.HasSuffix(d.Parameter(), "_id")) || involved != strings.Contains(of.Text("coverage"), "不应相加") {
			t.Errorf("by %s: %s", d, of.Raw)
		}
	}
	s.Visitor().Get(year+"&group_by=broker").Refused(400, "invalid_input")
	s.Visitor().Get(year+"&buyer_nature=150").Refused(400, "invalid_input")
	s.Visitor().Get(year+"&buyer_region=XXX").Refused(400, "invalid_input")
	s.Visitor().Get(year + "&buyer_region=abroad").Want(200)
}
