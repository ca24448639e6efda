package open

import (
	"net/url"
	"strconv"

	"jiebang/api/wire"
	"jiebang/web/site"
)

// first is what the first page shows.
type first struct {
	Year     int
	Turnover *wire.Turnover
	Hall     wire.HallPage
	Results  wire.ResultList
	Needs    wire.NeedList
}

func home(p *site.Page) (err error) {
	var f first
	f.Year = p.Today().Year()
	if f.Turnover, err = yearOf(p, f.Year, ""); err != nil {
		return err
	}
	if f.Hall, err = site.Get[wire.HallPage](p, "searchHall", "", url.Values{"limit": {"5"}}); err != nil {
		return err
	}
	if f.Results, err = site.Get[wire.ResultList](p, "listResults", "", url.Values{"limit": {"6"}, "state": {"published"}}); err != nil {
		return err
	}
	if f.Needs, err = site.Get[wire.NeedList](p, "listNeeds", "", url.Values{"limit": {"6"}, "state": {"open"}}); err != nil {
		return err
	}
	p.Canonical, p.Description = "/", p.T("home.lead")
	return p.Show(p.T("match.title"), homePage(p, f))
}

// yearOf is the turnover of a year by months, or by something else; nil where the year has not begun.
func yearOf(p *site.Page, year int, group string) (*wire.Turnover, error) {
	q := url.Values{"from": {strconv.Itoa(year) + "-01-01"}, "to": {strconv.Itoa(year) + "-12-31"}, "by": {"month"}}
	if group != "" {
		q.Set("group_by", group)
		q.Set("by", "year")
	}
	t, err := site.Get[wire.Turnover](p, "getTurnover", "", q)
	if err != nil {
		return nil, err
	}
	return &t, nil
}
