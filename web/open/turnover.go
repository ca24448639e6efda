package open

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"jiebang/api/wire"
	"jiebang/internal/money"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// groups are by what the public's figures can be grouped, in the order of how often one asks.
var groups = []string{"kind", "field", "seller_region", "buyer_region", "office"}

// year is what the page of a year's turnover shows.
type year struct {
	Year       int
	Months     *wire.Turnover
	Goal       *wire.IndicatorFigure
	Conversion []*wire.IndicatorFigure
	Plots      []*ui.Plot
}

const firstYear = 2000

// conversions are the codes of local conversion, the one that is spoken of first; six figures, and never one series.
var conversions = []string{"conversion_amount_key", "conversion_amount_all", "conversion_contracts_key", "conversion_contracts_all", "conversion_results_key", "conversion_results_all"}

func turnover(p *site.Page) (err error) {
	y := year{Year: askedYear(p)}
	if y.Months, err = yearOf(p, y.Year, ""); err != nil {
		return err
	}
	if y.Goal, err = indicator(p, "turnover", y.Year); err != nil {
		return err
	}
	for _, code := range conversions {
		f, err := indicator(p, code, y.Year)
		if err != nil {
			return err
		}
		y.Conversion = append(y.Conversion, f)
	}
	names := []string{"months", "cumulative", "kind", "field", "seller_region", "buyer_region"}
	if asked := p.Query().Get("by"); slices.Contains(groups, asked) {
		names = []string{"months", "cumulative", asked}
	}
	for _, name := range names {
		f, err := plots[name](p)
		if err != nil {
			return err
		}
		y.Plots = append(y.Plots, f)
	}
	p.Canonical, p.Description, p.Wide = "/turnover", p.T("turnover.title"), true
	return p.Show(p.T("turnover.title"), turnoverPage(p, y))
}

// groupName is what a dimension is called.
func groupName(p *site.Page, by string) string {
	for _, f := range p.Book.Operation("getTurnover").Query {
		if f.Name == "group_by" {
			return p.Of(p.Book.Name(f.List, by))
		}
	}
	return by
}

func rowName(p *site.Page, r wire.TurnoverRow) string {
	if name := p.Said(or(r.GroupName), or(r.GroupNameEn)); name != "" {
		return name
	}
	if r.Group != nil && *r.Group != "" {
		return *r.Group
	}
	return p.T("turnover.small")
}

// bar is a month of the plot: how high it is, of a hundred, this year and last.
type bar struct {
	Label          string
	This, Last     money.Fen
	ThisAt, LastAt int
}

// months are the bars of a year beside the year before, as far as either has figures.
func months(this, last *wire.Turnover) (out []bar) {
	of := func(t *wire.Turnover) map[string]money.Fen {
		sums := map[string]money.Fen{}
		if t != nil {
			for _, r := range t.Rows {
				if len(r.Period) >= 7 {
					sums[r.Period[5:7]] += fenOf(r.Figures.Turnover.Amount)
				}
			}
		}
		return sums
	}
	a, b := of(this), of(last)
	top := money.Fen(1)
	for m := range 12 {
		key := twoDigits(m + 1)
		top = max(top, a[key], b[key])
		out = append(out, bar{Label: strconv.Itoa(m + 1), This: a[key], Last: b[key]})
	}
	for i := range out {
		out[i].ThisAt, out[i].LastAt = int(int64(out[i].This)*100/int64(top)), int(int64(out[i].Last)*100/int64(top))
	}
	return out
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// proof shows the head of the ledger, and how to check it.
func proof(p *site.Page) error {
	head, err := site.Get[wire.LedgerHead](p, "getLedgerHead", "", nil)
	if err != nil {
		return err
	}
	months, err := site.Get[wire.LedgerMonthList](p, "listLedgerMonths", "", url.Values{"limit": {"24"}})
	if err != nil {
		return err
	}
	p.Canonical, p.Description = "/proof", p.T("proof.lead")
	return p.Show(p.T("proof.title"), proofPage(p, head, months.Items))
}

// check tells a stranger whether a certificate is valid now.
func check(p *site.Page) error {
	code := codeOf(p)
	if code == "" {
		p.Canonical = "/check"
		return p.Show(p.T("check.title"), checkPage(p, "", nil, nil))
	}
	p.NoIndex = true
	c, err := site.Asked[wire.Certificate](p, site.Ask{Operation: p.Book.Operation("checkCertificate"), Path: map[string]string{"code": code}})
	if refused, ok := err.(*site.Problem); ok && refused.Status < http.StatusInternalServerError { //nolint:errorlint // it is given as it is
		return p.ShowAs(refused.Status, p.T("check.title"), checkPage(p, code, nil, refused))
	}
	if err != nil {
		return err
	}
	return p.Show(p.T("check.title"), checkPage(p, code, &c, nil))
}

// codeOf is the code of a certificate: in the path, as its QR code has it, or typed into the form.
func codeOf(p *site.Page) string {
	if code := p.Context.Param("code"); code != "" {
		return code
	}
	return p.Query().Get("code")
}

func developers(p *site.Page) error {
	p.Canonical, p.Description = "/developers", p.T("developers.lead")
	return p.Show(p.T("developers.title"), developersPage(p))
}
