// Package tables reads and writes the tables that people keep in offices: workbooks (xlsx) and texts with separators (csv). It gives rows with
// the sheet's own numbers and cells as their writer saw them: a date is a date and not a serial number, a merged cell says its text in every
// row that it spans, an amount keeps the unit that its format shows. What a column means is the caller's to know.
//
// Workbooks are read as a stream by a reader of our own: excelize, which writes them here, gives a cell either as it is shown, with digits
// and units lost, or as it is stored, without knowing that it is a date.
package tables

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"jiebang/internal/fault"
	"jiebang/search/lines"
)

// The bounds of what is read. A table beyond them is refused and not cut.
const (
	MaxRows    = 100_000
	MaxColumns = 300
	maxCell    = 128 << 10 // bytes of one cell
	maxPart    = 400 << 20 // bytes of one unpacked part of a workbook
	maxStrings = 120 << 20 // bytes of all shared texts of a workbook together
	maxMerges  = 100_000
)

// Kind tells how a cell was stored.
type Kind byte

// The kinds of cell.
const (
	Text   Kind = iota
	Number      // Text are its digits: no exponent, fifteen of them at most as in the spreadsheet
	Date        // Text is 2026-03-01, or 2026-03 where the format shows no day
	Bool        // Text is 是 or 否
	Broken      // an error of the spreadsheet, such as #N/A, or a formula that was saved without its value; Text says which
	Absent      // nothing is said about this column in the row; unlike an empty Text, which says that it is empty
)

// Cell is one cell.
type Cell struct {
	Text   string
	Kind   Kind
	Merged bool // it was filled from the first cell of a merged range
}

// Row is one row with its number in the sheet, from 1 on. Blank rows are left out, and counted.
type Row struct {
	Number int
	Cells  []Cell
	Bad    *Bad // the row is beyond the bounds, and so much as is in Cells was read of it
}

// Bad is why one row cannot be taken. Those around it can.
type Bad struct {
	Column int // from 0; -1: none in particular
	fault.Text
}

// longCell and manyCells are the bounds of one row.
func longCell(row, column int) *Bad {
	return &Bad{column, fault.Say("第 %[1]d 行 %[2]s 列的单元格超过 128 KiB（131072 字节），该行未读入；如非有意，请看是否有引号没有闭合。",
		"The cell in row %[1]d, column %[2]s, is longer than 128 KiB (131072 bytes), and the row is not read; if nobody meant it, look for a quote that is not closed.", row, Column(column))}
}

func manyCells(row int) *Bad {
	return &Bad{-1, fault.Say("第 %[1]d 行超过 %[2]d 列，该行未读入。", "Row %[1]d has more than %[2]d columns and is not read.", row, MaxColumns)}
}

// Empty tells whether nothing stands in it.
func (r Row) Empty() bool {
	for _, c := range r.Cells {
		if c.Text != "" {
			return false
		}
	}
	return r.Bad == nil
}

// Rows gives rows in their order, and io.EOF behind the last.
type Rows interface {
	Next() (Row, error)
	io.Closer
}

// File is a table, or a workbook of several.
type File interface {
	// Sheets names the sheets that are not hidden; a text has one without a name.
	Sheets() []string
	// Open begins to read a sheet; about is how many rows it has, roughly: for showing progress.
	Open(sheet string) (rows Rows, about int, err error)
	// Serial reads the serial number of a day by the file's date system.
	Serial(number string) (day string, ok bool)
}

// Open looks at a file. What is no table that is read here is told by what it is.
func Open(r io.ReaderAt, size int64) (File, error) {
	head := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return nil, refuse("文件为空。", "The file is empty.")
	case bytes.HasPrefix(head, []byte("PK")):
		return openBook(r, size)
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return nil, refuse("这是旧版 Excel（xls）或加密的工作簿，请另存为不加密的 .xlsx 后再导入。", "This is a workbook of the old form (xls), or an encrypted one; save it as .xlsx without a password.")
	}
	if k, is := lines.Sign(head); is {
		return nil, noTable(k)
	}
	if k, marked, is := lines.Encoding(head); is && (!marked || strings.HasPrefix(k.EN, "UTF-32")) {
		return nil, told(k.Not("请另存为 UTF-8 的 CSV，或用 .xlsx 工作簿。", "; save it as CSV in UTF-8, or take an .xlsx workbook."))
	}
	if lines.Markup(head) {
		return nil, noTable(lines.Kind{ZH: "XML 或网页（HTML；有的系统导出的 xls 其实是网页）", EN: "XML or a page of the web (HTML, which some systems export as xls)"})
	}
	return openText(r, size)
}

// noTable says what a file is that is no table.
func noTable(k lines.Kind) error {
	return told(k.Not("不是可以读取的表格；请另存为 .xlsx 工作簿或 UTF-8 的 CSV。", " and no table that can be read; save it as an .xlsx workbook, or as CSV in UTF-8."))
}

func told(k *lines.KindError) error { return refuse("%[1]s", "%[2]s", k.ZH, k.EN) }

func refuse(zh, en string, args ...any) error { return fault.FileRefused.Because(zh, en, args...) }

// broken says behind which row a file breaks off, unless the cause is a refusal that says more.
func broken(row int, cause error) error {
	if fault.FileRefused.Of(cause) {
		return cause
	}
	return refuse("文件在第 %[1]d 行之后中断或已损坏，请换用完整的文件。", "The file breaks off or is damaged behind row %[1]d; take a whole one.", row)
}

// tooMany refuses a table beyond the bounds.
func tooMany() error {
	return refuse("超过 %[1]d 行，请拆成几个文件。", "There are more than %[1]d rows; split the file.", MaxRows)
}

// Column is the name of a column in a sheet: A, B, … AA; i counts from 0.
func Column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
