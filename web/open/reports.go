package open

import (
	"net/url"

	"jiebang/api/wire"
	"jiebang/web/site"
)

func reports(p *site.Page) error {
	q := url.Values{"limit": {"36"}}
	if c := p.Query().Get("cursor"); c != "" {
		q.Set("cursor", c)
	}
	found, err := site.Get[wire.ReportList](p, "listReports", "", q)
	if err != nil {
		return err
	}
	p.Canonical, p.Description = "/reports", p.T("report.lead")
	return p.Show(p.T("report.title"), reportsPage(p, found))
}

// report is a frozen month as it was frozen: nothing on it is counted anew.
func report(p *site.Page) error {
	r, err := site.Get[wire.Report](p, "getReport", p.Context.Param("id"), nil)
	if err != nil {
		return err
	}
	p.Canonical, p.Wide = "/reports/"+r.Id.String(), true
	return p.Show(p.T("report.of", string(r.Month)), reportPage(p, r))
}
