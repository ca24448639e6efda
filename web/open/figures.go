package open

import (
	"net/url"

	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/web/site"
	"jiebang/web/ui"
)

func challengeFigures(p *site.Page) (wire.ChallengeFigures, error) {
	return site.Get[wire.ChallengeFigures](p, "getChallengeFigures", "", url.Values{"year": {itoa(askedYear(p))}})
}

// challengesPlot is how far the challenges of a year came.
func challengesPlot(p *site.Page) (*ui.Plot, error) {
	c, err := challengeFigures(p)
	if err != nil {
		return nil, err
	}
	f := &ui.Plot{
		Name: "challenges", Title: p.T("figures.title.of", ui.Count(c.Published), ui.Count(c.Running)), Heading: p.T("figures.stage"), Unit: p.T("figures.unit"), Across: true,
		AsOf: c.On.String(), Definition: p.T("figures.cover"), Query: "year=" + itoa(askedYear(p)), Series: []ui.Series{{Name: p.T("figures.unit"), Style: "bar"}},
	}
	for _, r := range []struct {
		word string
		n    int64
	}{
		{p.T("figures.collected"), c.Collected}, {p.T("figures.published"), c.Published}, {p.T("figures.closed"), c.Closed}, {p.T("figures.unclaimed"), c.Unclaimed}, {p.T("figures.running"), c.Running},
	} {
		f.Rows = append(f.Rows, ui.PlotRow{Label: r.word, Cells: []ui.Cell{{Known: true, Value: float64(r.n), Text: ui.Count(r.n), Exact: itoa(r.n)}}})
	}
	return f, nil
}

// bureauFigures is the page of challenges for who runs them.
func bureauFigures(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	if !p.Reader.Operator {
		return fault.NotVisible.New()
	}
	c, err := challengeFigures(p)
	if err != nil {
		return err
	}
	f, err := challengesPlot(p)
	if err != nil {
		return err
	}
	p.NoIndex, p.Wide = true, true
	return p.Show(p.T("figures.title"), figuresPage(p, c, f))
}
