package files_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"jiebang/internal/fault"
	"jiebang/internal/files"
)

// packed is an archive of entries by their names; what comes twice is there twice.
func packed(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, NonUTF8: e.raw, Flags: e.flags}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		w, err := z.CreateHeader(h)
		if err == nil && !strings.HasSuffix(e.name, "/") {
			_, err = w.Write(e.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type entry struct {
	name  string
	data  []byte
	mode  fs.FileMode
	raw   bool // the name is no UTF-8
	flags uint16
}

func named(names ...string) (out []entry) {
	for _, n := range names {
		out = append(out, entry{name: n, data: []byte("内容 " + n)})
	}
	return out
}

func docx(t testing.TB, more ...string) []byte {
	return packed(t, named(append([]string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"}, more...)...)...)
}

func gbk(t testing.TB, text string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(b)
}

func TestWhatAnOfficeUsesIsTaken(t *testing.T) {
	ole := append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 2000)...)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"报告.pdf", pdf(100), "application/pdf"},
		{"报告.PDF", pdf(100), "application/pdf"},
		{"公文.ofd", packed(t, named("OFD.xml", "Doc_0/Document.xml")...), "application/ofd"},
		{"方案.docx", docx(t), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		// The order of the entries is the writer's affair.
		{"方案.docx", packed(t, named("docProps/app.xml", "word/document.xml", "[Content_Types].xml")...), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"预算.xlsx", packed(t, named("[Content_Types].xml", "xl/workbook.xml")...), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"路演.pptx", packed(t, named("[Content_Types].xml", "ppt/presentation.xml")...), "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
		{"开放.odt", packed(t, append([]entry{{name: "mimetype", data: []byte("application/vnd.oasis.opendocument.text")}}, named("content.xml")...)...), "application/vnd.oasis.opendocument.text"},
		{"旧.doc", ole, "application/msword"},
		{"旧.wps", ole, "application/vnd.ms-works"},
		{"图.png", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...), "image/png"},
		{"图.jpeg", append([]byte("\xff\xd8\xff\xe0"), make([]byte, 100)...), "image/jpeg"},
		{"说明.txt", []byte("这是一份说明。\n"), "text/plain"},
		{"说明.txt", gbk(t, "这是一份用国标编码写的说明。\r\n"), "text/plain"},
		{"说明.txt", []byte("\xff\xfe\xf4\x8b\x0e\x66"), "text/plain"},
		{"说明.txt", []byte("From: 张工\nSubject: 说明\n\n正文\n"), "text/plain"},
		{"参数.csv", []byte("项目,数值\n去除率,95\n能耗,3\n"), "text/csv"},
		{"参数.csv", gbk(t, "项目,数值\r\n去除率,95\r\n"), "text/csv"},
		{"一列.csv", []byte("项目\n去除率\n"), "text/csv"},
		{"材料.zip", packed(t, named("图纸/总装.dwg", "说明.txt", "图纸/")...), "application/zip"},
		{"材料.zip", packed(t, entry{name: string(gbk(t, "图纸/一號車間.txt")), raw: true, data: []byte("x")}), "application/zip"},
		// In GB18030 the second half of this character is a backslash.
		{"材料.zip", packed(t, entry{name: string(gbk(t, "乗用车.txt")), raw: true, data: []byte("x")}), "application/zip"},
		{"材料.zip", packed(t, entry{name: "方案.docx", data: docx(t)}), "application/zip"},
		{"空.zip", packed(t), "application/zip"},
	} {
		if got, err := files.Examine(c.name, c.data); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

// A text with a slip in it is no other kind of file: what is wrong is told by where it stands.
func TestWhatStandsInNoTextIsToldByItsPlace(t *testing.T) {
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("编号,名称\nA-1,装置\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, data, want string }{
		{"成果.csv", "编号,名称\nA,\"两\n行\"\nB,焊\x00接\n", "第 3 行 B 列含有空字符（NUL"},
		{"成果.csv", "编号,名称\nA,\x01\n", "第 2 行 B 列含有控制字符（U+0001"},
		{"成果.csv", "编号,名称\n" + strings.Repeat("A,装置\n", 9000) + "B,\x00\n", "第 9002 行 B 列含有空字符"},
		{"成果.csv", string(gbk(t, "编号;名称\r\nA;焊\x00接\r\n")), "第 2 行 B 列含有空字符"},
		{"成果.jsonl", "{\"id\":\"A\"}\n{\"id\":\"\x00\"}\n", "第 2 行含有空字符"},
		{"成果.csv", wide, "UTF-16"},
		{"成果.csv", string(pdf(100)), "PDF，与后缀 .csv 不符"},
		{"成果.csv", strings.Repeat("\x00\x01\x02\x03x", 100), "后缀不符"},
		{"成果.xlsx", string(packed(t, named("[Content_Types].xml", "xl/workbook.xml")...)[:150]), "收到 150 字节"},
	} {
		_, err := files.Examine(c.name, []byte(c.data))
		if !fault.FileRefused.Of(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.20q: %v, want %s", c.name, c.data, err, c.want)
		}
	}
}

// What a file is that is not what its name says is told by its kind, as far as that is known.
func TestAFileUnderAnotherNameIsToldByWhatItIs(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"表.xls":        {[]byte("<html><table><tr><td>编号</td></tr></table></html>"), "网页"},
		"表.xlsx":       {[]byte("编号,成果名称\nA,装置甲\n"), "文本（如 CSV）"},
		"成果.jsonl":     {[]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x00\x00\xff\xff"), "gzip"},
		"成果.csv":       {append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...), "图片"},
		"材料.xlsx":      {append([]byte("%PDF-1.7\n"), make([]byte, 100)...), "PDF"},
		"带宏的方案.docx":   {docx(t, "word/vbaProject.bin"), "不接受含宏的文档"},
		"另一种名字的表.xlsx": {docx(t), "Word 文档"},
	} {
		_, err := files.Examine(name, c.data)
		if !fault.FileRefused.Of(err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s", name, err, c.says)
		}
	}
}

func TestWhatIsNotWhatItSaysIsRefused(t *testing.T) {
	zeros := make([]byte, 64<<20)
	deep := packed(t, named("x.txt")...)
	for range 3 {
		deep = packed(t, entry{name: "inner.zip", data: deep})
	}
	large := packed(t, entry{name: "a", data: zeros}) // packed again it is small enough to be looked into
	for _, c := range []struct {
		why, name string
		data      []byte
	}{
		{"a page", "说明.txt", []byte("<!DOCTYPE html><html><script>alert(1)</script>")},
		{"a page behind blanks", "说明.txt", []byte("  \n\t<html>")},
		{"a drawing with a script", "说明.txt", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`)},
		{"a program", "报告.pdf", append([]byte("MZ\x90\x00"), make([]byte, 200)...)},
		{"a program as text", "报告.txt", append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 200)...)},
		{"a script", "说明.txt", []byte("#!/bin/sh\nrm -rf /\n")},
		{"zeros in a text", "说明.txt", append([]byte(strings.Repeat("文字", 5000)), 0)},
		{"a document under another name", "表.xlsx", docx(t)},
		{"a picture under another name", "报告.pdf", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)},
		{"an archive called a document", "方案.docx", packed(t, named("x.txt")...)},
		{"a document with macros", "方案.docx", docx(t, "word/vbaProject.bin")},
		{"an archive of Java", "材料.zip", []byte("PK\x03\x04")},
		{"an archive that is cut", "材料.zip", docx(t)[:200]},
		{"an installer", "旧.doc", append([]byte{0xd0, 0xcf, 0x11}, make([]byte, 100)...)},

		{"out of the folder", "材料.zip", packed(t, named("../x.txt")...)},
		{"out of the folder, later", "材料.zip", packed(t, named("a/../../x.txt")...)},
		{"from the root", "材料.zip", packed(t, named("/etc/x.txt")...)},
		{"a drive", "材料.zip", packed(t, named("C:/x.txt")...)},
		{"backslashes", "材料.zip", packed(t, named(`..\x.txt`)...)},
		{"two slashes", "材料.zip", packed(t, named("a//x.txt")...)},
		{"a name that is turned", "材料.zip", packed(t, named("x\u202etxt.exe")...)},
		{"a link", "材料.zip", packed(t, entry{name: "x", data: []byte("/etc/passwd"), mode: fs.ModeSymlink | 0o777})},
		{"a device", "材料.zip", packed(t, entry{name: "x", mode: fs.ModeDevice})},
		{"a name twice", "材料.zip", packed(t, named("x.txt", "x.txt")...)},
		{"a name twice, but for case", "材料.zip", packed(t, named("x.txt", "X.TXT")...)},
		{"a folder and a file", "材料.zip", packed(t, entry{name: "x/"}, entry{name: "x", data: []byte("x")})},
		{"too much in it", "材料.zip", packed(t, entry{name: "a", data: zeros})},
		{"too much in it, twice packed", "材料.zip", packed(t, entry{name: "b.zip", data: large})},
		{"too deep", "材料.zip", deep},
		{"too much in a document", "方案.docx", packed(t, append(named("[Content_Types].xml", "word/document.xml"), entry{name: "word/media/a.bmp", data: zeros})...)},
		{"too many", "材料.zip", many(t)},
	} {
		got, err := files.Examine(c.name, c.data)
		if !fault.FileRefused.Of(err) {
			t.Errorf("%s: %q, %v", c.why, got, err)
			continue
		}
		if said, _ := fault.As(err); said.Detail.ZH == "" || said.Detail.EN == "" || said.Detail.ZH == said.Detail.EN || strings.Contains(said.Detail.ZH+said.Detail.EN, "%!") {
			t.Errorf("%s is told as %+v", c.why, said.Detail)
		}
	}
}

func many(t *testing.T) []byte {
	var all []entry
	for i := range 10_001 {
		all = append(all, entry{name: strings.Repeat("x", i%100) + string(rune('一'+i))})
	}
	return packed(t, all...)
}

// What a directory says of sizes is not believed.
func TestAnArchiveThatLiesIsRefused(t *testing.T) {
	honest := packed(t, entry{name: "a.txt", data: bytes.Repeat([]byte("文字"), 1000)})
	at := bytes.LastIndex(honest, []byte("PK\x01\x02")) // the entry in the directory; its size unpacked is 24 bytes on
	for _, size := range []byte{0, 1, 0xff} {
		lying := bytes.Clone(honest)
		lying[at+24], lying[at+25] = size, 0
		if got, err := files.Examine("a.zip", lying); !fault.FileRefused.Of(err) {
			t.Errorf("size %d: %q, %v", size, got, err)
		}
	}
	encrypted := bytes.Clone(honest)
	encrypted[at+8] |= 1
	if got, err := files.Examine("a.zip", encrypted); !fault.FileRefused.Of(err) {
		t.Errorf("encrypted: %q, %v", got, err)
	}
}

func TestNamesOfFiles(t *testing.T) {
	for name, want := range map[string]string{
		"报告.pdf": "报告.pdf", "  报告 (终稿) v2.1.PDF ": "报告 (终稿) v2.1.PDF", "Café.txt": "Café.txt", "第一　章.docx": "第一　章.docx",
		strings.Repeat("字", 196) + ".pdf": strings.Repeat("字", 196) + ".pdf",
		"":                                "", "pdf": "", ".pdf": "", "报告": "", "报告.": "", "报告.exe": "", "报告.html": "", "报告.svg": "", "报告.pdf.js": "",
		"a/b.pdf": "", `a\b.pdf`: "", "../b.pdf": "", "C:b.pdf": "", "a\x00b.pdf": "", "a\nb.pdf": "", "报告\u202efdp.txt": "", "报\u200b告.pdf": "", "报告\ufeff.pdf": "",
		"a\u00a0b.pdf": "", "\xff.pdf": "", "a<b>.pdf": "", strings.Repeat("字", 197) + ".pdf": "",
	} {
		got, err := files.CleanName(name)
		if want == "" && !fault.InvalidInput.Of(err) || want != "" && (err != nil || got != want) {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

// Whatever comes, it is taken or refused, and never our failure.
func FuzzExamine(f *testing.F) {
	f.Add("a.zip", packed(f, named("a/b.txt", "c")...))
	f.Add("a.zip", packed(f, entry{name: "a.docx", data: docx(f)}))
	f.Add("a.docx", docx(f))
	f.Add("a.ofd", packed(f, named("OFD.xml")...))
	f.Add("a.pdf", pdf(50))
	f.Add("a.txt", []byte("文字"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if clean, err := files.CleanName(name); err != nil {
			if !fault.InvalidInput.Of(err) {
				t.Fatal(err)
			}
			name = "a.zip"
		} else if again, err := files.CleanName(clean); err != nil || again != clean {
			t.Fatalf("%q becomes %q, and then %q, %v", name, clean, again, err)
		}
		if len(data) == 0 {
			return
		}
		if media, err := files.Examine(name, data); err != nil && !fault.FileRefused.Of(err) || err == nil && media == "" {
			t.Fatalf("%q: %q, %v", name, media, err)
		}
	})
}
