package tables

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"jiebang/internal/fault"
)

// rows reads a sheet whole: each row by its number, cells between bars.
func rows(t *testing.T, file []byte, sheet string) []string {
	t.Helper()
	out, err := read(file, sheet)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(file []byte, sheet string) ([]string, error) {
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	if sheet == "" {
		if names := f.Sheets(); len(names) > 0 {
			sheet = names[0]
		}
	}
	r, _, err := f.Open(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var out []string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = c.Text
		}
		out = append(out, fmt.Sprint(row.Number, " ", strings.Join(cells, "|")))
	}
}

// beyond reads the rows that are within bounds, and tells of the others.
func beyond(t *testing.T, file []byte) (within, bad string) {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := f.Open(f.Sheets()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var numbers []int
	for {
		row, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Sprint(numbers), bad
		case err != nil:
			t.Fatal(err)
		case row.Bad != nil:
			bad += fmt.Sprint(row.Number, " ", row.Bad.Column, " ", row.Bad.ZH, row.Bad.EN)
		default:
			numbers = append(numbers, row.Number)
		}
	}
}

// One row beyond the bounds is refused alone, by its number and the bound.
func TestARowBeyondTheBoundsIsRefusedAlone(t *testing.T) {
	long := strings.Repeat("长", 50_000)
	text := func(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }
	sheet := `<worksheet><sheetData><row r="1">` + text("a") + text("b") + `</row><row r="2">` + text("1") + text(long) + text("x") + `</row><row r="3">` + text("2") + `</row></sheetData></worksheet>`
	for name, file := range map[string][]byte{
		"a text": []byte("a,b,c\n1," + long + ",x\n2,y\n"), "in quotes": []byte("a,b,c\n1,\"" + long + "\",x\n2,y\n"), "a workbook": bookOf(t, sheet, "", nil),
	} {
		if within, bad := beyond(t, file); within != "[1 3]" || !strings.HasPrefix(bad, "2 1 第 2 行 B 列") || !strings.Contains(bad, "128 KiB") {
			t.Errorf("%s: %s, %s", name, within, bad)
		}
	}
	wide := "a,b\n" + strings.Repeat("x,", 300) + "x\n" + strings.Repeat(",", 400) + "\n2,y\n" // empty cells behind the bound are none
	if within, bad := beyond(t, []byte(wide)); within != "[1 4]" || !strings.Contains(bad, "第 2 行超过 300 列") {
		t.Errorf("too wide: %s, %s", within, bad)
	}
}

func encoded(t *testing.T, text string, utf16 bool) []byte {
	t.Helper()
	e := simplifiedchinese.GB18030.NewEncoder()
	if utf16 {
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	}
	b, err := e.Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTextsAreReadAsSpreadsheetsSaveThem(t *testing.T) {
	const text = "编号,名称\r\n1,\"两行的\r\n名称\"\r\n\r\n3,\"带\"\"引号\"\"\"\r\n"
	want := "[1 编号|名称 2 1|两行的\n名称 4 3|带\"引号\"]"
	for name, file := range map[string][]byte{
		"UTF-8": []byte(text), "with a mark": []byte("\uFEFF" + text), "GB18030": encoded(t, text, false), "UTF-16 with tabs": encoded(t, strings.ReplaceAll(text, ",", "\t"), true),
		"semicolons": []byte(strings.ReplaceAll(text, ",", ";")), "old line ends": []byte(strings.ReplaceAll(text, "\r\n", "\r")), "told separator": []byte("sep=;\r\n" + strings.ReplaceAll(text, ",", ";")),
	} {
		got := fmt.Sprint(rows(t, file, ""))
		switch name {
		case "told separator":
			got = strings.NewReplacer("[2 ", "[1 ", " 3 1|", " 2 1|", " 5 3|", " 4 3|").Replace(got)
		case "old line ends":
			got = strings.ReplaceAll(got, "两行的名称", "两行的\n名称")
		}
		if got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := fmt.Sprint(rows(t, []byte("a,b\n=\"0012\",'=1+1\n"), "")); got != "[1 a|b 2 0012|=1+1]" {
		t.Errorf("what was kept from a spreadsheet: %s", got)
	}
	for name, file := range map[string]string{"a quote that is not closed": "a,b\n1,\"x\n2,y\n", "nothing": " \r\n ", "an old workbook": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "half an archive": "PK\x03\x04"} {
		if _, err := read([]byte(file), ""); !fault.FileRefused.Of(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatLooksLikeAFormulaIsHarmlessAndReadAgain(t *testing.T) {
	for _, s := range []string{"=1+1", "+86 24", "-10℃", "@名", "'引", "001234", "912101060000000000", "一般的文字", "12.5", "", "＝1", "\t缩进"} {
		written := Harmless(s)
		if s != "" && strings.ContainsAny(s[:1], "=+-@\t") && written[0] != '\'' {
			t.Errorf("%q is written as %q", s, written)
		}
		if got := Plain(written); got != s {
			t.Errorf("%q is read again as %q", s, got)
		}
	}
}

// book is a workbook of hand-written parts.
func bookOf(t *testing.T, sheet, workbook string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r">` + workbook + `<sheets><sheet name="说明" r:id="r9" state="hidden"/><sheet name="成果" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/><Relationship Id="r9" Target="/xl/worksheets/sheet9.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" formatCode="0.00&quot;万元&quot;"/><numFmt numFmtId="166" formatCode="0!.0,&quot;万元&quot;"/><numFmt numFmtId="167" formatCode="[DBNum1]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="57"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":     `<sst><si><t>共享文字</t></si><si><r><t>分</t></r><r><t>段</t></r><rPh><t>fenduan</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml": sheet, "xl/worksheets/sheet9.xml": `<worksheet><sheetData/></worksheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const cells = `<worksheet><sheetData><row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c></row><row r="7">` +
	`<c r="A7" s="1"><v>46082</v></c><c r="B7" s="2"><v>46082.5</v></c><c r="C7" s="3"><v>46082</v></c><c r="D7" s="4"><v>50</v></c><c r="E7" s="5"><v>1234567</v></c><c r="F7" s="6"><v>46082</v></c><c r="G7" s="7"><v>46082</v></c></row>` +
	`<row r="8"><c r="A8" t="e"><v>#N/A</v></c><c r="B8"><f>1+1</f></c><c r="C8" t="str"><f>A1</f><v>算好的</v></c><c r="D8" t="b"><v>1</v></c><c r="E8" t="inlineStr"><is><t>行内_x000D_文</t></is></c><c r="F8" s="1"/><c r="G8"><v>0.30000000000000004</v></c><c r="H8"><v>9.1210106E+17</v></c><c r="I8"><f>1+1</f><v></v></c><c r="J8" t="str"><f>A1</f></c><c r="K8" t="str"><f>A1</f><v></v></c><c r="L8"><v>1</v></c></row>` +
	`</sheetData>%s</worksheet>`

func TestCellsSayWhatTheirReadersSaw(t *testing.T) {
	got := fmt.Sprint(rows(t, bookOf(t, fmt.Sprintf(cells, ""), "", nil), ""))
	want := "[3 共享文字||分段 7 2026-03-01|2026-03-01|2026-03|50万元|1234567元|2026-03-01|2026-03 8 #N/A|公式没有保存结果|算好的|是|行内文||0.3|912101060000000000|公式没有保存结果|公式没有保存结果||1]"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := rows(t, bookOf(t, fmt.Sprintf(cells, ""), `<workbookPr date1904="1"/>`, nil), ""); !strings.HasPrefix(got[1], "7 2030-03-02|") {
		t.Errorf("in the date system of 1904: %s", got[1])
	}
	f, err := Open(bytes.NewReader(bookOf(t, cells, "", nil)), int64(len(bookOf(t, cells, "", nil))))
	if err != nil || fmt.Sprint(f.Sheets()) != "[成果]" {
		t.Errorf("%v, %v: a hidden sheet is not offered", f.Sheets(), err)
	}
}

func TestMergedCellsSayTheirTextInAllThatTheySpan(t *testing.T) {
	sheet := `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>学院</t></is></c><c r="B1" t="inlineStr"><is><t>经费</t></is></c></row><row r="2"><c r="B2" t="inlineStr"><is><t>最低</t></is></c><c r="C2" t="inlineStr"><is><t>最高</t></is></c></row>` +
		`<row r="3"><c r="A3" t="inlineStr"><is><t>材料</t></is></c><c r="B3"><v>1</v></c></row><row r="4"><c r="B4"><v>2</v></c></row></sheetData><mergeCells count="3"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/><mergeCell ref="A3:A4"/></mergeCells></worksheet>`
	if got := fmt.Sprint(rows(t, bookOf(t, sheet, "", nil), "")); got != "[1 学院|经费|经费 2 学院|最低|最高 3 材料|1 4 材料|2]" {
		t.Error(got)
	}
}

func TestWhatIsDamagedOrTooLargeIsRefused(t *testing.T) {
	whole := bookOf(t, fmt.Sprintf(cells, ""), "", nil)
	if _, err := read(whole[:len(whole)/2], ""); !fault.FileRefused.Of(err) {
		t.Errorf("half a workbook: %v", err)
	}
	got, err := read(bookOf(t, cells[:len(cells)-60], "", nil), "")
	if !fault.FileRefused.Of(err) || len(got) == 0 {
		t.Errorf("a sheet that ends in the middle: %v, %v", got, err)
	}
	wide := `<worksheet><sheetData><row r="1"><c r="ZZ1"><v>1</v></c></row></sheetData></worksheet>`
	if got, bad := beyond(t, bookOf(t, wide, "", nil)); got != "[]" || !strings.Contains(bad, "第 1 行超过 300 列") {
		t.Errorf("too wide: %s, %s", got, bad)
	}
	b := &bounded{strings.NewReader(strings.Repeat("x", 100)), 10}
	if _, err := io.ReadAll(b); !fault.FileRefused.Of(err) {
		t.Errorf("more than it said: %v", err)
	}
}

// What is no table is told by what it is, and a text in two encodings by where it changes.
func TestAFileOfAnotherKindIsToldByWhatItIs(t *testing.T) {
	archive := func(names ...string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			w, _ := z.Create(name)
			_, _ = w.Write([]byte("application/vnd.oasis.opendocument.spreadsheet"))
		}
		_ = z.Close()
		return b.String()
	}
	text := "编号,成果名称\n1,低温等离子体废气净化装置\n"
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("2,高强铝合金\n3,轴承\n")
	wide, _ := utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewEncoder().String(text)
	bare, _ := utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM).NewEncoder().String(text)
	bare16, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(text)
	for file, says := range map[string]string{
		"%PDF-1.7\n": "PDF", "\x89PNG\r\n\x1a\n": "图片", "<!DOCTYPE html><table><tr><td>编号": "网页", "{\\rtf1\\ansi": "RTF", archive("[Content_Types].xml", "word/document.xml"): "docx",
		archive("a.txt"): "压缩包", archive("mimetype", "content.xml"): "ods", wide: "UTF-32 编码", bare: "没有标记的 UTF-32", bare16: "UTF-16",
		text + gb: "第 3 行起像是 GB18030", "\uFEFF" + text + gb: "第 3 行起像是 GB18030", gb + text: "第 3 行起是 UTF-8",
	} {
		_, err := read([]byte(file), "")
		refused, is := fault.As(err)
		if !is || !fault.FileRefused.Of(err) || !strings.Contains(refused.Detail.ZH, says) || !strings.Contains(refused.Detail.ZH, ".xlsx") || !strings.Contains(refused.Detail.EN, "save") && !strings.Contains(refused.Detail.EN, "Save") {
			t.Errorf("%.20q: %v, want %s", file, err, says)
		}
	}
	// What is no text, and a text of UTF-8 in which no line is whole, is neither encoding: it is read as none.
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 20 {
		noise := make([]byte, 4096*(n+1))
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		noise[0] = 0x9d // no beginning that is known
		if _, err := read(noise, ""); !fault.FileRefused.Of(err) {
			t.Errorf("noise of %d: %v", len(noise), err)
		}
	}
	if _, err := read([]byte("编号,成果名称,低温\xe4\xbd等离子体"), ""); !fault.FileRefused.Of(err) || !strings.Contains(err.Error(), "第 1 行既不是 UTF-8") {
		t.Errorf("damaged: %v", err)
	}
	one, _ := simplifiedchinese.GB18030.NewEncoder().String("编号,名\n1,铝\n2,铜\n")
	if got := rows(t, []byte(one), ""); len(got) != 3 || got[1] != "2 1|铝" {
		t.Errorf("single characters: %q", got)
	}
	// A line that is damaged stands alone.
	if got := rows(t, []byte(text+"2,\xe4\xbd,x\n3,轴承\n"), ""); len(got) != 4 || got[3] != "4 3|轴承" {
		t.Errorf("%q", got)
	}
}

func TestAFormIsReadAsATable(t *testing.T) {
	form, err := Form("科技成果", []FormColumn{{Heading: "编号", Required: true, Example: "1"}, {Heading: "技术领域", Options: []string{"生物、医药和医疗器械", "农业"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(rows(t, form, "")); got != "[1 *编号|技术领域]" {
		t.Error(got)
	}
	f, err := Open(bytes.NewReader(form), int64(len(form)))
	if err != nil || fmt.Sprint(f.Sheets()) != "[科技成果 填写说明 示例]" {
		t.Errorf("%v %v", f.Sheets(), err)
	}
}

func TestABookIsReadAsItWasWritten(t *testing.T) {
	b, err := NewBook("成果", []float64{10, 10})
	if err != nil {
		t.Fatal(err)
	}
	for n, row := range [][]Cell{{{Text: "编号"}, {Text: "价格"}}, {{Text: "=1+1"}, {Text: "12.5", Kind: Number}}, {{Text: "001234567890123456"}, {Text: strings.Repeat("长", 40_000)}}} {
		if err := b.Row(n*2+1, row, n == 0); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out.Bytes(), []byte("<f>")) {
		t.Error("there is a formula in it")
	}
	got := rows(t, out.Bytes(), "")
	if fmt.Sprint(got[:2]) != "[1 编号|价格 3 =1+1|12.5]" || !strings.HasPrefix(got[2], "5 001234567890123456|长") {
		t.Errorf("%.200s", fmt.Sprint(got))
	}
}

// Whatever a file holds, it is read within bounds or refused; rows come in the order of their numbers.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("编号,名称\r\n1,\"两行\r\n名称\"\r\n"))
	f.Add([]byte("\xff\xfe1\x00,\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("sep=\n\"\"\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		in, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if !fault.FileRefused.Of(err) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, sheet := range in.Sheets() {
			r, _, err := in.Open(sheet)
			if err != nil {
				continue
			}
			for last := 0; ; {
				row, err := r.Next()
				if err != nil {
					break
				}
				if row.Number <= last || row.Empty() || len(row.Cells) > MaxColumns {
					t.Errorf("row %d after %d with %d cells", row.Number, last, len(row.Cells))
				}
				last = row.Number
			}
		}
	})
}

// A sheet of any XML does no harm.
func FuzzSheet(f *testing.F) {
	f.Add(fmt.Sprintf(cells, ""))
	f.Add(`<worksheet><sheetData><row r="-1"><c r="A99999999999"><v>1e999</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`)
	f.Fuzz(func(t *testing.T, sheet string) {
		_, _ = read(bookOf(t, sheet, "", nil), "")
	})
}

// In a long line of GB18030 a few characters look like UTF-8 by chance; that damages nothing.
func TestALongLineOfGB18030IsRead(t *testing.T) {
	const text = "合同登记编号,项目名称,合同类型,合同签订日期,登记日期,合同成交额（万元）,技术交易额（万元）,卖方名称,卖方统一社会信用代码,卖方行政区划,买方名称,买方行政区划,技术领域,登记机构\n2025,涂层\n"
	file := encoded(t, text, false)
	heading, _, _ := bytes.Cut(file, []byte("\n"))
	if wide(heading) < 2 {
		t.Fatal("nothing in the line looks like UTF-8")
	}
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := f.Open(f.Sheets()[0])
	if err != nil {
		t.Fatal(err)
	}
	if r, err := rows.Next(); err != nil || r.Cells[0].Text != "合同登记编号" || r.Cells[13].Text != "登记机构" {
		t.Errorf("read %+v: %v", r, err)
	}
}
