package tables

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"jiebang/search/lines"
)

// plainText is a text with separators.
type plainText struct {
	r         io.ReaderAt
	size      int64
	encoding  encoding.Encoding // nil: UTF-8
	skip      int64             // bytes of its mark
	separator rune
	lines     int
}

// openText finds out how a text is encoded and by what its cells are separated.
//
// A text without a mark is UTF-8 if all of it is, and else GB18030, which is what Chinese Excel saves.
func openText(r io.ReaderAt, size int64) (File, error) {
	t := &plainText{r: r, size: size}
	head := make([]byte, min(size, 3))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		t.encoding, t.skip = utf16, 2
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		t.encoding, t.skip = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		t.skip = 3
	}
	if err := t.scan(); err != nil {
		return nil, err
	}
	t.separate()
	return t, nil
}

// scan counts lines, and tells UTF-8 from GB18030.
func (t *plainText) scan() error {
	in := io.NewSectionReader(t.r, 0, t.size)
	buffer, kept := make([]byte, 64<<10), 0
	valid := true
	for {
		n, err := in.Read(buffer[kept:])
		n += kept
		t.lines += bytes.Count(buffer[kept:n], []byte{'\n'})
		kept = 0
		if t.encoding == nil && valid {
			for i := 0; i < n; {
				if buffer[i] < utf8.RuneSelf {
					i++
					continue
				}
				if !utf8.FullRune(buffer[i:n]) { // cut here, or at the end of the file
					kept = copy(buffer, buffer[i:n])
					break
				}
				c, width := utf8.DecodeRune(buffer[i:n])
				if c == utf8.RuneError && width == 1 {
					valid = false
					break
				}
				i += width
			}
		}
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	if t.encoding != nil { // UTF-16
		return nil
	}
	return t.tell(valid)
}

// tell tells UTF-8 from GB18030 by the lines. A file that is both is refused, by where it changes; in one of UTF-8 a line that is neither is
// damaged, and refused alone when it is read.
func (t *plainText) tell(valid bool) error {
	if valid {
		return nil
	}
	in := bufio.NewReaderSize(io.NewSectionReader(t.r, t.skip, t.size-t.skip), 64<<10)
	universal, chinese := 0, 0      // the first line that is surely UTF-8, and that is GB18030
	readable, first, odd := 0, 0, 0 // lines that read as GB18030, and the first that is neither, with how many there are
	if t.skip > 0 {
		universal = 1
	}
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		whole := true
		for ; errors.Is(err, bufio.ErrBufferFull); _, err = in.ReadSlice('\n') { // too long to be looked at
			whole = false
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		switch {
		case !whole:
		case universal == 0 && utf8.Valid(line) && wide(line) >= 2: // one character of GB18030 may look like UTF-8
			universal = number
		case utf8.Valid(line):
		case chinese == 0 && wide(line) == 0 && isChinese(line):
			chinese = number
			readable++
		case (wide(line) < 2 || !mostlyUTF8(line)) && lines.GB18030(line) && !bytes.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != 0 && c != '\t' && c != '\r' && c != '\n' }):
			readable++
		default:
			if first == 0 {
				first = number
			}
			odd++
		}
		if err != nil {
			break
		}
	}
	switch {
	case universal == 0 && odd*4 > readable: // no text, or one of UTF-8 that was damaged
		return refuse("第 %[1]d 行既不是 UTF-8，也不是 GB18030（GBK）：文件已损坏，或不是文字。请由原程序重新另存为 UTF-8 的 CSV 或 .xlsx 工作簿。", "Line %[1]d is neither UTF-8 nor GB18030 (GBK): the file is damaged or no text. Save it anew from its program, as CSV in UTF-8 or an .xlsx workbook.", first)
	case universal == 0:
		t.encoding = simplifiedchinese.GB18030
	case chinese > universal:
		return refuse("文件前后编码不一：第 %[1]d 行起像是 GB18030（GBK），此前是 UTF-8。请全部另存为 UTF-8，或用 .xlsx 工作簿。", "The file changes its encoding: from line %[1]d on it looks like GB18030 (GBK), before that it is UTF-8. Save all of it as UTF-8, or take an .xlsx workbook.", chinese)
	case chinese > 0:
		return refuse("文件前后编码不一：第 %[1]d 行起是 UTF-8，此前像是 GB18030（GBK）。请全部另存为 UTF-8，或用 .xlsx 工作簿。", "The file changes its encoding: from line %[1]d on it is UTF-8, before that it looks like GB18030 (GBK). Save all of it as UTF-8, or take an .xlsx workbook.", universal)
	}
	return nil
}

// isChinese tells whether a line reads as GB18030: a character that lost a byte may do so, two are words.
func isChinese(line []byte) bool {
	read, err := simplifiedchinese.GB18030.NewDecoder().Bytes(line)
	return err == nil && lines.GB18030(line) && wide(read) >= 2
}

// wide counts the characters of a text in UTF-8 that have three bytes or more, as Chinese ones have.
func wide(line []byte) (n int) {
	for _, c := range string(line) {
		if c >= 0x800 && c != utf8.RuneError {
			n++
		}
	}
	return n
}

// mostlyUTF8 tells whether a line that is no UTF-8 is one that was damaged: half of its bytes beyond ASCII are characters of three bytes at the least. In a
// long line of GB18030 a few look like that by chance.
func mostlyUTF8(line []byte) bool {
	beyond := 0
	for _, b := range line {
		if b >= utf8.RuneSelf {
			beyond++
		}
	}
	return wide(line)*6 >= beyond
}

func (t *plainText) reader() *bufio.Reader {
	var in io.Reader = io.NewSectionReader(t.r, t.skip, t.size-t.skip)
	if t.encoding != nil {
		in = transform.NewReader(in, t.encoding.NewDecoder())
	}
	return bufio.NewReaderSize(in, 64<<10)
}

// separate finds the separator: the one that stands most often in the first lines, outside quotes.
func (t *plainText) separate() {
	head, _ := t.reader().Peek(16 << 10) // less than that is no error
	t.separator = ','
	if first, _, _ := bytes.Cut(head, []byte("\n")); bytes.HasPrefix(bytes.ToLower(first), []byte("sep=")) && len(first) > 4 {
		t.separator, _ = utf8.DecodeRune(first[4:])
		return
	}
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(head) {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && (c == ',' || c == '\t' || c == ';' || c == '|') {
			counts[c]++
		}
	}
	for _, c := range "\t;|" {
		if counts[c] > counts[t.separator] {
			t.separator = c
		}
	}
}

// Find tells in which cell of a text with separators a character stands first, as spreadsheets count: rows from 1, columns from 0.
func Find(r io.ReaderAt, size int64, c rune) (row, column int, found bool) {
	f, err := openText(r, size)
	if err != nil {
		return 0, 0, false
	}
	rows, _, err := f.Open("")
	if err != nil {
		return 0, 0, false
	}
	for {
		next, err := rows.Next()
		if err != nil {
			return 0, 0, false
		}
		for i, cell := range next.Cells {
			if strings.ContainsRune(cell.Text, c) {
				return next.Number, i, true
			}
		}
	}
}

func (t *plainText) Sheets() []string { return []string{""} }

// Serial: a text does not say which date system its numbers are of.
func (t *plainText) Serial(string) (string, bool) { return "", false }

func (t *plainText) Open(sheet string) (Rows, int, error) {
	if sheet != "" {
		return nil, 0, refuse("文本文件没有工作表。", "A text has no sheets.")
	}
	return &textRows{in: t.reader(), separator: t.separator}, t.lines, nil
}

// textRows splits a text into rows, as spreadsheets number them: a cell in quotes may hold line breaks, and a blank line is a row.
type textRows struct {
	in        *bufio.Reader
	separator rune
	number    int
	last      int
	ended     bool
}

func (r *textRows) Close() error { return nil }

func (r *textRows) Next() (Row, error) {
	for {
		if r.ended {
			return Row{}, io.EOF
		}
		r.number++
		cells, bad, err := r.row()
		if err != nil {
			return Row{}, err
		}
		row := Row{r.number, cells, bad}
		if r.number == 1 && len(cells) > 0 && strings.HasPrefix(strings.ToLower(cells[0].Text), "sep=") {
			continue
		}
		if row.Empty() {
			continue
		}
		if r.last++; r.last > MaxRows {
			return Row{}, tooMany()
		}
		return row, nil
	}
}

// row reads one row. Of one beyond the bounds the rest is passed over.
func (r *textRows) row() (cells []Cell, bad *Bad, err error) {
	var cell strings.Builder
	quoted, was, long := false, false, false // inside quotes, in a cell that had some, and in one that is too long
	end := func() {
		switch {
		case len(cells) == MaxColumns:
			if bad == nil && cell.Len() > 0 {
				bad = manyCells(r.number)
			}
		case long:
			cells = append(cells, Cell{})
		default:
			cells = append(cells, textCell(cell.String()))
		}
		cell.Reset()
		was, long = false, false
	}
	for {
		c, _, err := r.in.ReadRune()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, nil, broken(r.number-1, err)
			}
			r.ended = true
			if quoted {
				return nil, nil, refuse("第 %[1]d 行的引号没有闭合，文件可能不完整。", "A quote that is opened in row %[1]d is not closed; the file may not be whole.", r.number)
			}
			end()
			return cells, bad, nil
		}
		switch {
		case quoted && c == '"':
			if next, _, err := r.in.ReadRune(); err == nil && next == '"' {
				cell.WriteRune('"')
			} else {
				quoted = false
				if err == nil {
					_ = r.in.UnreadRune()
				}
			}
		case quoted:
			if c != '\r' {
				cell.WriteRune(c)
			}
		case c == '"' && cell.Len() == 0 && !was:
			quoted, was = true, true
		case c == r.separator:
			end()
		case c == '\r' || c == '\n':
			if next, _, err := r.in.ReadRune(); err == nil && (c != '\r' || next != '\n') {
				_ = r.in.UnreadRune()
			} else if err != nil {
				r.ended = true
			}
			end()
			return cells, bad, nil
		default:
			cell.WriteRune(c)
		}
		if cell.Len() > maxCell {
			if bad == nil {
				bad = longCell(r.number, len(cells))
			}
			long = true
			cell.Reset()
		}
	}
}

// textCell reads a cell as a spreadsheet would show it: ="0012" is text that was kept from being taken for a number, and so is what
// begins with an apostrophe (see Harmless).
func textCell(s string) Cell {
	if inner, found := strings.CutPrefix(s, `="`); found && strings.HasSuffix(inner, `"`) && strings.Count(inner, `"`) == 1 {
		return Cell{Text: strings.TrimSuffix(inner, `"`)}
	}
	return Cell{Text: Plain(s)}
}

// guarded are the beginnings that a spreadsheet takes for something else than text: a formula, a number, a date.
func guarded(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case strings.IndexByte("=+-@\t\r'", c) >= 0, strings.HasPrefix(s, "＝"), strings.HasPrefix(s, "＋"), strings.HasPrefix(s, "－"), strings.HasPrefix(s, "＠"):
		return true
	case c >= '0' && c <= '9': // longer ones lose digits, and a leading zero is lost
		return strings.Trim(s, "0123456789") == "" && (len(s) > 11 || c == '0' && len(s) > 1)
	}
	return false
}

// Harmless is a text as it is written into a text with separators: one that a spreadsheet would take for a formula, or a number whose digits it
// would lose, begins with an apostrophe.
func Harmless(s string) string {
	if guarded(s) {
		return "'" + s
	}
	return s
}

// Plain takes away what Harmless put in front.
func Plain(s string) string {
	if rest, found := strings.CutPrefix(s, "'"); found && guarded(rest) {
		return rest
	}
	return s
}
