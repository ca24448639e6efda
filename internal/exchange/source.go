package exchange

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"jiebang/internal/fault"
	"jiebang/internal/tables"
	"jiebang/internal/text"
	"jiebang/search/lines"
)

// source gives the rows of a file, with their cells by the names of fields.
type source struct {
	file     tables.File // nil of JSON Lines
	table    *table
	lines    *lines.Reader
	headings []Heading
	sheet    string
	at       int // the row of the headings; 0 of JSON Lines
	about    int
	serial   func(string) (string, bool)
	fields   []Field
	close    func() error
}

// entry is one row of a source.
type entry struct {
	number int
	cells  map[string]reading
	bad    error // the row as a whole is wrong
}

// openSource looks at a file: a workbook, a text with separators, or JSON Lines. Of several sheets the first is read in which headings are found.
// A text in which there are none is told by what it is.
func openSource(r io.ReaderAt, size int64, h headings, l Layout) (*source, error) {
	head := make([]byte, min(size, 512))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if start := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF"))); bytes.HasPrefix(start, []byte("{")) || bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		in, err := lines.Open(io.NewSectionReader(r, 0, size))
		if err != nil {
			return nil, err
		}
		return lineSource(in, h.fields), nil
	}
	if lines.Marked(head) != nil && (l.Lines || !lines.Markup(head)) { // an array; of a page of the web, tables tell what to do
		_, err := lines.Open(io.NewSectionReader(r, 0, size))
		return nil, err
	}
	file, err := tables.Open(r, size)
	if err != nil {
		return nil, err
	}
	sheets := file.Sheets()
	if l.Sheet != "" {
		sheets = []string{l.Sheet}
	}
	for _, sheet := range sheets {
		rows, about, err := file.Open(sheet)
		if err != nil {
			return nil, err
		}
		t, err := h.find(rows, l.HeadingRow)
		if err == nil && t != nil {
			return &source{file: file, table: t, sheet: sheet, headings: t.headings, at: t.at, about: max(0, about-t.at), serial: file.Serial, fields: h.fields, close: rows.Close}, nil
		}
		if err := errors.Join(err, rows.Close()); err != nil {
			return nil, err
		}
	}
	var wanted []string
	for _, f := range h.fields {
		if f.Required {
			wanted = append(wanted, f.Heading)
		}
	}
	if l.Lines {
		if _, err := lines.Open(io.NewSectionReader(r, 0, size)); err != nil {
			return nil, err
		}
	}
	return nil, fault.FileRefused.Because("没有找到表头：前 %[1]d 行中没有一行同时含有“%[2]s”等列名。请用模板，或指明表头所在的行。", "No headings were found: none of the first %[1]d rows names columns such as “%[3]s”. Take the template, or say in which row they are.",
		maxBefore, strings.Join(wanted, "”“"), strings.Join(wanted, "”, “"))
}

// lineSource reads JSON Lines.
func lineSource(in *lines.Reader, fields []Field) *source {
	return &source{lines: in, fields: fields, close: func() error { return nil }, serial: func(string) (string, bool) { return "", false }}
}

// next gives the next row; io.EOF behind the last.
func (s *source) next() (entry, error) {
	if s.lines != nil {
		return s.line()
	}
	r, err := s.table.next()
	if err != nil {
		return entry{}, err
	}
	e := entry{number: r.Number, cells: make(map[string]reading, len(s.headings))}
	for i, h := range s.headings {
		if h.Field == "" {
			continue
		}
		cell := reading{serial: s.serial, unit: h.Unit}
		if i < len(r.Cells) {
			cell.cell = r.Cells[i]
		}
		e.cells[h.Field] = cell
	}
	// Of a text, a cell behind the last heading is most often the rest of one whose separator was not quoted; beside the table of a workbook
	// people note things.
	if s.sheet == "" {
		for i := len(s.headings); i < len(r.Cells); i++ {
			if r.Cells[i].Text != "" {
				e.bad = fault.InvalidInput.At("", fault.Unexpected, "该行有 %[1]d 列，表头只有 %[2]d 列，多出的“%[3]s”无处可放；内容中有分隔符的单元格须加引号。",
					"The row has %[1]d cells and there are %[2]d headings; there is no place for “%[3]s”. Quote a cell that holds the separator.", len(r.Cells), len(s.headings), text.Clip(r.Cells[i].Text, 40))
				break
			}
		}
	}
	if r.Bad != nil {
		pointer := ""
		if c := r.Bad.Column; c >= 0 && c < len(s.headings) && s.headings[c].Field != "" {
			pointer = "/" + s.headings[c].Field
		}
		e.bad = fault.InvalidInput.At(pointer, fault.TooLong, "%[1]s", "%[2]s", r.Bad.ZH, r.Bad.EN)
	}
	return e, nil
}

// line reads a row of JSON Lines.
func (s *source) line() (entry, error) {
	line, number, err := s.lines.Next()
	switch {
	case errors.Is(err, lines.ErrLong):
		return entry{number: number, bad: fault.InvalidInput.At("", fault.TooLong, "该行超过 1 MiB，已跳过，其余各行照常读入。", "The line is longer than 1 MiB and is left out; the others are read.")}, nil
	case errors.Is(err, io.EOF):
		return entry{}, err
	case err != nil:
		return entry{}, fault.InvalidInput.Because("文件在第 %[1]d 行之后中断，此前完整的各行已处理；请换用完整的文件再次导入。", "The file breaks off after line %[1]d; the whole lines before it were taken. Import a whole one again.", number-1)
	}
	e := entry{number: number, cells: map[string]reading{}}
	r, err := readRow(line, s.fields)
	if err != nil {
		return entry{number: number, bad: err}, nil
	}
	for name, value := range r.members {
		cell := reading{serial: s.serial}
		i := slices.IndexFunc(s.fields, func(f Field) bool { return f.Name == name })
		if i < 0 {
			continue
		}
		f := s.fields[i]
		switch kind := value.Kind(); {
		case kind == 'n': // says the same as nothing in a table's export
			continue
		case kind == '"':
			if err := json.Unmarshal(value, &cell.cell.Text); err != nil {
				r.wrongType(name, "须为字符串。", "Must be a string.")
			}
		case kind == '0' && f.Numeric:
			cell.cell = tables.Cell{Text: string(value), Kind: tables.Number}
		case kind == '[' && f.List:
			var list []string
			if err := json.Unmarshal(value, &list); err != nil {
				r.wrongType(name, "须为字符串的数组，或以分号隔开的一段文字。", "Must be an array of strings, or one text with semicolons between them.")
			}
			cell.cell.Text = string(value)
		case kind == 't', kind == 'f':
			cell.cell = tables.Cell{Text: map[byte]string{'t': "是", 'f': "否"}[byte(kind)], Kind: tables.Bool}
		case f.List:
			r.wrongType(name, "须为字符串的数组，或以分号隔开的一段文字。", "Must be an array of strings, or one text with semicolons between them.")
		default:
			r.wrongType(name, "须为字符串。", "Must be a string.")
		}
		e.cells[name] = cell
	}
	e.bad = r.bad.Err()
	return e, nil
}

// where names a place of an input by the column of the table.
func (s *source) where(pointer string) (column, heading string) {
	name := strings.SplitN(strings.TrimPrefix(pointer, "/"), "/", 2)[0]
	i := slices.IndexFunc(s.headings, func(h Heading) bool { return h.Field == name })
	if i < 0 {
		return "", ""
	}
	return s.headings[i].Column, s.headings[i].Text
}
