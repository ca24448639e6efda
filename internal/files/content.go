package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"jiebang/internal/fault"
)

// The types that are told apart by more than their first bytes.
const (
	typeZip  = "application/zip"
	typeText = "text/plain"
	ooxml    = "application/vnd.openxmlformats-officedocument."
	odf      = "application/vnd.oasis.opendocument."
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
	if !slices.Contains(promised.content, is) {
		return "", refused("内容与文件名的后缀不符，或不是受理的文件类型。", "The content does not fit the ending of the name, or is of no kind that is taken.")
	}
	if slices.Contains(texts, is) && !plainText(ctx, r, size) {
		return "", refused("文本中含有二进制内容。", "The text holds what is no text.")
	}
	if promised.sent != "" {
		return promised.sent, nil
	}
	return is, nil
}

// detect is the type by the first bytes, without parameters.
func detect(head []byte) string {
	media, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return media
}

// plainText tells whether there is no zero byte in a text, in whatever encoding it is; UTF-16 begins with its mark.
func plainText(_ context.Context, r io.ReaderAt, size int64) bool {
	in := io.NewSectionReader(r, 0, size)
	buffer := make([]byte, 64<<10)
	for first := true; ; first = false {
		n, err := io.ReadFull(in, buffer)
		if first && n >= 2 && (bytes.HasPrefix(buffer, []byte{0xff, 0xfe}) || bytes.HasPrefix(buffer, []byte{0xfe, 0xff})) {
			return true
		}
		if bytes.IndexByte(buffer[:n], 0) >= 0 {
			return false
		}
		if err != nil {
			return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}
