package open

import (
	"net/url"
	"slices"

	"github.com/google/uuid"

	"jiebang/api/wire"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// funnelGroups are what the rows of the funnel can be by, in the order of how often one asks.
var funnelGroups = []wire.FunnelGroup{"month", "chain", "organization_kind", "kind"}

// funnelAsked is what a page asks of the funnel: a year, and of what one broker introduced, where somebody asks for that.
func funnelAsked(p *site.Page) url.Values {
	q := url.Values{"year": {itoa(askedYear(p))}}
	if broker := p.Query().Get("broker_id"); broker != "" {
		if _, err := uuid.Parse(broker); err == nil {
			q.Set("broker_id", broker)
		}
	}
	return q
}

func funnelBy(p *site.Page, by wire.FunnelGroup) (wire.Funnel, error) {
	q := funnelAsked(p)
	q.Set("group_by", string(by))
	return site.Get[wire.Funnel](p, "getFunnel", "", q)
}

// funnelFile is where a program reads what the page shows.
func funnelFile(p *site.Page, t wire.Funnel) string {
	q := funnelAsked(p)
	q.Set("group_by", string(t.GroupBy))
	return "/v1/funnel?" + q.Encode()
}

// funnelStep is one step as a page shows it; n is nil where it is not told.
type funnelStep struct {
	word string
	n    *int64
}

func funnelSteps(p *site.Page, s wire.FunnelSteps) []funnelStep {
	return []funnelStep{
		{p.T("funnel.published"), &s.Published}, {p.T("funnel.matched"), s.Matched}, {p.T("funnel.introduced"), s.Introduced}, {p.T("funnel.answered"), s.Answered},
		{p.T("funnel.deal"), s.Deal}, {p.T("funnel.contract"), s.Contract}, {p.T("funnel.registered"), s.Registered}, {p.T("funnel.paid"), s.Paid},
	}
}

// told is a step in words.
func (s funnelStep) told(p *site.Page) string {
	if s.n == nil {
		return p.T("plot.gap")
	}
	return ui.Count(*s.n)
}

// funnelPlot is how far the results and needs of a year came, all of them together.
func funnelPlot(p *site.Page) (*ui.Plot, error) {
	t, err := funnelBy(p, "month")
	if err != nil {
		return nil, err
	}
	return drawFunnel(p, t), nil
}

func drawFunnel(p *site.Page, t wire.Funnel) *ui.Plot {
	f := &ui.Plot{
		Name: "funnel", Heading: p.T("funnel.step"), Unit: p.T("funnel.unit"), Across: true, AsOf: t.AsOf.String(), Definition: p.Said(t.Coverage, t.CoverageEn),
		Query: funnelAsked(p).Encode(), Series: []ui.Series{{Name: p.T("funnel.unit"), Style: "bar"}},
	}
	steps := funnelSteps(p, t.Total)
	furthest := steps[0] // that is told
	for _, s := range steps {
		c := ui.Cell{Text: p.T("plot.gap")}
		if s.n != nil {
			c = ui.Cell{Known: true, Value: float64(*s.n), Text: ui.Count(*s.n), Exact: itoa(*s.n)}
			if *s.n > 0 {
				furthest = s
			}
		}
		f.Rows = append(f.Rows, ui.PlotRow{Label: s.word, Cells: []ui.Cell{c}})
	}
	f.Title = p.T("funnel.title.of", itoa(t.Year), ui.Count(t.Total.Published), furthest.told(p), furthest.word)
	return f
}

func funnel(p *site.Page) error {
	by := wire.FunnelGroup(p.Query().Get("by"))
	if !slices.Contains(funnelGroups, by) {
		by = funnelGroups[0]
	}
	t, err := funnelBy(p, by)
	if err != nil {
		return err
	}
	p.Canonical, p.Description, p.Wide = "/funnel", p.T("funnel.lead"), true
	return p.Show(p.T("funnel.title"), funnelPage(p, t, drawFunnel(p, t)))
}

// funnelGroupName is what a grouping is called.
func funnelGroupName(p *site.Page, by wire.FunnelGroup) string {
	for _, f := range p.Book.Operation("getFunnel").Query {
		if f.Name == "group_by" {
			return p.Of(p.Book.Name(f.List, string(by)))
		}
	}
	return string(by)
}
