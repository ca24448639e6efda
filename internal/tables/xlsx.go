package tables

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"

	"jiebang/internal/when"
)

// book is a workbook.
type book struct {
	zip     *zip.Reader
	sheets  []sheet
	strings []string
	formats []format // of each style
	from    int      // the serial number's day 0, in days from 1899-12-30
}

type sheet struct {
	name   string
	part   string
	hidden bool
}

// openBook reads everything of a workbook but its sheets.
func openBook(r io.ReaderAt, size int64) (File, error) {
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, refuse("工作簿不完整或已损坏，请重新保存后再导入。", "The workbook is not whole or damaged; save it anew.")
	}
	b := &book{zip: z}
	names := map[string]string{}
	if err := b.relations(names); err != nil {
		return nil, err
	}
	if err := b.index(names); err != nil {
		return nil, err
	}
	if len(b.sheets) == 0 {
		return nil, refuse("文件中没有工作表，请用 .xlsx 工作簿。", "There is no sheet in it; take an .xlsx workbook.")
	}
	if err := b.styles(); err != nil {
		return nil, err
	}
	return b, b.shared()
}

// part opens a part of the workbook within bounds; nil where there is none.
func (b *book) part(name string) (io.ReadCloser, error) {
	for _, f := range b.zip.File {
		if !strings.EqualFold(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"), name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return nil, refuse("工作簿已损坏，或被加密。", "The workbook is damaged, or encrypted.")
		}
		return struct {
			io.Reader
			io.Closer
		}{&bounded{in, maxPart}, in}, nil
	}
	return nil, nil
}

// bounded refuses to unpack more than so much: what a directory says of sizes is not believed.
type bounded struct {
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, refuse("工作簿解压后过大。", "The workbook is too large once it is unpacked.")
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// each calls fn for every start of an element in a small part.
func (b *book) each(name string, fn func(d *xml.Decoder, e xml.StartElement) error) error {
	in, err := b.part(name)
	if err != nil || in == nil {
		return err
	}
	defer func() { _ = in.Close() }()
	d := xml.NewDecoder(in)
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return damaged(err)
		}
		if e, is := token.(xml.StartElement); is {
			if err := fn(d, e); err != nil {
				return err
			}
		}
	}
}

// damaged is what a part that is no XML tells; a refusal from below stays what it is.
func damaged(err error) error { return broken(0, err) }

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (b *book) relations(names map[string]string) error {
	return b.each("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			target := attribute(e, "Target")
			if rest, absolute := strings.CutPrefix(target, "/"); absolute {
				target = rest
			} else {
				target = path.Join("xl", target)
			}
			names[attribute(e, "Id")] = target
		}
		return nil
	})
}

func (b *book) index(names map[string]string) error {
	return b.each("xl/workbook.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if on := attribute(e, "date1904"); on == "1" || on == "true" {
				b.from = 1462
			}
		case "sheet":
			part := names[attribute(e, "id")]
			if strings.Contains(part, "worksheets/") || part != "" && !strings.Contains(part, "sheets/") {
				state := attribute(e, "state")
				b.sheets = append(b.sheets, sheet{attribute(e, "name"), part, state == "hidden" || state == "veryHidden"})
			}
		}
		return nil
	})
}

// shared reads the texts that the sheets refer to. What is only a reading aid beside them (rPh) is left out.
func (b *book) shared() error {
	in, err := b.part("xl/sharedStrings.xml")
	if err != nil || in == nil {
		return err
	}
	defer func() { _ = in.Close() }()
	d := xml.NewDecoder(bufio.NewReaderSize(in, 256<<10))
	var one strings.Builder
	inText, aid, total := false, false, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return damaged(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				one.Reset()
			case "t":
				inText = !aid
			case "rPh":
				aid = true
			}
		case xml.CharData:
			if inText {
				one.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				aid = false
			case "si":
				if total += one.Len(); total > maxStrings {
					return refuse("工作簿中的文字过多，请拆成几个文件。", "The workbook holds too much text; split it.")
				}
				b.strings = append(b.strings, unescaped(one.String()))
			}
		}
	}
}

var escape = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescaped reads the way in which workbooks write characters that XML cannot hold.
func unescaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escape.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 16)
		switch {
		case err != nil:
			return m
		case n == '\r':
			return ""
		}
		return string(rune(n))
	})
}

func (b *book) Sheets() []string {
	var out []string
	for _, s := range b.sheets {
		if !s.hidden {
			out = append(out, s.name)
		}
	}
	return out
}

func (b *book) find(name string) (sheet, bool) {
	for _, s := range b.sheets {
		if s.name == name {
			return s, true
		}
	}
	return sheet{}, false
}

func (b *book) About(name string) int {
	s, _ := b.find(name)
	in, err := b.part(s.part)
	if err != nil || in == nil {
		return 0
	}
	defer func() { _ = in.Close() }()
	n, _, _ := survey(in)
	return n
}

// Open begins to read a sheet. Which cells are merged stands behind the cells, so that it is looked for first.
func (b *book) Open(name string) (Rows, error) {
	s, found := b.find(name)
	if !found {
		return nil, refuse("没有名为“%[1]s”的工作表；有：%[2]s。", "There is no sheet called “%[1]s”; there are: %[2]s.", name, strings.Join(b.Sheets(), "、"))
	}
	in, err := b.part(s.part)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, refuse("工作表“%[1]s”的内容缺失。", "The content of the sheet “%[1]s” is missing.", name)
	}
	_, merges, err := survey(in)
	_ = in.Close()
	if err != nil {
		return nil, err
	}
	if in, err = b.part(s.part); err != nil {
		return nil, err
	}
	return &bookRows{book: b, in: in, xml: xml.NewDecoder(bufio.NewReaderSize(in, 256<<10)), merges: merges, filled: map[int]Cell{}}, nil
}

// merge is a range of cells that is shown as one.
type merge struct{ fromRow, toRow, from, to int }

var (
	rowMark   = []byte("<row")
	mergeMark = []byte("mergeCell ")
	reference = regexp.MustCompile(`ref="([A-Z]+[0-9]+):([A-Z]+[0-9]+)"`)
)

// survey counts rows and finds merged cells in a sheet, without reading it as XML.
func survey(in io.Reader) (rows int, merges []merge, err error) {
	r := bufio.NewReaderSize(in, 256<<10)
	for {
		piece, err := r.ReadSlice('>')
		if len(piece) > 0 && len(piece) < 400 {
			if at := bytes.Index(piece, mergeMark); at >= 0 {
				if m := reference.FindSubmatch(piece[at:]); m != nil && len(merges) < maxMerges {
					fromRow, from := coordinates(string(m[1]))
					toRow, to := coordinates(string(m[2]))
					if fromRow > 0 && toRow >= fromRow && to >= from && to < MaxColumns {
						merges = append(merges, merge{fromRow, toRow, from, to})
					}
				}
			} else if bytes.Contains(piece, rowMark) {
				rows++
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return rows, merges, nil
		case err != nil:
			return rows, merges, broken(0, err)
		}
	}
}

// coordinates reads B7 as row 7 and column 1.
func coordinates(ref string) (row, column int) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		column = column*26 + int(ref[i]-'A') + 1
		if column > 20_000 {
			return 0, 0
		}
	}
	row, err := strconv.Atoi(ref[i:])
	if err != nil || column == 0 {
		return 0, 0
	}
	return row, column - 1
}

// bookRows reads a sheet.
type bookRows struct {
	book   *book
	in     io.Closer
	xml    *xml.Decoder
	number int
	given  int
	merges []merge
	filled map[int]Cell // the first cells of merged ranges, by their place in merges
	ended  bool
}

func (r *bookRows) Close() error { return r.in.Close() }

func (r *bookRows) Next() (Row, error) {
	for !r.ended {
		token, err := r.xml.RawToken()
		if errors.Is(err, io.EOF) {
			return Row{}, broken(r.number, err) // the sheet's end was not met
		} else if err != nil {
			return Row{}, broken(r.number, err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			r.ended = r.ended || e.Name.Local == "sheetData"
		case xml.StartElement:
			if e.Name.Local != "row" {
				continue
			}
			r.number++
			if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n >= r.number {
				r.number = n
			}
			cells, err := r.cells()
			if err != nil {
				return Row{}, err
			}
			row := Row{r.number, r.fill(cells)}
			if row.Empty() {
				continue
			}
			if r.given++; r.given > MaxRows {
				return Row{}, tooMany("rows", MaxRows)
			}
			return row, nil
		}
	}
	return Row{}, io.EOF
}

// cells reads the cells of a row up to its end.
func (r *bookRows) cells() ([]Cell, error) {
	var cells []Cell
	next := 0
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return nil, broken(r.number-1, err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				return cells, nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			if _, column := coordinates(attribute(e, "r")); attribute(e, "r") != "" {
				next = column
			}
			c, err := r.cell(e)
			if err != nil {
				return nil, err
			}
			if next >= MaxColumns {
				if c.Text != "" {
					return nil, tooMany("columns", MaxColumns)
				}
				continue
			}
			for len(cells) <= next {
				cells = append(cells, Cell{})
			}
			cells[next] = c
			next++
		}
	}
}

// cell reads one cell up to its end.
func (r *bookRows) cell(start xml.StartElement) (Cell, error) {
	var value, text strings.Builder
	var to *strings.Builder
	formula, aid := false, false
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return Cell{}, broken(r.number-1, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				to = &value
			case "t":
				if !aid {
					to = &text
				}
			case "f":
				formula = true
			case "rPh":
				aid = true
			}
		case xml.CharData:
			if to != nil {
				if to.Write(e); to.Len() > maxCell {
					return Cell{}, refuse("第 %[1]d 行有单元格超过 128 KiB。", "A cell of row %[1]d is longer than 128 KiB.", r.number)
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v", "t":
				to = nil
			case "rPh":
				aid = false
			case "c":
				return r.book.read(attribute(start, "t"), attribute(start, "s"), value.String(), text.String(), formula), nil
			}
		}
	}
}

// read makes a cell of how it is stored.
func (b *book) read(kind, style, value, text string, formula bool) Cell {
	switch {
	case kind == "inlineStr":
		return Cell{Text: unescaped(text)}
	case kind == "e":
		return Cell{Text: value, Kind: Broken}
	case value == "" && formula && kind != "str":
		return Cell{Text: "公式没有保存结果", Kind: Broken}
	case value == "":
		return Cell{}
	case kind == "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n >= len(b.strings) {
			return Cell{Text: "#REF!", Kind: Broken}
		}
		return Cell{Text: b.strings[n]}
	case kind == "str":
		return Cell{Text: unescaped(value)}
	case kind == "b":
		if value == "1" || value == "true" {
			return Cell{Text: "是", Kind: Bool}
		}
		return Cell{Text: "否", Kind: Bool}
	case kind == "d":
		return Cell{Text: strings.SplitN(value, "T", 2)[0], Kind: Date}
	}
	return b.number(value, b.format(style))
}

// number makes a cell of a stored number, by what its format shows.
func (b *book) number(value string, f format) Cell {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return Cell{Text: value, Kind: Broken}
	}
	if f.date {
		day, ok := b.day(n)
		switch {
		case !ok:
			return Cell{Text: "#####", Kind: Broken} // as the spreadsheet shows it
		case f.month:
			return Cell{Text: day.Month().String(), Kind: Date}
		}
		return Cell{Text: day.String(), Kind: Date}
	}
	digits := shown(n)
	if f.unit != "" {
		return Cell{Text: digits + f.unit}
	}
	return Cell{Text: digits, Kind: Number, Serial: true}
}

// shown writes a number as a spreadsheet keeps it, with fifteen digits.
func shown(n float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	if err != nil {
		rounded = n
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// day reads a serial number in the workbook's date system. In that of 1900 there is a 29 February 1900, which never was.
func (b *book) day(n float64) (when.Day, bool) {
	serial := int(math.Floor(n))
	epoch := when.MustDay("1900-01-01").AddDays(-2)
	switch {
	case serial < 0 || n > 2_958_465:
		return when.Day{}, false
	case b.from == 0 && (serial == 0 || serial == 60):
		return when.Day{}, false
	case b.from == 0 && serial < 60:
		serial++
	}
	day := epoch.AddDays(serial + b.from)
	return day, day.Year() >= when.MinYear
}

func (b *book) Serial(number string) (string, bool) {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n < 20_000 || n > 80_000 || n != math.Floor(n) { // 1954 to 2119
		return "", false
	}
	day, ok := b.day(n)
	return day.String(), ok
}

// fill puts the text of merged cells into all that they span.
func (r *bookRows) fill(cells []Cell) []Cell {
	for i, m := range r.merges {
		if r.number < m.fromRow || r.number > m.toRow {
			continue
		}
		if r.number == m.fromRow {
			if m.from < len(cells) {
				r.filled[i] = cells[m.from]
			}
		}
		first := r.filled[i]
		if first.Text == "" {
			continue
		}
		first.Merged = true
		for column := m.from; column <= m.to; column++ {
			if r.number == m.fromRow && column == m.from {
				continue
			}
			for len(cells) <= column {
				cells = append(cells, Cell{})
			}
			if cells[column].Text == "" {
				cells[column] = first
			}
		}
	}
	return cells
}
