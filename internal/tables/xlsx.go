package tables

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jiebang/search/lines"
)

// book is a workbook.
type book struct {
	zip     *zip.Reader
	sheets  []sheet
	strings []string
	formats []format // of each style
	from    int      // the serial number's day 0, in days from 1899-12-30
}

type sheet struct {
	name   string
	part   string
	hidden bool
}

// openBook reads everything of a workbook but its sheets.
func openBook(r io.ReaderAt, size int64) (File, error) {
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, refuse("工作簿不完整或已损坏，请重新保存后再导入。", "The workbook is not whole or damaged; save it anew.")
	}
	b := &book{zip: z}
	names := map[string]string{}
	if err := b.relations(names); err != nil {
		return nil, err
	}
	if err := b.index(names); err != nil {
		return nil, err
	}
	if len(b.sheets) == 0 {
		if k, other := b.other(); other {
			return nil, noTable(k)
		}
		return nil, refuse("文件中没有工作表，请用 .xlsx 工作簿。", "There is no sheet in it; take an .xlsx workbook.")
	}
	if err := b.styles(); err != nil {
		return nil, err
	}
	return b, b.shared()
}

// other tells what an archive is that is no workbook.
func (b *book) other() (lines.Kind, bool) {
	var names strings.Builder
	for _, f := range b.zip.File {
		names.WriteString(f.Name + "\n")
		if f.Name == "mimetype" && f.UncompressedSize64 < 200 { // of OpenDocument
			if in, err := f.Open(); err == nil {
				said, _ := io.ReadAll(io.LimitReader(in, 200))
				names.Write(said)
				_ = in.Close()
			}
		}
	}
	if names.Len() == 0 || strings.Contains(names.String(), "xl/workbook.xml") {
		return lines.Kind{}, false
	}
	return lines.Archive([]byte(names.String())), true
}

// part opens a part of the workbook within bounds; nil where there is none.
func (b *book) part(name string) (io.ReadCloser, error) {
	for _, f := range b.zip.File {
		if !strings.EqualFold(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"), name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return nil, refuse("工作簿已损坏，或被加密。", "The workbook is damaged, or encrypted.")
		}
		return struct {
			io.Reader
			io.Closer
		}{&bounded{in, maxPart}, in}, nil
	}
	return nil, nil
}

// bounded refuses to unpack more than so much: what a directory says of sizes is not believed.
type bounded struct {
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, refuse("工作簿解压后过大。", "The workbook is too large once it is unpacked.")
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// each calls fn for every start of an element in a small part.
func (b *book) each(name string, fn func(e xml.StartElement) error) error {
	in, err := b.part(name)
	if err != nil || in == nil {
		return err
	}
	defer func() { _ = in.Close() }()
	d := xml.NewDecoder(in)
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return damaged(err)
		}
		if e, is := token.(xml.StartElement); is {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}

// damaged is what a part that is no XML tells; a refusal from below stays what it is.
func damaged(err error) error { return broken(0, err) }

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (b *book) relations(names map[string]string) error {
	return b.each("xl/_rels/workbook.xml.rels", func(e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			target := attribute(e, "Target")
			if rest, absolute := strings.CutPrefix(target, "/"); absolute {
				target = rest
			} else {
				target = path.Join("xl", target)
			}
			names[attribute(e, "Id")] = target
		}
		return nil
	})
}

func (b *book) index(names map[string]string) error {
	return b.each("xl/workbook.xml", func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if on := attribute(e, "date1904"); on == "1" || on == "true" {
				b.from = 1462
			}
		case "sheet":
			part := names[attribute(e, "id")]
			if strings.Contains(part, "worksheets/") || part != "" && !strings.Contains(part, "sheets/") {
				state := attribute(e, "state")
				b.sheets = append(b.sheets, sheet{attribute(e, "name"), part, state == "hidden" || state == "veryHidden"})
			}
		}
		return nil
	})
}

// shared reads the texts that the sheets refer to. What is only a reading aid beside them (rPh) is left out.
func (b *book) shared() error {
	in, err := b.part("xl/sharedStrings.xml")
	if err != nil || in == nil {
		return err
	}
	defer func() { _ = in.Close() }()
	d := xml.NewDecoder(bufio.NewReaderSize(in, 256<<10))
	var one strings.Builder
	inText, aid, total := false, false, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return damaged(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				one.Reset()
			case "t":
				inText = !aid
			case "rPh":
				aid = true
			}
		case xml.CharData:
			if inText {
				one.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				aid = false
			case "si":
				if total += one.Len(); total > maxStrings {
					return refuse("工作簿中的文字过多，请拆成几个文件。", "The workbook holds too much text; split it.")
				}
				b.strings = append(b.strings, unescaped(one.String()))
			}
		}
	}
}

var escape = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescaped reads the way in which workbooks write characters that XML cannot hold.
func unescaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escape.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 16)
		switch {
		case err != nil:
			return m
		case n == '\r':
			return ""
		}
		return string(rune(n))
	})
}

func (b *book) Sheets() []string {
	var out []string
	for _, s := range b.sheets {
		if !s.hidden {
			out = append(out, s.name)
		}
	}
	return out
}

func (b *book) find(name string) (sheet, bool) {
	for _, s := range b.sheets {
		if s.name == name {
			return s, true
		}
	}
	return sheet{}, false
}

// Open begins to read a sheet. Which cells are merged stands behind the cells, so that it is looked for first.
func (b *book) Open(name string) (Rows, int, error) {
	s, found := b.find(name)
	if !found {
		return nil, 0, refuse("没有名为“%[1]s”的工作表；有：%[2]s。", "There is no sheet called “%[1]s”; there are: %[3]s.", name, strings.Join(b.Sheets(), "、"), strings.Join(b.Sheets(), ", "))
	}
	in, err := b.part(s.part)
	if err != nil {
		return nil, 0, err
	}
	if in == nil {
		return nil, 0, refuse("工作表“%[1]s”的内容缺失。", "The content of the sheet “%[1]s” is missing.", name)
	}
	about, merges, err := survey(in)
	_ = in.Close()
	if err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(merges, func(a, b merge) int { return a.fromRow - b.fromRow })
	if in, err = b.part(s.part); err != nil {
		return nil, 0, err
	}
	return &bookRows{book: b, in: in, xml: xml.NewDecoder(bufio.NewReaderSize(in, 256<<10)), merges: merges}, about, nil
}
