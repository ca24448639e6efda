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
		if t.skip == 0 && valid {
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
	if !valid {
		t.encoding = simplifiedchinese.GB18030
	}
	return nil
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
