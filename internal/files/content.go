package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"jiebang/internal/fault"
	"jiebang/internal/tables"
	"jiebang/search/lines"
)

// The types that are told apart by more than their first bytes.
const (
	typeZip   = "application/zip"
	typeText  = "text/plain"
	typeBytes = "application/octet-stream"
	ooxml     = "application/vnd.openxmlformats-officedocument."
	odf       = "application/vnd.oasis.opendocument."
)

// old is what the office documents of before 2007 look like, which are one container for all.
var old = []string{"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/x-ole-storage"}

// texts are what a text may look like. What a browser or a shell would run is not among them.
var texts = []string{
	typeText, "text/csv", "text/tab-separated-values", "application/json", "application/x-ndjson", "message/rfc822", "application/x-subrip", "text/vtt",
	"text/vcard", "text/calendar",
}

// kind is what the ending of a name promises: what the content may be, and how it is sent.
type kind struct {
	content []string
	sent    string // empty: as the content is
}

// endings are the files that an office works with. The name's ending and the content must agree, since whoever saves a file opens it by
// its ending.
var endings = map[string]kind{
	"pdf": {content: []string{"application/pdf"}}, "ofd": {content: []string{"application/ofd"}},
	"docx": {content: []string{ooxml + "wordprocessingml.document"}}, "xlsx": {content: []string{ooxml + "spreadsheetml.sheet"}},
	"pptx": {content: []string{ooxml + "presentationml.presentation"}},
	"odt":  {content: []string{odf + "text"}}, "ods": {content: []string{odf + "spreadsheet"}}, "odp": {content: []string{odf + "presentation"}},
	"doc": {old, "application/msword"}, "wps": {old, "application/vnd.ms-works"},
	"xls": {old, "application/vnd.ms-excel"}, "et": {old, "application/vnd.ms-excel"},
	"ppt": {old, "application/vnd.ms-powerpoint"}, "dps": {old, "application/vnd.ms-powerpoint"},
	"png": {content: []string{"image/png"}}, "jpg": {content: []string{"image/jpeg"}}, "jpeg": {content: []string{"image/jpeg"}},
	"gif": {content: []string{"image/gif"}}, "webp": {content: []string{"image/webp"}}, "bmp": {content: []string{"image/bmp"}},
	"tif": {content: []string{"image/tiff"}}, "tiff": {content: []string{"image/tiff"}},
	"txt": {texts, typeText}, "jsonl": {texts, "application/x-ndjson"}, "md": {texts, typeText}, "csv": {texts, "text/csv"}, "tsv": {texts, "text/tab-separated-values"},
	"zip": {content: []string{typeZip}}, "mp4": {content: []string{"video/mp4"}}, "dwg": {content: []string{"image/vnd.dwg"}},
}

var taken = slices.Sorted(maps.Keys(endings))

func refused(zh, en string) error { return fault.FileRefused.Because("%[1]s", "%[2]s", zh, en) }

// examine finds out what a content is and refuses what is not taken. name is only held against it.
func examine(ctx context.Context, name string, r io.ReaderAt, size int64) (media string, err error) {
	head := make([]byte, min(size, 3072)) // as much as mimetype looks at
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	is := detect(head)
	if bytes.HasPrefix(head, []byte("PK")) { // mimetype goes by the order of the first entries; the directory knows
		if is, err = examineZip(ctx, r, size); err != nil {
			return "", err
		}
	}
	promised := endings[ending(name)]
	if text := slices.Contains(texts, is); slices.Contains(promised.content, typeText) && (text || is == typeBytes) {
		if err := onlyText(name, r, size, !text); err != nil {
			return "", err
		}
	}
	if !slices.Contains(promised.content, is) {
		return "", mismatch(ending(name), head, is)
	}
	if promised.sent != "" {
		return promised.sent, nil
	}
	return is, nil
}

// mismatch says what a content is that does not fit the ending of its name, as far as that can be told, and what to do.
func mismatch(ending string, head []byte, is string) error {
	kind, known := lines.Sign(head)
	wide, _, encoded := lines.Encoding(head)
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		kind, known = lines.Kind{ZH: "gzip 压缩文件", EN: "a compressed file (gzip)"}, true
	case known:
		known = !strings.Contains(kind.ZH, ending) // or it is of that kind and more, such as macros
	case lines.Markup(head):
		kind, known = lines.Kind{ZH: "网页（HTML）或 XML", EN: "a page of the web (HTML) or XML"}, true
	case encoded:
		kind, known = wide, true
	case slices.Contains(texts, is):
		kind, known = lines.Kind{ZH: "文本（如 CSV）", EN: "a text, such as CSV"}, true
	}
	if !known {
		return refused("内容与文件名的后缀不符，或不是受理的文件类型。", "The content does not fit the ending of the name, or is of no kind that is taken.")
	}
	return fault.FileRefused.Because("内容是%[1]s，与后缀 .%[3]s 不符；请用原来的程序另存为受理的类型，或改正文件名的后缀。",
		"The content is %[2]s and does not fit the ending .%[3]s: save it from its program as a kind that is taken, or correct the ending.", kind.ZH, kind.EN, ending)
}

// detect is the type by the first bytes, without parameters.
func detect(head []byte) string {
	media, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return media
}

// onlyText refuses a text that holds what is none, by where it stands: a zero byte anywhere, in whatever encoding it is (UTF-16 begins with its
// mark), and where the beginning was taken for no text, any byte that had it so.
func onlyText(name string, r io.ReaderAt, size int64, strange bool) error {
	in := io.NewSectionReader(r, 0, size)
	buffer := make([]byte, 64<<10)
	line := 1
	for first := true; ; first = false {
		n, err := io.ReadFull(in, buffer)
		if first && (bytes.HasPrefix(buffer[:n], []byte{0xff, 0xfe}) || bytes.HasPrefix(buffer[:n], []byte{0xfe, 0xff})) {
			return nil
		}
		if first && strange && mostlyBytes(buffer[:min(n, 4096)]) {
			return nil // it is no text with a slip in it, but something else
		}
		if first && lines.Wide(buffer[:min(n, 4096)]) {
			return refused("这是没有标记的 UTF-16 编码；请另存为 UTF-8。", "This is UTF-16 without its mark; save it as UTF-8.")
		}
		at := bytes.IndexByte(buffer[:n], 0)
		if strange {
			at = bytes.IndexFunc(buffer[:n], control)
		}
		if at >= 0 {
			return noText(name, r, size, line+bytes.Count(buffer[:at], []byte{'\n'}), buffer[at])
		}
		line += bytes.Count(buffer[:n], []byte{'\n'})
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// mostlyBytes tells whether more than a tenth of a beginning, UTF-16 apart, stands in no text.
func mostlyBytes(head []byte) bool {
	n := 0
	for _, c := range head {
		if control(rune(c)) {
			n++
		}
	}
	return n*10 > len(head) && !lines.Wide(head)
}

// control tells what stands in no text, by what the look at the beginning goes by.
func control(c rune) bool {
	return c <= 0x08 || c == 0x0b || c >= 0x0e && c <= 0x1a || c >= 0x1c && c <= 0x1f
}

// noText says where a byte stands that is no text: in a table by row and column, as a spreadsheet counts them.
func noText(name string, r io.ReaderAt, size int64, line int, c byte) error {
	zh, en := fmt.Sprintf("控制字符（U+%04X）", c), fmt.Sprintf("a control character (U+%04X)", c)
	if c == 0 {
		zh, en = "空字符（NUL，U+0000）", "a NUL (U+0000)"
	}
	if e := ending(name); e == "csv" || e == "tsv" {
		if row, column, found := tables.Find(r, size, rune(c)); found {
			return fault.FileRefused.Because("第 %[1]d 行 %[2]s 列含有%[3]s，不是文字；请删去后重新上传。", "Row %[1]d, column %[2]s, holds %[4]s, which is no text; take it out and send the file again.",
				row, tables.Column(column), zh, en)
		}
	}
	return fault.FileRefused.Because("第 %[1]d 行含有%[2]s，不是文字；请删去后重新上传。", "Line %[1]d holds %[3]s, which is no text; take it out and send the file again.", line, zh, en)
}
