package tables

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// mostText is how many characters a cell of a workbook holds.
const mostText = 32_767

// Book writes a workbook with one sheet of rows, row by row.
type Book struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	head   int
	text   int
}

// NewBook begins a workbook; widths are those of its columns, in characters.
func NewBook(sheet string, widths []float64) (*Book, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	b := &Book{file: f}
	var err error
	if b.head, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
		return nil, err
	}
	if b.text, err = f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil { // 49: text, so that no digit of a code is lost
		return nil, err
	}
	if b.stream, err = f.NewStreamWriter(sheet); err != nil {
		return nil, err
	}
	for i, w := range widths {
		if err := b.stream.SetColWidth(i+1, i+1, w); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Row writes a row at its number, which must be later than all before. Numbers stay numbers, everything else is text and never a formula.
func (b *Book) Row(number int, cells []Cell, heading bool) error {
	style := b.text
	if heading {
		style = b.head
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		s := c.Text
		if utf8.RuneCountInString(s) > mostText {
			s = string([]rune(s)[:mostText-1]) + "…"
		}
		if n, err := strconv.ParseFloat(s, 64); c.Kind == Number && err == nil {
			values[i] = excelize.Cell{Value: n}
			continue
		}
		if s != "" || heading {
			values[i] = excelize.Cell{StyleID: style, Value: printable(s)}
		}
	}
	return b.stream.SetRow("A"+strconv.Itoa(number), values)
}

// printable leaves out what no XML can hold.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0xfffe || c == 0xffff {
			return -1
		}
		return c
	}, s)
}

// Write ends the workbook and writes it.
func (b *Book) Write(w io.Writer) error {
	if err := b.stream.Flush(); err != nil {
		return err
	}
	if err := b.file.Write(w); err != nil {
		return err
	}
	return b.file.Close()
}

// FormColumn is a column of a form that people fill in.
type FormColumn struct {
	Heading  string
	Required bool
	Hint     string
	Example  string
	Options  []string
}

// Form makes a workbook to be filled in: a sheet with headings and drop-down lists, one that says what belongs where, and one with an example.
func Form(name string, columns []FormColumn) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	w := form{File: f, columns: columns}
	w.do(f.SetSheetName("Sheet1", name))
	for _, sheet := range []string{"填写说明", "示例", "选项"} {
		_, err := f.NewSheet(sheet)
		w.do(err)
	}
	w.fill(name)
	w.explain()
	w.do(f.SetSheetVisible("选项", false))
	f.SetActiveSheet(0)
	var out bytes.Buffer
	w.do(f.Write(&out))
	return out.Bytes(), w.err
}

// form is a form in the making; after the first error nothing more is done.
type form struct {
	*excelize.File
	columns []FormColumn
	err     error
}

func (w *form) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *form) style(s excelize.Style) int {
	id, err := w.NewStyle(&s)
	w.do(err)
	return id
}

func (w *form) fill(name string) {
	plain := excelize.Font{Bold: true}
	head := w.style(excelize.Style{Font: &plain, NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	must := w.style(excelize.Style{Font: &excelize.Font{Bold: true, Color: "C00000"}, NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	text := w.style(excelize.Style{NumFmt: 49})
	for i, c := range w.columns {
		column := Column(i)
		w.do(w.SetColStyle(name, column, text))
		w.do(w.SetColWidth(name, column, column, 18))
		heading, style := c.Heading, head
		if c.Required {
			heading, style = "*"+heading, must
		}
		w.do(w.SetCellStr(name, column+"1", heading))
		w.do(w.SetCellStyle(name, column+"1", column+"1", style))
		w.do(w.SetCellStr("示例", column+"1", heading))
		w.do(w.SetCellStr("示例", column+"2", c.Example))
		w.choose(name, i, c.Options)
	}
	w.do(w.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

// choose hangs a drop-down list on a column. Its items stand on a sheet of their own: within the rule they had to be short and without commas.
func (w *form) choose(name string, i int, options []string) {
	if len(options) == 0 {
		return
	}
	column := Column(i)
	for n, o := range options {
		w.do(w.SetCellStr("选项", column+strconv.Itoa(n+1), o))
	}
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%[1]s2:%[1]s5000", column)
	v.SetSqrefDropList(fmt.Sprintf("选项!$%[1]s$1:$%[1]s$%[2]d", column, len(options)))
	w.do(w.AddDataValidation(name, v))
}

func (w *form) explain() {
	const sheet = "填写说明"
	wrap := w.style(excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	w.do(w.SetColStyle(sheet, "A:E", wrap))
	w.do(w.SetColWidth(sheet, "A", "A", 18))
	w.do(w.SetColWidth(sheet, "B", "B", 8))
	w.do(w.SetColWidth(sheet, "C", "E", 45))
	for i, h := range []string{"栏目", "必填", "说明", "可选的值", "示例"} {
		w.do(w.SetCellStr(sheet, Column(i)+"1", h))
	}
	for n, c := range w.columns {
		required := "否"
		if c.Required {
			required = "是"
		}
		for i, s := range []string{c.Heading, required, c.Hint, strings.Join(c.Options, "\n"), c.Example} {
			w.do(w.SetCellStr(sheet, Column(i)+strconv.Itoa(n+2), s))
		}
	}
}
