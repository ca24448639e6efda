package tables

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jiebang/internal/fault"
	"jiebang/internal/when"
)

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
		case err != nil: // which cells are merged stands behind the rows, so that none of them can be read for certain
			if fault.FileRefused.Of(err) {
				return rows, merges, err
			}
			return rows, merges, refuse("工作表在约第 %[1]d 行处中断或已损坏；合并单元格记在其后，前面各行也无法准确读出，因此没有读入任何一行。请换用完整的文件。",
				"The sheet breaks off or is damaged at about row %[1]d; which cells are merged stands behind, so that the rows before cannot be read for certain, and none was. Take a whole file.", rows)
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

// span is a merged range that reaches into the row that is read, with its first cell.
type span struct {
	merge
	first Cell
}

// bookRows reads a sheet.
type bookRows struct {
	book   *book
	in     io.Closer
	xml    *xml.Decoder
	number int
	given  int
	merges []merge // by their first rows; those that were come to are in spans
	spans  []span
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
			cells, bad, err := r.cells()
			if err != nil {
				return Row{}, err
			}
			row := Row{r.number, r.fill(cells), bad}
			if row.Empty() {
				continue
			}
			if r.given++; r.given > MaxRows {
				return Row{}, tooMany()
			}
			return row, nil
		}
	}
	return Row{}, io.EOF
}

// cells reads the cells of a row up to its end. Of one beyond the bounds the rest is passed over.
func (r *bookRows) cells() (cells []Cell, bad *Bad, err error) {
	next := 0
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return nil, nil, broken(r.number-1, err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				return cells, bad, nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			if _, column := coordinates(attribute(e, "r")); attribute(e, "r") != "" {
				next = column
			}
			c, long, err := r.cell(e)
			if err != nil {
				return nil, nil, err
			}
			switch {
			case long && bad == nil:
				bad = longCell(r.number, next)
			case next >= MaxColumns && c.Text != "" && bad == nil:
				bad = manyCells(r.number)
			}
			if next >= MaxColumns {
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

// cell reads one cell up to its end, and tells whether it is too long.
func (r *bookRows) cell(start xml.StartElement) (c Cell, long bool, err error) {
	var value, text strings.Builder
	var to *strings.Builder
	formula, saved, aid := false, false, false
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return Cell{}, false, broken(r.number-1, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				to, saved = &value, true
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
					long = true
					to.Reset()
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v", "t":
				to = nil
			case "rPh":
				aid = false
			case "c":
				if long {
					return Cell{}, true, nil
				}
				kind := attribute(start, "t")
				unsaved := formula && (!saved || value.Len() == 0 && kind != "str") // an empty text can be what a formula gives
				return r.book.read(kind, attribute(start, "s"), value.String(), text.String(), unsaved), false, nil
			}
		}
	}
}

// read makes a cell of how it is stored. One whose formula was never reckoned holds nothing, which is something else than an empty text.
func (b *book) read(kind, style, value, text string, unsaved bool) Cell {
	switch {
	case kind == "inlineStr":
		return Cell{Text: unescaped(text)}
	case kind == "e":
		return Cell{Text: value, Kind: Broken}
	case unsaved:
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
	return Cell{Text: digits, Kind: Number}
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

// fill puts the text of merged cells into all that they span. A range whose first row the sheet leaves out has no text.
func (r *bookRows) fill(cells []Cell) []Cell {
	r.spans = slices.DeleteFunc(r.spans, func(s span) bool { return s.toRow < r.number })
	for len(r.merges) > 0 && r.merges[0].fromRow <= r.number {
		if m := r.merges[0]; m.toRow >= r.number && len(r.spans) < MaxColumns { // ranges do not overlap: no more of them fit beside each other
			r.spans = append(r.spans, span{merge: m})
		}
		r.merges = r.merges[1:]
	}
	for i := range r.spans {
		s := &r.spans[i]
		if r.number == s.fromRow && s.from < len(cells) {
			s.first = cells[s.from]
		}
		if s.first.Text == "" {
			continue
		}
		first := s.first
		first.Merged = true
		for column := s.from; column <= s.to; column++ {
			if r.number == s.fromRow && column == s.from {
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
