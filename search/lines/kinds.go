package lines

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Kind is what a file is that is no text which can be read here.
type Kind struct{ ZH, EN string }

// Not says what the file is, and then what it is not and what to do.
func (k Kind) Not(zh, en string) *KindError {
	if k.ZH[0] < utf8.RuneSelf {
		k.ZH = " " + k.ZH
	}
	return &KindError{"这是" + k.ZH + "，" + zh, "This is " + k.EN + en}
}

// signatures are how files begin that are no text in any encoding, and archives, of which archive tells more.
var signatures = []struct {
	at    int
	begin string
	kind  Kind
}{
	{0, "\xd0\xcf\x11\xe0", Kind{"旧版 Office 文件（xls、doc）或加密的 Office 文件", "a file of an old Office (xls, doc), or an encrypted one"}},
	{0, "%PDF", Kind{"PDF", "a PDF"}}, {0, `{\rtf`, Kind{"RTF 文档", "a document (RTF)"}},
	{0, "\x89PNG", picture}, {0, "\xff\xd8\xff", picture}, {0, "GIF8", picture}, {0, "II*\x00", picture}, {0, "MM\x00*", picture}, {8, "WEBP", picture},
	{0, "\x1f\x8b", Kind{"被压缩了两次的文件，请解压一次", "a file that is compressed twice, to be unpacked once,"}},
	{0, "7z\xbc\xaf", packed}, {0, "Rar!", packed}, {0, "BZh", packed}, {0, "\x28\xb5\x2f\xfd", packed}, {0, "\xfd7zXZ", packed},
	{4, "ftyp", Kind{"视频或图片（mp4、heic）", "a video or a picture (mp4, heic)"}}, {0, "SQLite format 3", Kind{"数据库文件（SQLite）", "a database (SQLite)"}},
}

var (
	picture = Kind{"图片", "a picture"}
	packed  = Kind{"压缩包（只认 gzip，其他请先解压）", "an archive (gzip alone is read, unpack others first)"}
)

// inside are names of what stands in an archive, by which it is told of what kind it is; the first that is found counts.
var inside = []struct {
	name string
	kind Kind
}{
	{"word/", Kind{"Word 文档（docx）", "a document of Word (docx)"}}, {"ppt/", Kind{"演示文稿（pptx）", "a presentation (pptx)"}},
	{"xl/workbook.bin", Kind{"二进制的 Excel 工作簿（xlsb）", "a binary workbook (xlsb)"}}, {"xl/", Kind{"Excel 工作簿（xlsx）", "a workbook (xlsx)"}},
	{"opendocument.spreadsheet", Kind{"OpenDocument 表格（ods）", "a spreadsheet (ods)"}}, {"opendocument", Kind{"OpenDocument 文档（odt、odp）", "a document (odt, odp)"}},
	{"OFD.xml", Kind{"OFD 文档", "a document (OFD)"}},
}

// Archive tells what kind an archive (zip) is, by names in it or, as far as it goes, by its beginning.
func Archive(names []byte) Kind {
	for _, i := range inside {
		if bytes.Contains(names, []byte(i.name)) {
			return i.kind
		}
	}
	return Kind{"Excel 工作簿（xlsx）或其他压缩包", "a workbook (xlsx) or another archive"}
}

// Sign tells of what kind a file is that is no text in any encoding, by its beginning.
func Sign(head []byte) (Kind, bool) {
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return Archive(head), true
	}
	for _, s := range signatures {
		if s.at > 0 && !bytes.HasPrefix(head, []byte("RIFF")) && !bytes.HasPrefix(head, []byte{0}) {
			continue // a text may have these letters there
		}
		if len(head) >= s.at && bytes.HasPrefix(head[s.at:], []byte(s.begin)) {
			return s.kind, true
		}
	}
	return Kind{}, false
}

// Encoding tells an encoding by its mark or its zeros: UTF-32, or UTF-16 with its mark or without. Those are read nowhere but for UTF-16 with
// its mark in tables.
func Encoding(head []byte) (k Kind, marked, is bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return Kind{"UTF-32 编码", "UTF-32"}, true, true
	case wide32(head, binary.LittleEndian), wide32(head, binary.BigEndian):
		return Kind{"没有标记的 UTF-32 编码", "UTF-32 without its mark"}, false, true
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return Kind{"UTF-16 编码", "UTF-16"}, true, true
	case Wide(head):
		return Kind{"UTF-16 编码", "UTF-16"}, false, true
	}
	return Kind{}, false, false
}

// wide32 tells UTF-32 without a mark: each four bytes are a character that texts have.
func wide32(head []byte, order binary.ByteOrder) bool {
	n := 0
	for ; len(head) >= 4; head = head[4:] {
		c := rune(order.Uint32(head))
		if c <= 0 || !utf8.ValidRune(c) || unicode.IsControl(c) && !strings.ContainsRune("\t\n\r", c) {
			return false
		}
		n++
	}
	return n >= 2
}

// unreadable tells of what kind a file is that is no text in UTF-8, by its beginning.
func unreadable(head []byte) error {
	if k, is := Sign(head); is {
		return k.Not("不是按行的文本；请另存为 UTF-8 文本。", " and no text of lines; save it as text in UTF-8.")
	}
	if k, _, is := Encoding(head); is {
		return k.Not("请另存为 UTF-8。", "; save it as UTF-8.")
	}
	switch broken, whole := chinese(content(head)); {
	case broken > 1 && whole > 0 && broken >= whole: // one alone may be damaged
		return &KindError{"文件前后编码不一：有的行是 UTF-8，有的像是 GB18030（GBK）；请全部存为 UTF-8。", "The file changes its encoding: some lines are UTF-8, some look like GB18030 (GBK); save all of it as UTF-8."}
	case broken > whole:
		return &KindError{"这是 GB18030（GBK）编码；请另存为 UTF-8。", "This is GB18030 (GBK); save it as UTF-8."}
	}
	return nil
}

// Spoiled says what is wrong with a line that is not valid UTF-8: most often it came from a file in another encoding.
func Spoiled(line []byte) (zh, en string) {
	if GB18030(line) {
		return "该行不是 UTF-8，像是 GB18030（GBK）编码；文件前后编码不一，请全部存为 UTF-8", "The line is not UTF-8 and looks like GB18030 (GBK): the file changes its encoding; save all of it as UTF-8"
	}
	return "该行不是合法的 UTF-8，请改正", "The line is not valid UTF-8; mend it"
}

// GB18030 tells whether a line that is no UTF-8 reads as GB18030 without loss.
func GB18030(line []byte) bool {
	read, err := simplifiedchinese.GB18030.NewDecoder().Bytes(line)
	return err == nil && !bytes.ContainsRune(read, utf8.RuneError)
}

// content is the beginning of a text without its mark and the blanks around it.
func content(head []byte) []byte { return bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF"))) }

var (
	array  = regexp.MustCompile(`^\[\s*(?:["{\[\]]|-?[0-9]+\s*[,\]]|null\b|true\b|false\b|$)`)
	object = regexp.MustCompile(`^\{\s*(?:["}]|$)`)
	markup = regexp.MustCompile(`^<[!?A-Za-z]`)
)

// Markup tells whether a text is XML or a page of the web.
func Markup(head []byte) bool { return markup.Match(content(head)) }

// Marked tells of a text that it is no table and no plain lines, by how it begins: a JSON array, an object, XML or a page of the web.
func Marked(head []byte) error {
	switch text := content(head); {
	case array.Match(text):
		return &KindError{"这是一个 JSON 数组，不是按行的文本；请改为每行一项的 UTF-8 文本，不加方括号与引号。", "This is a JSON array and no text of lines; write plain text in UTF-8, an entry a line, without brackets and quotes."}
	case object.Match(text):
		return &KindError{"这是 JSON 对象，不是按行的文本；请改为每行一项的 UTF-8 文本。", "These are JSON objects and no text of lines; write plain text in UTF-8, an entry a line."}
	case markup.Match(text):
		return &KindError{"这是 XML 或网页（HTML），不是按行的文本；请另存为 UTF-8 文本。", "This is XML or a page of the web (HTML) and no text of lines; save it as text in UTF-8."}
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
		return &KindError{"这是 XML 或网页（HTML），不是 JSON Lines；请改为每行一个 JSON 对象的 UTF-8 文本。", "This is XML or a page of the web (HTML) and no JSON Lines; write text in UTF-8 with a JSON object a line."}
	}
	return shape(string(text))
}

// shape tells a text that does not begin with an object: one of its lines that is one may be part of something else.
func shape(text string) error {
	first, _, _ := strings.Cut(strings.ReplaceAll(text, "\r", "\n"), "\n")
	if strings.HasPrefix(first, "{") {
		return nil
	}
	if strings.ContainsFunc(uncut(text), func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r)
	}) {
		return &KindError{"这不是文本文件；须为 UTF-8 文本，每行一个 JSON 对象。", "This is no text file; it must be UTF-8 text with a JSON object a line."}
	}
	if strings.Contains(text, "\n{") || strings.Contains(text, "\r{") {
		return &KindError{"第一行不是 JSON 对象，可能是另一种文件；须为每行一个 JSON 对象的 UTF-8 文件。", "The first line is no JSON object, so that this may be another kind of file; it must be UTF-8 with a JSON object a line."}
	}
	if strings.ContainsAny(first, ",\t，;") {
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
// places, but for few: a character such as 一 (U+4E00) has its zero at the other.
func Wide(head []byte) bool {
	zeros := [2]int{}
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	return max(zeros[0], zeros[1]) >= 4*max(1, min(zeros[0], zeros[1]))
}

// chinese counts the lines that are not ASCII: those that are no UTF-8 and read as GB18030 without loss, and those that are UTF-8.
func chinese(text []byte) (broken, whole int) {
	for line := range bytes.Lines(text) {
		switch {
		case !bytes.HasSuffix(line, []byte("\n")) && len(text) > headMost-4: // cut by the bound
		case utf8.Valid(line):
			if len(line) != utf8.RuneCount(line) {
				whole++
			}
		case GB18030(line):
			broken++
		}
	}
	return broken, whole
}
