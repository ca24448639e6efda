package lines_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"jiebang/search/lines"
)

func read(in io.Reader) (got []string, err error) {
	r, err := lines.Open(in)
	if err != nil {
		return nil, err
	}
	for {
		line, n, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return got, nil
		case errors.Is(err, lines.ErrLong):
			got = append(got, fmt.Sprint(n, " long"))
		case err != nil:
			return got, err
		default:
			got = append(got, fmt.Sprint(n, " ", string(line)))
		}
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func TestLines(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":         {"{\"a\":1}\n{\"a\":2}\n", `[1 {"a":1} 2 {"a":2}]`},
		"without end":   {"{\"a\":1}\n{\"a\":2}", `[1 {"a":1} 2 {"a":2}]`},
		"mark, CRLF":    {"\uFEFF{\"a\":1}\r\n\r\n {\"a\":2}\r\n", `[1 {"a":1} 3 {"a":2}]`},
		"CR":            {"\uFEFF{\"a\":1}\r{\"a\":2}\r\r{\"a\":3}", `[1 {"a":1} 2 {"a":2} 4 {"a":3}]`},
		"gzip":          {zipped("{\"a\":1}\n"), `[1 {"a":1}]`},
		"gzip, CR":      {zipped("{\"a\":1}\r{\"a\":2}\r"), `[1 {"a":1} 2 {"a":2}]`},
		"one long line": {"{\"a\":1}\n{" + strings.Repeat("x", lines.Most) + "\n{\"a\":2}\n", `[1 {"a":1} 2 long 3 {"a":2}]`},
		"long at last":  {"{\"a\":1}\n{" + strings.Repeat("x", lines.Most), `[1 {"a":1} 2 long]`},
	} {
		got, err := read(strings.NewReader(c.in))
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%s: %.80v (%v), want %s", name, got, err, c.want)
		}
	}
}

func TestAFileOfAnotherKindIsToldByWhatItIs(t *testing.T) {
	rows := strings.Repeat("{\"id\":\"1\",\"title\":\"低温等离子体废气净化装置\"}\n", 5)
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String(rows)
	wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(rows)
	bare, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(rows)
	one, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(strings.ReplaceAll(rows, "低温", "一种"))
	for says, in := range map[string]string{
		"空的": " \r\n\uFEFF"[0:3], "JSON 数组": "[{\"id\":1},\n{\"id\":2}]", "CSV": "编号,名称\n1,装置\n", "xlsx": "PK\x03\x04\x14\x00", "xls、": "\xd0\xcf\x11\xe0\xa1",
		"PDF": "%PDF-1.7\n", "GB18030": gb, "UTF-16": wide, "UTF-16 编码": bare, "UTF-16 编码，": one, "压缩了两次": zipped(zipped(rows)), "XML": "<html>", "多行": "{\n \"id\": 1\n}\n", "对象占了多行": "{\r \"id\": 1\r}\r", "没有一行": "标题\n正文\n", "只认 gzip": "7z\xbc\xaf", "文本文件": "\x8f\xe3\x12,\xb1\x07;\xfe\x90\x1b\x03\xc4",
		"表格文字": strings.Repeat("编号,名称,摘要\n", 1000)[:8193], // the part that is looked at ends within a character
	} {
		_, err := read(strings.NewReader(in))
		var kind *lines.KindError
		if !errors.As(err, &kind) || !strings.Contains(kind.ZH, says) || kind.EN == "" {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestWhatWasReadWholeBeforeABrokenEndIsGiven(t *testing.T) {
	var b strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&b, "{\"id\":\"%d\"}\n", i*7919)
	}
	whole := zipped(b.String())
	got, err := read(strings.NewReader(whole[:len(whole)/2]))
	var broken *lines.BrokenError
	if !errors.As(err, &broken) || broken.Behind != len(got) || errors.Is(err, io.ErrUnexpectedEOF) || len(got) < 100 || got[99] != fmt.Sprintf("100 {\"id\":\"%d\"}", 99*7919) {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

func TestPlainLines(t *testing.T) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("废气净化\n轴承\n")
	for name, c := range map[string]struct{ in, want string }{
		"plain":    {"\uFEFF废气净化\r\n\r\n[轴承],1\n", "[1 废气净化 3 [轴承],1] <nil>"},
		"empty":    {"", "[] <nil>"},
		"gzip":     {zipped("废气\n"), "[1 废气] <nil>"},
		"GB18030":  {gb, "[] 这是 GB18030（GBK）编码；请另存为 UTF-8。 This is GB18030 (GBK); save it as UTF-8."},
		"workbook": {"PK\x03\x04\x14\x00", "[] 这是 Excel 工作簿（xlsx）或其他压缩包，不是按行的文本；请另存为 UTF-8 文本。 This is a workbook (xlsx) or another archive and no text of lines; save it as text in UTF-8."},
	} {
		r, err := lines.OpenText(strings.NewReader(c.in))
		var got []string
		for err == nil {
			var line []byte
			var n int
			if line, n, err = r.Next(); err == nil {
				got = append(got, fmt.Sprintf("%d %s", n, line))
			}
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		if s := fmt.Sprint(got, " ", err); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

func TestAnotherDocumentThanRowsIsToldByWhatItIs(t *testing.T) {
	row := "{\"id\":\"1\",\"title\":\"低温等离子体\"}"
	long := "{\"id\":\"1\",\"title\":\"" + strings.Repeat("低", 9000) + "\"}"
	for in, says := range map[string]string{
		"{\"items\":[" + row + ",\n" + row + ",\n" + row + "]}\n":             "成员 items 的数组",
		"{\"items\":[\n" + row + ",\n" + row + "\n]}\n":                       "成员 items 的数组",
		"\uFEFF{\"total\":2,\"items\":[\r\n" + row + ",\r\n" + row + "\r\n]}": "成员 items 的数组",
		"{\"data\":{\"rows\":[" + row + "," + row + "]}}\n":                   "成员 rows 的数组",
		"{\"items\":[" + long + ",\n" + row + "\n]}":                          "成员 items 的数组",
		"{\"id\":\"1\",\n\"title\":\"低温\"}\n" + row:                           "占了多行",
		row + ",\n" + row + ",\n" + row + "\n":                                "逗号",
		"callback(\n" + row + "\n)":                                           "第一行不是 JSON 对象",
		"{\"items\":[" + strings.Repeat(row+",", 40000) + row + "]}":          "成员 items 的数组",
		// Rows, one of them damaged or with lists of its own.
		"{\"id\":\"1\",\"title\":\"低温\n" + row:                        "",
		"{\"id\":\"1\",\n" + row:                                      "",
		"{\"id\":\"1\"\n" + row + "\n":                                "",
		"{\"id\":\"1\",\"authors\":[{\"name\":\"张\"}]}\n" + row:       "",
		"{\"id\":\"1\",\"keywords\":[\"废气\"],\"relevant\":{\"a\":1}}": "",
		row: "",
	} {
		_, err := read(strings.NewReader(in))
		var kind *lines.KindError
		if is := errors.As(err, &kind); is != (says != "") || is && (!strings.Contains(kind.ZH, says) || kind.EN == "") {
			t.Errorf("%.60q: %v, want %q", in, err, says)
		}
	}
}

func TestKindsAndEncodingsAreNamed(t *testing.T) {
	rows := strings.Repeat("{\"id\":\"1\",\"title\":\"低温等离子体废气净化装置\"}\n", 5)
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("{\"id\":\"低温等离子体\"}\n")
	wide := func(order utf32.Endianness, mark utf32.BOMPolicy) string {
		s, _ := utf32.UTF32(order, mark).NewEncoder().String(rows)
		return s
	}
	for in, says := range map[string]string{
		"\x89PNG\r\n\x1a\n": "图片", "\xff\xd8\xff\xe0": "图片", "{\\rtf1\\ansi": "RTF", "PK\x03\x04\x14\x00word/document.xml": "docx", "PK\x03\x04\x14\x00ppt/": "pptx",
		"<!DOCTYPE html>\n{\"id\":1}\n": "HTML", "%PDF-1.7": "PDF", wide(utf32.LittleEndian, utf32.UseBOM): "UTF-32 编码", wide(utf32.BigEndian, utf32.UseBOM): "UTF-32 编码",
		wide(utf32.LittleEndian, utf32.IgnoreBOM): "没有标记的 UTF-32", wide(utf32.BigEndian, utf32.IgnoreBOM): "没有标记的 UTF-32", rows[:len(rows)/5] + gb + gb: "前后编码不一",
	} {
		for name, open := range map[string]func(io.Reader) (*lines.Reader, error){"lines": lines.Open, "text": lines.OpenText} {
			_, err := open(strings.NewReader(in))
			var kind *lines.KindError
			if !errors.As(err, &kind) || !strings.Contains(kind.ZH, says) || kind.EN == "" {
				t.Errorf("%s of %.20q: %v, want %s", name, in, err, says)
			}
		}
	}
	r, err := lines.OpenText(strings.NewReader("焊接,熔接\n轴承,轴瓦\n" + gb))
	for err == nil {
		_, _, err = r.Next()
	}
	if !errors.Is(err, lines.ErrChanged) {
		t.Errorf("a text that changes: %v", err)
	}
}

// Whatever a file holds, it is told by what it is, or read line by line within bounds.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "{}\n", "\uFEFF{}\r\n{}", "[", "\x1f\x8b", "PK\x03\x04", "a,b", "{\x00\n", "\xff\xfe{\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, _ := read(bytes.NewReader(in))
		for _, line := range got {
			if strings.ContainsAny(line, "\n") {
				t.Errorf("%q is a line", line)
			}
		}
	})
}

// Whoever asks whether a connection died goes by the words of an error, too: a file that is cut must not sound like one.
func TestABrokenFileSoundsLikeNoConnection(t *testing.T) {
	whole := zipped(strings.Repeat("{\"id\":\"低温等离子体\"}\n", 9))
	damaged := []byte(whole)
	damaged[len(damaged)-6] ^= 0xff // of the checksum
	for name, in := range map[string]string{"in the head": whole[:5], "in the middle": whole[:len(whole)/2], "before the checksum": whole[:len(whole)-8], "damaged": string(damaged)} {
		_, err := read(strings.NewReader(in))
		var broken *lines.BrokenError
		if !errors.As(err, &broken) || strings.Contains(err.Error(), "EOF") || !strings.Contains(err.Error(), "压缩数据") || !strings.Contains(err.Error(), "compressed data") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPlainLinesAreTexts(t *testing.T) {
	for in, want := range map[string]string{
		"[\"焊接\",\"熔接\"]": "JSON 数组", "[\n \"焊接\"\n]": "JSON 数组", "{\"a\":1}\n": "JSON 对象", "<?xml?>": "XML", "PK\x03\x04": "xlsx", "焊\x00接\n": "NUL", "\xff接\n": "UTF-8",
		"[a, b]\n": "", "{焊接}": "", "< 5 mm\n": "", "焊接, 熔接\n": "", "": "",
	} {
		r, err := lines.OpenText(strings.NewReader(in))
		if err == nil {
			_, _, err = r.Next()
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}
