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
	"unicode/utf8"
)

// Most bounds one line, in bytes.
const Most = 1 << 20

// headMost is how much of a file is looked at to tell its kind, docMost how much to tell one JSON document from rows: a line and the
// beginning of the next.
const (
	headMost = 8192
	docMost  = Most + headMost
)

// ErrLong means that one line is longer than Most. The next can be read.
var ErrLong = errors.New("该行超过 1 MiB。The line is longer than 1 MiB")

// ErrNoText means that one line of a file of plain lines is no text. The next can be read.
var ErrNoText = errors.New("lines: 该行不是 UTF-8 文字，或含有空字符（NUL）；请改正后另存为 UTF-8。 The line is no text in UTF-8, or holds a NUL; mend it and save it as UTF-8")

// ErrChanged means that one line of such a file is in another encoding than those before. The next can be read.
var ErrChanged = errors.New("lines: 该行不是 UTF-8，像是 GB18030（GBK）编码；文件前后编码不一，请全部存为 UTF-8。 The line is not UTF-8 and looks like GB18030 (GBK): the file changes its encoding; save all of it as UTF-8")

// Alone tells that one line cannot be read, and the next can.
func Alone(err error) bool {
	return errors.Is(err, ErrLong) || errors.Is(err, ErrNoText) || errors.Is(err, ErrChanged)
}

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
func Open(in io.Reader) (*Reader, error) {
	r, err := open(in, other)
	if err != nil {
		return nil, err
	}
	head, err := r.in.Peek(docMost)
	if wrong := document(head, errors.Is(err, io.EOF)); wrong != nil {
		return nil, wrong
	}
	return r, nil
}

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
	r := bufio.NewReaderSize(in, docMost)
	head, err := peek(r)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, &BrokenError{0, err}
		}
		r = bufio.NewReaderSize(z, docMost)
		if head, err = peek(r); err != nil {
			return nil, &BrokenError{0, err}
		}
	}
	if wrong := other(head); wrong != nil {
		return nil, wrong
	}
	if longer, _ := r.Peek(docMost); bytes.IndexByte(longer, '\n') < 0 && bytes.IndexByte(longer, '\r') >= 0 {
		r = bufio.NewReaderSize(oldEnds{r}, docMost)
	}
	return &Reader{in: r}, nil
}

// oldEnds reads a file whose lines end as they did on the Macs of once, and as some programs for tables still write them, by a CR alone; within a JSON
// text none can stand.
type oldEnds struct{ in io.Reader }

func (o oldEnds) Read(p []byte) (int, error) {
	n, err := o.in.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
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
// ErrLong, ErrNoText or ErrChanged for one line, and with a *BrokenError behind the last whole one. The line is good until the next call.
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
		if r.text && !utf8.Valid(line) && GB18030(line) {
			return nil, r.n, ErrChanged
		} else if r.text && (!utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0) {
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
