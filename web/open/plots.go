package open

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// plots are the drawings by the names of their files: each asks for its own figures, so that the file has what the page shows.
var plots = map[string]func(p *site.Page) (*ui.Plot, error){
	"months": monthsPlot, "cumulative": cumulativePlot, "challenges": challengesPlot, "funnel": funnelPlot,
	"kind": byGroup("kind"), "field": byGroup("field"), "seller_region": byGroup("seller_region"), "buyer_region": byGroup("buyer_region"), "office": byGroup("office"),
}

// plotFile is the figures of a plot as a file.
func plotFile(p *site.Page) error {
	name, is := strings.CutSuffix(p.Context.Param("name"), ".csv")
	build := plots[name]
	if !is || build == nil {
		return fault.NotVisible.New()
	}
	f, err := build(p)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := f.WriteCSV(&text, p); err != nil {
		return err
	}
	h := p.Context.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`.csv"`)
	return p.Context.Blob(http.StatusOK, "text/csv; charset=utf-8", text.Bytes())
}

// askedYear is the year that a page is about.
func askedYear(p *site.Page) int {
	if n, err := strconv.Atoi(p.Query().Get("year")); err == nil && n >= firstYear && n <= p.Today().Year() {
		return n
	}
	return p.Today().Year()
}

// indicator is one of the year's indicators as this reader may know it; nil where there is none.
func indicator(p *site.Page, code string, year int) (*wire.IndicatorFigure, error) {
	f, err := site.Asked[wire.IndicatorFigure](p, site.Ask{Operation: p.Book.Operation("getIndicator"), Path: map[string]string{"code": code}, Query: url.Values{"year": {itoa(year)}}})
	if err != nil {
		return nil, err
	}
	return &f, nil
}

func amountCell(p *site.Page, f money.Fen) ui.Cell {
	return ui.Cell{Known: true, Value: float64(f) / 100 / 10_000, Text: ui.Amount(p, f), Exact: f.String()} // the float is drawn, never added up
}

// month is what is known of one: a month whose contracts are not shown is not one that had none.
type month struct {
	known   bool
	yet     bool // it is over, or running
	amount  money.Fen
	note    string
	entries string
}

func monthsOf(p *site.Page, t *wire.Turnover) (out [12]month) {
	until := asOf(p, t)
	if today := p.Today().String(); until > today {
		until = today
	}
	for _, r := range t.Rows {
		n, err := strconv.Atoi(strings.TrimPrefix(r.Period[max(len(r.Period)-3, 0):], "-"))
		if err != nil || n < 1 || n > 12 {
			continue
		}
		m := month{amount: fenOf(r.Figures.Turnover.Amount), yet: r.Period <= until[:7]}
		withheld := r.Withheld != nil && *r.Withheld
		m.known = m.yet && (!withheld || r.Figures.Contracts > 0)
		m.note = rowNote(p, r, m.known)
		if r.Entries != nil && r.Figures.Contracts > 0 {
			m.entries = ui.PagePath(*r.Entries)
		}
		out[n-1] = m
	}
	return out
}

// rowNote is what is to be known of a row's figures.
func rowNote(p *site.Page, r wire.TurnoverRow, known bool) string {
	var said []string
	if merged := list(r.Merged); len(merged) > 0 {
		var names []string
		for _, g := range merged {
			names = append(names, p.Said(g.GroupName, or(g.GroupNameEn)))
		}
		said = append(said, p.T("plot.merged", strings.Join(names, p.T("form.and"))))
	}
	if r.Since != nil {
		said = append(said, p.T("plot.since", *r.Since))
	}
	if known && r.Withheld != nil && *r.Withheld {
		said = append(said, p.T("plot.partly"))
	}
	return strings.Join(said, p.T("form.and"))
}

func (m month) cell(p *site.Page) ui.Cell {
	switch {
	case !m.yet:
		return ui.Cell{Text: p.T("plot.yet")}
	case !m.known:
		return ui.Cell{Text: p.T("plot.gap")}
	}
	return amountCell(p, m.amount)
}

func frame(p *site.Page, name string, t *wire.Turnover, year int) *ui.Plot {
	return &ui.Plot{Name: name, Unit: p.T("turnover.yuan"), Definition: p.Said(t.Coverage, t.CoverageEn), AsOf: asOf(p, t), Head: t.Ledger.Hash, Query: "year=" + itoa(year)}
}

func twoYears(p *site.Page) (year int, this, last *wire.Turnover, err error) {
	year = askedYear(p)
	if this, err = yearOf(p, year, ""); err != nil {
		return
	}
	last, err = yearOf(p, year-1, "")
	return
}

func monthsPlot(p *site.Page) (*ui.Plot, error) {
	year, this, last, err := twoYears(p)
	if err != nil {
		return nil, err
	}
	f := frame(p, "months", this, year)
	f.Title, f.Heading = p.T("turnover.sum", itoa(year), ui.Amount(p, fenOf(this.Total.Turnover.Amount))), p.T("turnover.month")
	f.Series = []ui.Series{{Name: itoa(year), Style: "bar"}, {Name: itoa(year - 1), Style: "bar"}}
	a, b := monthsOf(p, this), monthsOf(p, last)
	for i := range a {
		f.Rows = append(f.Rows, ui.PlotRow{Label: itoa(year) + "-" + twoDigits(i+1), Note: a[i].note, Link: a[i].entries, Cells: []ui.Cell{a[i].cell(p), b[i].cell(p)}})
		if b[i].note != "" {
			f.Rows[i].Note = strings.TrimPrefix(a[i].note+p.T("form.and")+itoa(year-1)+p.T("plot.colon")+b[i].note, p.T("form.and"))
		}
	}
	return f, nil
}

// sums adds up month by month; where one is not shown its sum is not known either, and the month that holds its contracts has them.
func sums(p *site.Page, months [12]month) (out [12]ui.Cell) {
	sum := money.Fen(0)
	for i, m := range months {
		out[i] = m.cell(p)
		if m.known {
			sum += m.amount
			out[i] = amountCell(p, sum)
		}
	}
	return out
}

func cumulativePlot(p *site.Page) (*ui.Plot, error) {
	year, this, last, err := twoYears(p)
	if err != nil {
		return nil, err
	}
	goal, err := indicator(p, "turnover", year)
	if err != nil {
		return nil, err
	}
	f := frame(p, "cumulative", this, year)
	f.Title, f.Heading = p.T("turnover.cumulative")+p.T("plot.colon")+pace(p, goal), p.T("turnover.month")
	f.Series = []ui.Series{{Name: itoa(year), Style: "line"}, {Name: itoa(year - 1), Style: "line"}}
	months := monthsOf(p, this)
	a, b := sums(p, months), sums(p, monthsOf(p, last))
	for i := range a {
		f.Rows = append(f.Rows, ui.PlotRow{Label: itoa(year) + "-" + twoDigits(i+1), Note: months[i].note, Cells: []ui.Cell{a[i], b[i]}})
	}
	if goal.Target != nil {
		f.Series = append(f.Series, ui.Series{Name: p.T("turnover.target"), Style: "dashed"})
		for i := range f.Rows {
			f.Rows[i].Cells = append(f.Rows[i].Cells, amountCell(p, fenOf(goal.Target.Value)))
		}
	}
	if goal.Forecast != nil {
		f.Series = append(f.Series, ui.Series{Name: p.T("turnover.forecast"), Style: "dashed"})
		from := 0
		for i := range a {
			if a[i].Known {
				from = i
			}
		}
		for i := range f.Rows {
			c := ui.Cell{Text: p.T("plot.yet")}
			switch i {
			case len(f.Rows) - 1:
				c = amountCell(p, fenOf(goal.Forecast.Value))
			case from:
				c = a[from]
			}
			f.Rows[i].Cells = append(f.Rows[i].Cells, c)
		}
	}
	return f, nil
}

// byGroup is a year by one dimension, the largest first.
func byGroup(by string) func(p *site.Page) (*ui.Plot, error) {
	return func(p *site.Page) (*ui.Plot, error) {
		year := askedYear(p)
		t, err := yearOf(p, year, by)
		if err != nil {
			return nil, err
		}
		f := frame(p, by, t, year)
		f.Heading, f.Across = groupName(p, by), true
		f.Series = []ui.Series{{Name: p.T("turnover.total"), Style: "bar"}}
		rows := slices.Clone(t.Rows)
		slices.SortStableFunc(rows, func(a, b wire.TurnoverRow) int {
			x, y := fenOf(a.Figures.Turnover.Amount), fenOf(b.Figures.Turnover.Amount)
			switch {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return 0
		})
		for _, r := range rows {
			withheld := r.Withheld != nil && *r.Withheld
			known := !withheld || r.Figures.Contracts > 0
			row := ui.PlotRow{Label: rowName(p, r), Note: rowNote(p, r, known), Cells: []ui.Cell{{Text: p.T("plot.gap")}}}
			if known {
				row.Cells[0] = amountCell(p, fenOf(r.Figures.Turnover.Amount))
			}
			if r.Entries != nil && r.Figures.Contracts > 0 {
				row.Link = ui.PagePath(*r.Entries)
			}
			f.Rows = append(f.Rows, row)
		}
		f.Title = p.T("turnover.none.group", f.Heading)
		for i, r := range rows { // the rest, taken together, is no group that leads
			if f.Rows[i].Cells[0].Known && or(r.Group) != "merged" {
				f.Title = p.T("turnover.largest", f.Heading, f.Rows[i].Label, f.Rows[i].Cells[0].Text)
				break
			}
		}
		return f, nil
	}
}
