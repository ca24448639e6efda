// Package lines reads files that people bring along, line by line: JSON objects, or plain texts; compressed or not, with or without a byte
// order mark, with the line ends of any system. A file of another kind is told by what it is before a line of it is read; one line that is too long
// is refused alone; and what was read whole before a broken end is given before the break is told.
package lines

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Most bounds one line, in bytes.
const Most = 1 << 20

// headMost is how much of a file is looked at to tell its kind.
const headMost = 8192

// ErrLong means that one line is longer than Most. The next can be read.
var ErrLong = errors.New("该行超过 1 MiB。The line is longer than 1 MiB")

// ErrNoText means that one line of a file of plain lines is no text. The next can be read.
var ErrNoText = errors.New("lines: 该行不是 UTF-8 文字，或含有空字符（NUL）；请改正后另存为 UTF-8。 The line is no text in UTF-8, or holds a NUL; mend it and save it as UTF-8")

// KindError says that a file is of another kind, what it looks like, and what to do.
type KindError struct{ ZH, EN string }

func (e *KindError) Error() string { return e.ZH + " " + e.EN }

// BrokenError says behind which of its lines a file breaks off. It neither unwraps nor repeats what was met: that a file ends too early is
// nothing that a connection did, and whoever asks whether one died goes by the cause, or by its words.
type BrokenError struct {
	Behind int
	cause  error
}

func (e *BrokenError) Error() string {
	zh, en := e.why()
	if e.Behind == 0 {
		return fmt.Sprintf("文件在第一行读完之前中断（%s），请换用完整的文件。 The file breaks off before its first line has ended (%s); take a whole one", zh, en)
	}
	return fmt.Sprintf("文件在第 %[1]d 行之后中断（%[2]s），请换用完整的文件。 The file breaks off after line %[1]d (%[3]s); take a whole one", e.Behind, zh, en)
}

// why is what was met, in words for who has the file.
func (e *BrokenError) why() (zh, en string) {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(e.cause, io.ErrUnexpectedEOF), errors.Is(e.cause, io.EOF):
		return "压缩数据不完整", "its compressed data is not whole"
	case errors.Is(e.cause, gzip.ErrChecksum), errors.Is(e.cause, gzip.ErrHeader), errors.As(e.cause, &corrupt):
		return "压缩数据已损坏", "its compressed data is damaged"
	}
	return "读取出错：" + e.cause.Error(), "reading failed: " + e.cause.Error()
}

// Reader gives the lines of a file.
type Reader struct {
	in   *bufio.Reader
	n    int
	text bool // each line must be one
}

// Open looks at a file. It fails with a *KindError for one that holds no JSON Lines.
func Open(in io.Reader) (*Reader, error) { return open(in, other) }

// OpenText looks at a file of plain lines. It fails with a *KindError for one that is no text in UTF-8, or that programs wrote for programs.
func OpenText(in io.Reader) (*Reader, error) {
	r, err := open(in, func(head []byte) error {
		if wrong := unreadable(head); wrong != nil {
			return wrong
		}
		return Marked(head)
	})
	if err == nil {
		r.text = true
	}
	return r, err
}

func open(in io.Reader, other func(head []byte) error) (*Reader, error) {
	r := bufio.NewReaderSize(in, headMost)
	head, err := peek(r)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, &BrokenError{0, err}
		}
		r = bufio.NewReaderSize(z, headMost)
		if head, err = peek(r); err != nil {
			return nil, &BrokenError{0, err}
		}
	}
	if wrong := other(head); wrong != nil {
		return nil, wrong
	}
	return &Reader{in: r}, nil
}

// peek is the beginning of a file; one that breaks off there is read as far as it goes.
func peek(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(headMost)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, err
	}
	return head, nil
}

// Next gives the next line that is not blank, without blanks around it, and its number from 1. It fails with io.EOF at the end, with
// ErrLong or ErrNoText for one line, and with a *BrokenError behind the last whole one. The line is good until the next call.
func (r *Reader) Next() (line []byte, number int, err error) {
	for {
		line, err = r.whole()
		if line == nil && err != nil && !errors.Is(err, ErrLong) {
			if !errors.Is(err, io.EOF) {
				err = &BrokenError{r.n, err}
			}
			return nil, r.n + 1, err
		}
		r.n++
		if err != nil {
			return nil, r.n, err
		}
		if r.text && (!utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0) {
			return nil, r.n, ErrNoText
		}
		if r.n == 1 {
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, r.n, nil
		}
	}
}

// whole is the next line with its end. A last line without an end is one, unless the file broke off in it.
func (r *Reader) whole() ([]byte, error) {
	var out []byte
	long := false
	for {
		part, err := r.in.ReadSlice('\n')
		if long = long || len(out)+len(part) > Most; !long {
			out = append(out, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case long:
			return nil, ErrLong
		case err != nil && len(out) == 0:
			return nil, io.EOF
		}
		return out, nil
	}
}

// signatures are how files of other kinds begin.
var signatures = []struct {
	begin string
	kind  KindError
}{
	{"PK\x03\x04", KindError{"这是 Excel 工作簿（xlsx）或其他压缩包，不是按行的文本；请另存为 UTF-8 文本。", "This is a workbook (xlsx) or another archive and no text of lines; save it as text in UTF-8."}},
	{"\xd0\xcf\x11\xe0", KindError{"这是旧版 Office 文件（xls、doc），不是按行的文本；请另存为 UTF-8 文本。", "This is a file of an old Office (xls, doc) and no text of lines; save it as text in UTF-8."}},
	{"%PDF", KindError{"这是 PDF，不是按行的文本。", "This is a PDF and no text of lines."}},
	{"\xff\xfe", utf16}, {"\xfe\xff", utf16},
	{"\x1f\x8b", KindError{"文件被压缩了两次；请解压一次后再导入。", "The file is compressed twice; unpack it once."}},
	{"7z\xbc\xaf", packed}, {"Rar!", packed}, {"BZh", packed}, {"\x28\xb5\x2f\xfd", packed}, {"\xfd7zXZ", packed},
}

var (
	utf16  = KindError{"这是 UTF-16 编码；请另存为 UTF-8。", "This is UTF-16; save it as UTF-8."}
	packed = KindError{"这是压缩包；只认 gzip，请解压后再导入。", "This is an archive; gzip alone is read, unpack it first."}
)

// unreadable tells of what kind a file is that is no text in UTF-8, by its beginning.
func unreadable(head []byte) error {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begin)) {
			return &s.kind
		}
	}
	switch {
	case Wide(head):
		return &utf16
	case chinese(content(head)):
		return &KindError{"这是 GB18030（GBK）编码；请另存为 UTF-8。", "This is GB18030 (GBK); save it as UTF-8."}
	}
	return nil
}

// content is the beginning of a text without its mark and the blanks around it.
func content(head []byte) []byte { return bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF"))) }

var (
	array  = regexp.MustCompile(`^\[\s*(?:["{\[\]]|-?[0-9]+\s*[,\]]|null\b|true\b|false\b|$)`)
	object = regexp.MustCompile(`^\{\s*(?:["}]|$)`)
	markup = regexp.MustCompile(`^<[!?A-Za-z]`)
)

// Marked tells of a text that it is no table and no plain lines, by how it begins: a JSON array, an object, XML or a page of the web.
func Marked(head []byte) error {
	switch text := content(head); {
	case array.Match(text):
		return &KindError{"这是一个 JSON 数组，不是按行的文本；请改为每行一项的 UTF-8 文本，不加方括号与引号。", "This is a JSON array and no text of lines; write plain text in UTF-8, an entry a line, without brackets and quotes."}
	case object.Match(text):
		return &KindError{"这是 JSON 对象，不是按行的文本；请改为每行一项的 UTF-8 文本。", "These are JSON objects and no text of lines; write plain text in UTF-8, an entry a line."}
	case markup.Match(text):
		return &KindError{"这是 XML 或网页，不是按行的文本；请另存为 UTF-8 文本。", "This is XML or a page of the web and no text of lines; save it as text in UTF-8."}
	}
	return nil
}

// other tells of what other kind a file is by its beginning, or nothing for JSON Lines.
func other(head []byte) error {
	if wrong := unreadable(head); wrong != nil {
		return wrong
	}
	text := content(head)
	if len(text) == 0 {
		return &KindError{"文件是空的。", "The file is empty."}
	}
	switch text[0] {
	case '[':
		return &KindError{"这是一个 JSON 数组；请改为每行一个 JSON 对象，行末不加逗号。", "This is a JSON array; write a JSON object a line, without commas between them."}
	case '<':
		return &KindError{"这是 XML 或网页，不是 JSON Lines。", "This is XML or a page of the web and no JSON Lines."}
	}
	return shape(string(text))
}

// shape tells a text that has no line with an object, and one object over many lines.
func shape(text string) error {
	all := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(all) > 1 && strings.TrimSpace(all[0]) == "{" {
		return &KindError{"一个 JSON 对象占了多行；请写成每行一个对象。", "One JSON object takes several lines; write each in one."}
	}
	for _, line := range all {
		if strings.HasPrefix(strings.TrimSpace(line), "{") {
			return nil
		}
	}
	if strings.ContainsFunc(uncut(text), func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r)
	}) {
		return &KindError{"这不是文本文件；须为 UTF-8 文本，每行一个 JSON 对象。", "This is no text file; it must be UTF-8 text with a JSON object a line."}
	}
	if strings.ContainsAny(all[0], ",\t，;") {
		return &KindError{"这像是 CSV 或表格文字，不是 JSON Lines；请转为每行一个 JSON 对象。", "This looks like CSV or a table and is no JSON Lines; turn it into a JSON object a line."}
	}
	return &KindError{"没有一行是 JSON 对象；须为每行一个 JSON 对象的 UTF-8 文件。", "No line is a JSON object; the file must be UTF-8 with a JSON object a line."}
}

// uncut is a text without a last character of which some bytes are missing.
func uncut(text string) string {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if i := len(text) - n; utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				return text[:i]
			}
			break
		}
	}
	return text
}

// Wide tells UTF-16 without a mark by the ASCII in it, which even a Chinese text has: zero bytes, several, and all at even or all at odd
// places.
func Wide(head []byte) bool {
	zeros := [2]int{}
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	return max(zeros[0], zeros[1]) >= 4 && min(zeros[0], zeros[1]) == 0
}

// chinese tells GB18030: most lines that are not ASCII are no UTF-8, and read as GB18030 without loss.
func chinese(text []byte) bool {
	broken, whole := 0, 0
	for line := range bytes.Lines(text) {
		switch {
		case !bytes.HasSuffix(line, []byte("\n")) && len(text) > headMost-4: // cut by the bound
		case utf8.Valid(line):
			if len(line) != utf8.RuneCount(line) {
				whole++
			}
		default:
			read, err := simplifiedchinese.GB18030.NewDecoder().Bytes(line)
			if err == nil && !bytes.ContainsRune(read, utf8.RuneError) {
				broken++
			}
		}
	}
	return broken > whole
}
