package ui

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"jiebang/internal/tables"
	"jiebang/web/site"
)

// Plot is a drawing with everything that makes it worth believing: what it shows, how it was counted, until when, and the same figures as a table
// and as a file.
type Plot struct {
	Name       string // of its file, and of its place in the page
	Title      string // what it shows, as a sentence
	Heading    string // of the first column
	Unit       string // of its axis, told beside it
	Definition string
	AsOf       string
	Head       string // of the ledger
	Across     bool   // long names: bars that lie
	Series     []Series
	Rows       []PlotRow
	Query      string // of its file
}

// Series is one column of figures, and how it is drawn.
type Series struct {
	Name  string
	Style string // bar, line or dashed
}

// PlotRow is one place of the axis.
type PlotRow struct {
	Label string
	Note  string // what is to be known of its figures
	Link  string // what is behind it, as far as the reader may see
	Cells []Cell
}

// Cell is one figure. One that is not known is a gap in the drawing and says so in the table: it is not 0.
type Cell struct {
	Known bool
	Value float64 // for the drawing alone
	Text  string  // as people read it
	Exact string  // as a program reads it
}

// Words is what stands in a cell of the table.
func (c Cell) Words(p *site.Page) string {
	if c.Known {
		return c.Text
	}
	if c.Text != "" {
		return c.Text
	}
	return p.T("plot.gap")
}

// noted tells whether any row says something of its figures.
func (f *Plot) noted() bool {
	for _, r := range f.Rows {
		if r.Note != "" {
			return true
		}
	}
	return false
}

// file is where the figures are as a file.
func (f *Plot) file() string {
	path := "/plots/" + f.Name + ".csv"
	if f.Query != "" {
		path += "?" + f.Query
	}
	return path
}

// WriteCSV writes what the table shows: exact figures, and nothing where one is not known.
func (f *Plot) WriteCSV(w io.Writer, p *site.Page) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // without the mark spreadsheets take Chinese for something else
		return err
	}
	out := csv.NewWriter(w)
	heading := []string{f.Heading}
	for _, s := range f.Series {
		heading = append(heading, s.Name)
	}
	rows := [][]string{append(heading, p.T("plot.note"))}
	for _, r := range f.Rows {
		line := []string{tables.Harmless(r.Label)}
		note := []string{}
		if r.Note != "" {
			note = append(note, r.Note)
		}
		for i, c := range r.Cells {
			line = append(line, c.Exact)
			if !c.Known {
				note = append(note, f.Series[i].Name+p.T("plot.colon")+c.Words(p))
			}
		}
		rows = append(rows, append(line, tables.Harmless(strings.Join(note, p.T("form.and")))))
	}
	return out.WriteAll(rows)
}

// drawn is what the script draws.
type drawn struct {
	Title  string       `json:"title"`
	Told   string       `json:"told"`
	Unit   string       `json:"unit"`
	Across bool         `json:"across"`
	Gap    string       `json:"gap"`
	Labels []string     `json:"labels"`
	Links  []string     `json:"links"`
	Series []drawnLine  `json:"series"`
	Words  drawnButtons `json:"words"`
}

type drawnLine struct {
	Name   string     `json:"name"`
	Style  string     `json:"style"`
	Values []*float64 `json:"values"`
	Texts  []string   `json:"texts"`
}

type drawnButtons struct {
	PNG string `json:"png"`
	SVG string `json:"svg"`
}

func (f *Plot) drawn(p *site.Page) drawn {
	d := drawn{Title: f.Title, Told: f.told(p), Unit: f.Unit, Across: f.Across, Gap: p.T("plot.gap"), Words: drawnButtons{p.T("plot.png"), p.T("plot.svg")}}
	for _, r := range f.Rows {
		d.Labels, d.Links = append(d.Labels, r.Label), append(d.Links, r.Link)
	}
	for i, s := range f.Series {
		line := drawnLine{Name: s.Name, Style: s.Style}
		for _, r := range f.Rows {
			c := r.Cells[i]
			line.Texts = append(line.Texts, c.Words(p))
			if c.Known {
				line.Values = append(line.Values, &c.Value)
			} else {
				line.Values = append(line.Values, nil)
			}
		}
		d.Series = append(d.Series, line)
	}
	return d
}

// told is the drawing in a sentence, for who does not see it: what is drawn, and the greatest of each.
func (f *Plot) told(p *site.Page) string {
	said := []string{f.Title}
	for i, s := range f.Series {
		at := -1
		for j, r := range f.Rows {
			if r.Cells[i].Known && (at < 0 || r.Cells[i].Value > f.Rows[at].Cells[i].Value) {
				at = j
			}
		}
		if at >= 0 {
			said = append(said, p.T("plot.most", s.Name, f.Rows[at].Label, f.Rows[at].Cells[i].Text))
		}
	}
	return strings.Join(append(said, p.T("plot.below")), p.T("plot.stop"))
}

// mark is a bar of the drawing that stands there without a script.
type mark struct{ X, Y, W, H, Class, Told string }

const (
	stillWidth  = 640
	stillHeight = 160
)

// marks are bars side by side, for every figure that is known.
func (f *Plot) marks() (out []mark) {
	top := 1.0
	for _, r := range f.Rows {
		for _, c := range r.Cells {
			if c.Known {
				top = max(top, c.Value)
			}
		}
	}
	each := float64(stillWidth) / float64(max(len(f.Rows), 1))
	wide := each * 0.8 / float64(max(len(f.Series), 1))
	at := func(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
	for j, r := range f.Rows {
		for i, c := range r.Cells {
			if !c.Known || c.Value <= 0 {
				continue
			}
			high := c.Value * stillHeight / top
			out = append(out, mark{at(float64(j)*each + each*0.1 + float64(i)*wide), at(stillHeight - high), at(wide), at(high), "s" + strconv.Itoa(i), r.Label + " " + f.Series[i].Name + " " + c.Text})
		}
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }
