package harvest

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/kinds"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/tables"
	"jiebang/internal/when"
)

// Wanted is what a file of open data is asked for.
type Wanted struct {
	Part   string `path:"part"` // a kind of record, or Turnover
	Format string `query:"format"`
}

// Turnover is the part that has figures instead of records.
const Turnover = "turnover"

// JSONL is the format of one JSON object a line; the other is text with commas.
const JSONL = "jsonl"

// Dump is a file that is made while it is sent.
type Dump struct {
	Write           func(w io.Writer) error
	MediaType, Name string
}

// Dump gives a file of what is public now. Whoever asks gets what a visitor gets.
func (s *Service) Dump(ctx context.Context, reader policy.Actor, site Site, q Wanted) (Dump, error) {
	if err := policy.Check(reader, policy.OpenDataRead, policy.Facts{}); err != nil {
		return Dump{}, err
	}
	out := Dump{MediaType: "text/csv; charset=utf-8", Name: q.Part + "-" + when.DayOf(s.unit.Now()).String() + ".csv"}
	if q.Format == JSONL {
		out.MediaType, out.Name = "application/jsonl", strings.TrimSuffix(out.Name, ".csv")+".jsonl"
	}
	if q.Part == Turnover {
		lines, err := s.turnover(ctx)
		out.Write = func(w io.Writer) error {
			f := newFile(w, q.Format, turnoverColumns)
			for _, l := range lines {
				if err := f.write(l); err != nil {
					return err
				}
			}
			return f.end()
		}
		return out, err
	}
	kind, _ := s.kinds.Of(q.Part) // the description lists those that there are
	out.Write = func(w io.Writer) error {
		f := newFile(w, q.Format, recordColumns)
		if err := s.everyItem(ctx, kind, func(i *Item) error { return f.write(site.line(i)) }); err != nil {
			return err
		}
		return f.end()
	}
	return out, nil
}

// dumpBatch is how many records are in memory at once.
const dumpBatch = 200

// everyItem goes through what everybody may read of a kind, each record once, in the order of their identifiers.
func (s *Service) everyItem(ctx context.Context, kind kinds.Kind, fn func(i *Item) error) error {
	for after := uuid.Nil; ; {
		q := s.unit.Query(ctx)
		records, err := kind.After(q, after, dumpBatch)
		if err != nil {
			return err
		}
		said := make([]kinds.Document, len(records))
		for i, r := range records {
			said[i], after = kind.Document(r), r.Base().ID
		}
		items, err := s.items(q, said)
		if err != nil {
			return err
		}
		for i := range items {
			if !items[i].Public {
				continue
			}
			if err := fn(&items[i]); err != nil {
				return err
			}
		}
		if len(records) < dumpBatch {
			return nil
		}
	}
}

var recordColumns = []string{
	"id", "kind", "number", "title", "owner", "owner_id", "region", "region_name", "field", "field_name",
	"chains", "keywords", "modes", "trl", "price_kind", "price_min", "price_max", "budget_min", "budget_max",
	"reward", "deadline", "closes_at", "urgent", "state", "published_on", "url", "texts",
}

var turnoverColumns = []string{
	"by", "period", "group_by", "group", "group_name", "merged", "contracts", "turnover", "technology",
	"withheld", "since",
}

// line is a record by its columns: text, or texts.
func (s Site) line(i *Item) []any {
	d, t := i.Document, i.terms()
	owner, place, placed := "", "", ""
	if i.Owner.ID != uuid.Nil {
		owner = i.Owner.ID.String()
	}
	if len(i.Places) > 0 {
		place = i.Places[len(i.Places)-1]
		placed = placeName(place)
	}
	var said []string
	for _, p := range d.Paragraphs {
		for _, text := range texts(p.Text) {
			said = append(said, p.Field+": "+text)
		}
	}
	return []any{
		d.ID.String(), d.Noun, t.Number, d.Title, strings.Join(i.owner(), ""), owner, place, placed, d.Field, s.Field(d.Field),
		d.Chains, d.Keywords, d.Modes, t.TRL, t.Price, t.PriceMin, t.PriceMax, t.BudgetMin, t.BudgetMax,
		t.Reward, t.Deadline, t.Closes, t.Urgent, t.State, i.published(), s.page(i.Path, d.ID), said,
	}
}

// turnoverYears is how far back the figures go.
const turnoverYears = 10

// turnover is what is public of the figures, as a visitor is told them: by months, and by years for each dimension that is public.
func (s *Service) turnover(ctx context.Context) (lines [][]any, err error) {
	today := when.DayOf(s.unit.Now())
	first := when.MustDay(strconv.Itoa(s.unit.Now().In(time.UTC).Year()-turnoverYears) + "-01-01")
	for _, by := range []ledger.Dimension{"", ledger.ByKind, ledger.BySellerRegion, ledger.ByBuyerRegion, ledger.ByField} {
		q := ledger.Query{From: first, To: today, By: ledger.Yearly, GroupBy: by}
		if by == "" {
			q.By = ledger.Monthly
		}
		t, err := s.ledger.Turnover(ctx, policy.Actor{}, q)
		if err != nil {
			return nil, err
		}
		for _, r := range t.Rows {
			if r.Contracts == 0 && !r.Withheld && r.Merged == nil {
				continue
			}
			name := ""
			if by != "" && r.Merged == nil {
				name = t.Called(r.Group).Chinese
			}
			withheld := ""
			if r.Withheld {
				withheld = "true"
			}
			lines = append(lines, []any{
				string(q.By), r.Period, string(by), r.Group, name, r.Merged, strconv.FormatInt(r.Contracts, 10), r.Turnover.String(), r.Technology.String(), withheld, r.Since.String(),
			})
		}
	}
	return lines, nil
}

// file writes lines in a format.
type file struct {
	to      *bufio.Writer
	csv     *csv.Writer // nil: JSON
	columns []string
	begun   bool
}

func newFile(w io.Writer, format string, columns []string) *file {
	f := &file{to: bufio.NewWriterSize(w, 64<<10), columns: columns}
	if format != JSONL {
		f.csv = csv.NewWriter(f.to)
	}
	return f
}

// begin writes what stands above the first line, also where there is none.
func (f *file) begin() error {
	if f.begun || f.csv == nil {
		return nil
	}
	f.begun = true
	if _, err := f.to.WriteString("\uFEFF"); err != nil { // spreadsheets take it for another encoding without it
		return err
	}
	return f.csv.Write(f.columns)
}

func (f *file) write(line []any) error {
	if err := f.begin(); err != nil {
		return err
	}
	if f.csv == nil {
		return f.json(line)
	}
	cells := make([]string, len(line))
	for i, value := range line {
		switch v := value.(type) {
		case string:
			cells[i] = tables.Harmless(v)
		case []string:
			cells[i] = tables.Harmless(strings.Join(v, "；"))
		}
	}
	return f.csv.Write(cells)
}

// json writes a line as an object; what is empty is absent.
func (f *file) json(line []any) error {
	out := make(map[string]any, len(line))
	for i, value := range line {
		switch v := value.(type) {
		case string:
			if v != "" {
				out[f.columns[i]] = v
			}
		case []string:
			if len(v) > 0 {
				out[f.columns[i]] = v
			}
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	_, err = f.to.Write(append(text, '\n'))
	return err
}

func (f *file) end() error {
	if err := f.begin(); err != nil {
		return err
	}
	if f.csv != nil {
		f.csv.Flush()
		if err := f.csv.Error(); err != nil {
			return err
		}
	}
	return f.to.Flush()
}
