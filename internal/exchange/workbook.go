package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/policy"
	"jiebang/internal/tables"
)

// XLSX is the type of a workbook.
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Document is something that was made to be kept.
type Document struct {
	Name, MediaType string
	Write           func(w io.Writer) error
}

var outcomeWords = map[listing.Outcome]string{
	listing.Created: "新增", listing.Changed: "已更新", listing.Revised: "已生成修订稿", listing.Unchanged: "无变化", listing.Refused: "有误",
}

// Workbook is the table of an import as it was sent, each row at its own number, with what became of the row and what is wrong with it behind. It
// can be mended and sent again.
func (s *Service) Workbook(ctx context.Context, reader policy.Actor, id uuid.UUID) (Document, error) {
	q := s.unit.Query(ctx)
	imp, err := records.Load(q, reader, id)
	if err != nil {
		return Document{}, err
	}
	if imp.FileID == nil || imp.State == Queued || imp.State == Waiting {
		return Document{}, fault.In(imp.State, Running, Done, Failed, Cancelled)
	}
	var rows []RowOutcome
	if err := q.Where("import_id = ?", id).Find(&rows).Error; err != nil {
		return Document{}, err
	}
	by := make(map[int]RowOutcome, len(rows))
	for _, r := range rows {
		by[r.Row] = r
	}
	file, size, err := s.fetch(ctx, reader, *imp.FileID)
	if err != nil {
		return Document{}, err
	}
	defer func() { _ = file.Close() }()
	var out bytes.Buffer // written whole: what goes wrong on the way is told, and half a workbook is none
	if err := s.writeRows(&out, imp, by, file, size); err != nil {
		return Document{}, err
	}
	name := "导入结果-" + id.String()[:8] + ".xlsx"
	return Document{name, XLSX, func(w io.Writer) error { _, err := out.WriteTo(w); return err }}, nil
}

// writeRows writes the rows of a file, as far as it can be read, with what became of them.
func (s *Service) writeRows(to io.Writer, imp *Import, by map[int]RowOutcome, file io.ReaderAt, size int64) error {
	rows, width, at, err := s.asSent(imp, file, size)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	widths := make([]float64, width+2)
	for i := range widths {
		widths[i] = 16
	}
	widths[width+1] = 60
	b, err := tables.NewBook("导入结果", widths)
	if err != nil {
		return err
	}
	for {
		r, err := rows.Next()
		if errors.Is(err, io.EOF) || fault.FileRefused.Of(err) {
			return b.Write(to)
		} else if err != nil {
			return err
		}
		cells := slices.Clone(r.Cells)
		for len(cells) < width {
			cells = append(cells, tables.Cell{})
		}
		cells = cells[:width]
		switch o, known := by[r.Number]; {
		case r.Number == at:
			cells = append(cells, tables.Cell{Text: "导入结果"}, tables.Cell{Text: "错误说明"})
		case known:
			cells = append(cells, tables.Cell{Text: outcomeWords[listing.Outcome(o.Outcome)]}, tables.Cell{Text: explain(o.Errors)})
		}
		if err := b.Row(r.Number, cells, r.Number == at); err != nil {
			return err
		}
	}
}

// explain says what is wrong with a row, for who mends it.
func explain(errors []RowProblem) string {
	var out []string
	for _, e := range errors {
		where := e.Heading
		if e.Column != "" {
			where = e.Column + " 列“" + e.Heading + "”："
		} else if e.Pointer != "" {
			where = strings.TrimPrefix(e.Pointer, "/") + "："
		}
		out = append(out, where+e.ZH)
	}
	return strings.Join(out, "\n")
}

// asSent gives the rows of an import's file, how many columns they have at most, and which row has the headings.
func (s *Service) asSent(imp *Import, file io.ReaderAt, size int64) (rows tables.Rows, width, at int, err error) {
	k := s.kinds[imp.Kind]
	in, err := openSource(file, size, newHeadings(k, imp.Mapping), Layout{Sheet: imp.Sheet, HeadingRow: imp.HeadingRow})
	if err != nil && len(imp.Headings) == 0 { // the headings were not found: the first sheet as it is
		return s.plainRows(imp, file, size)
	}
	if err == nil && in.lines != nil {
		return &lineRows{source: in}, len(in.fields), 1, nil
	}
	f, err := tables.Open(file, size)
	if err != nil {
		return nil, 0, 0, err
	}
	for _, sheet := range f.Sheets() {
		if imp.Sheet != "" && sheet != imp.Sheet {
			continue
		}
		if in != nil && in.sheet != sheet {
			continue
		}
		rows, err := f.Open(sheet)
		return rows, len(imp.Headings), headingRow(in), err
	}
	return s.plainRows(imp, file, size)
}

func headingRow(in *source) int {
	if in == nil {
		return 1
	}
	return in.at
}

func (s *Service) plainRows(imp *Import, file io.ReaderAt, size int64) (tables.Rows, int, int, error) {
	f, err := tables.Open(file, size)
	if err != nil {
		return nil, 0, 0, err
	}
	sheet := imp.Sheet
	if names := f.Sheets(); sheet == "" && len(names) > 0 {
		sheet = names[0]
	}
	rows, err := f.Open(sheet)
	return rows, 30, 0, err
}

// lineRows shows JSON Lines as a table, with the names of its members above; a line is one row further down.
type lineRows struct {
	*source
	begun bool
}

func (l *lineRows) Close() error { return nil }

func (l *lineRows) Next() (tables.Row, error) {
	if !l.begun {
		l.begun = true
		r := tables.Row{Number: 1}
		for _, f := range l.fields {
			r.Cells = append(r.Cells, tables.Cell{Text: f.Name})
		}
		return r, nil
	}
	e, err := l.next()
	if err != nil {
		return tables.Row{}, err
	}
	r := tables.Row{Number: e.number + 1}
	for _, f := range l.fields {
		r.Cells = append(r.Cells, tables.Cell{Text: e.cells[f.Name].cell.Text})
	}
	return r, nil
}

// Template is a workbook to be filled in, with drop-down lists, a sheet that explains the columns, and an example.
func (s *Service) Template(noun string) (Document, error) {
	k, err := s.kind(noun, "path:kind")
	if err != nil {
		return Document{}, err
	}
	var columns []tables.FormColumn
	for _, f := range k.fields() {
		columns = append(columns, tables.FormColumn{Heading: f.Heading, Required: f.Required, Hint: f.Hint, Example: f.Example, Options: f.Options})
	}
	content, err := tables.Form(k.zh(), columns)
	return Document{k.zh() + "导入模板.xlsx", XLSX, func(w io.Writer) error { _, err := w.Write(content); return err }}, err
}
