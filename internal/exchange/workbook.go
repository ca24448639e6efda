package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

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
	file, err := s.fetch(ctx, reader, *imp.FileID)
	if err != nil {
		return Document{}, err
	}
	defer func() { _ = file.Close() }()
	var out bytes.Buffer // written whole: what goes wrong on the way is told, and half a workbook is none
	if err := s.writeRows(q, &out, imp, by, file); err != nil {
		return Document{}, err
	}
	name := "导入结果-" + id.String()[:8] + ".xlsx"
	return Document{name, XLSX, func(w io.Writer) error { _, err := out.WriteTo(w); return err }}, nil
}

// writeRows writes the rows of a file, as far as it can be read, with what became of them.
func (s *Service) writeRows(q *gorm.DB, to io.Writer, imp *Import, by map[int]RowOutcome, file *upload) error {
	rows, err := s.asSent(q, imp, file)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	width := rows.width
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
		switch o, known := by[r.Number-rows.below]; {
		case r.Number == rows.at:
			cells = append(cells, tables.Cell{Text: "导入结果"}, tables.Cell{Text: "错误说明"})
		case known:
			cells = append(cells, tables.Cell{Text: outcomeWords[listing.Outcome(o.Outcome)]}, tables.Cell{Text: explain(o.Problems)})
		}
		if err := b.Row(r.Number, cells, r.Number == rows.at); err != nil {
			return err
		}
	}
}

// explain says what is wrong with a row, or may be looked at again, for who mends it.
func explain(errors []RowProblem) string {
	var out []string
	for _, e := range errors {
		if e.Warning && e.Column == "" {
			continue // advice about a column that the table does not have, the same in each row
		}
		where := e.Heading
		if e.Column != "" {
			where = e.Column + " 列“" + e.Heading + "”："
		} else if e.Pointer != "" {
			where = strings.TrimPrefix(e.Pointer, "/") + "："
		}
		if e.Warning {
			where = "提醒：" + where
		}
		out = append(out, where+e.ZH)
	}
	return strings.Join(out, "\n")
}

// sent are the rows of an import's file as they were read.
type sent struct {
	tables.Rows
	width int // how many columns they have at most
	at    int // the row of the headings; 0: they were not found
	below int // how much further down a row stands than its outcome says
}

func (s *Service) asSent(q *gorm.DB, imp *Import, file *upload) (sent, error) {
	in, err := s.source(q, imp, file)
	if _, refused := fault.As(asRefusal(err)); refused { // its headings were not found: the first sheet as it is
		rows, err := plainRows(imp.Sheet, file, file.size)
		return sent{rows, plainWidth, 0, 0}, err
	}
	if err != nil {
		return sent{}, err
	}
	if in.file == nil {
		return sent{&lineRows{source: in}, len(in.fields), 1, 1}, nil
	}
	if err := in.close(); err != nil {
		return sent{}, err
	}
	rows, _, err := in.file.Open(in.sheet)
	return sent{rows, len(in.headings), in.at, 0}, err
}

// plainWidth is how many columns are shown of a table whose headings were not found.
const plainWidth = 30

func plainRows(sheet string, file io.ReaderAt, size int64) (tables.Rows, error) {
	f, err := tables.Open(file, size)
	if err != nil {
		return nil, err
	}
	if names := f.Sheets(); sheet == "" && len(names) > 0 {
		sheet = names[0]
	}
	rows, _, err := f.Open(sheet)
	return rows, err
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
	return written(k.zh()+"导入模板.xlsx", content), err
}
