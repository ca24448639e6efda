package open

import (
	"net/url"

	"jiebang/api/wire"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// screen is what the screen in a lobby shows: three numbers and four plots, as everybody may know them.
type screen struct {
	Turnover *wire.Turnover
	Open     int
	Plots    []*ui.Plot
}

const wallRefresh = 300 // seconds: public figures move once a month, the number of open challenges by the day

// wall is for a screen that nobody touches: it shows what visitors see, whoever has signed in on it, and loads itself anew.
func wall(p *site.Page) (err error) {
	visitor := p.AsVisitor()
	var s screen
	if s.Turnover, err = yearOf(visitor, p.Today().Year(), ""); err != nil {
		return err
	}
	hall, err := site.Get[wire.HallPage](visitor, "searchHall", "", url.Values{"limit": {"1"}})
	if err != nil {
		return err
	}
	s.Open = hall.Total
	for _, name := range []string{"months", "cumulative", "kind", "field"} {
		f, err := plots[name](visitor)
		if err != nil {
			return err
		}
		s.Plots = append(s.Plots, f)
	}
	p.Bare, p.Refresh, p.NoIndex = true, wallRefresh, true
	return p.Show(p.T("wall.title"), wallPage(p, s))
}
