// Package paper makes printable pages (PDF) with Chinese text: titles, lines of label and value, tables, codes for cameras. It knows nothing of what
// they say. The font, Noto Sans SC (Copyright 2014-2021 Adobe, SIL Open Font License 1.1, font/OFL.txt), comes with the program, so that a
// page looks the same everywhere and its text can be copied from it; a page holds only the characters that it uses.
package paper

import (
	"bytes"
	_ "embed"
	"fmt"
	"image"
	"strings"
	"sync"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/signintech/gopdf"
)

//go:embed font/NotoSansSC-Regular.ttf
var fontData []byte

// missing stands for a character that the font does not have, so that it is seen that there is one.
const missing = '〓'

// container is the font, read once.
var container = sync.OnceValues(func() (*gopdf.FontContainer, error) {
	c := &gopdf.FontContainer{}
	return c, c.AddTTFFontDataWithOption(family, fontData, gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(rune) rune { return missing }})
})

const (
	family = "noto"
	margin = 56.0 // points
	width  = 595.28 - 2*margin
	bottom = 841.89 - margin
)

// Paper is a document under way, in pages of A4. Its first error is told by Bytes; what is written after it is lost.
type Paper struct {
	pdf gopdf.GoPdf
	y   float64
	err error
}

// New begins a paper. Its bytes depend on what is written alone: it carries no time of its making.
func New(title string) *Paper {
	p := &Paper{}
	p.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	p.pdf.SetInfo(gopdf.PdfInfo{Title: title})
	c, err := container()
	if err == nil {
		err = p.pdf.AddTTFFontFromFontContainer(family, c)
	}
	p.err = err
	p.page()
	return p
}

func (p *Paper) page() {
	p.pdf.AddPage()
	p.y = margin
}

// do writes unless something failed before.
func (p *Paper) do(fn func() error) {
	if p.err == nil {
		p.err = fn()
	}
}

// lines parts a text at its line ends and where the width of a column ends.
func (p *Paper) lines(text string, size, wide float64) []string {
	var out []string
	p.do(func() error { return p.pdf.SetFont(family, "", size) })
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		p.do(func() error {
			parts, err := p.pdf.SplitTextWithWordWrap(line, wide)
			out = append(out, parts...)
			return err
		})
	}
	return out
}

// write puts lines below each other at x, in a column so wide.
func (p *Paper) write(lines []string, x, y, size, wide float64, align int) {
	for i, line := range lines {
		p.do(func() error {
			if err := p.pdf.SetFont(family, "", size); err != nil {
				return err
			}
			p.pdf.SetXY(x, y+float64(i)*leading(size))
			return p.pdf.CellWithOption(&gopdf.Rect{W: wide, H: leading(size)}, line, gopdf.CellOption{Align: align | gopdf.Middle})
		})
	}
}

// leading is from one line to the next.
func leading(size float64) float64 { return size * 1.5 }

// room begins another page where so much has no place on this one.
func (p *Paper) room(high float64) {
	if p.y+high > bottom {
		p.page()
	}
}

// Title writes a heading in the middle.
func (p *Paper) Title(text string) { p.centred(text, 20) }

// Subtitle writes a smaller heading in the middle.
func (p *Paper) Subtitle(text string) { p.centred(text, 11) }

func (p *Paper) centred(text string, size float64) {
	lines := p.lines(text, size, width)
	p.room(float64(len(lines)) * leading(size))
	p.write(lines, margin, p.y, size, width, gopdf.Center)
	p.y += float64(len(lines))*leading(size) + size*0.4
}

// Text writes a paragraph.
func (p *Paper) Text(text string) {
	const size = 10
	for _, line := range p.lines(text, size, width) {
		p.room(leading(size))
		p.write([]string{line}, margin, p.y, size, width, gopdf.Left)
		p.y += leading(size)
	}
	p.y += 4
}

// Row writes cells of a table beside each other, each in its part of the width; parts are any numbers. A row stays on one page.
func (p *Paper) Row(parts []float64, cells ...string) {
	const size, pad = 10, 4
	sum := 0.0
	for _, part := range parts {
		sum += part
	}
	high := 0.0
	texts := make([][]string, len(cells))
	for i, cell := range cells {
		texts[i] = p.lines(cell, size, width*parts[i]/sum-2*pad)
		high = max(high, float64(max(len(texts[i]), 1))*leading(size)+2*pad)
	}
	p.room(high)
	x := margin
	for i := range cells {
		wide := width * parts[i] / sum
		p.pdf.SetLineWidth(0.5)
		p.pdf.RectFromUpperLeftWithStyle(x, p.y, wide, high, "D")
		p.write(texts[i], x+pad, p.y+pad, size, wide-2*pad, gopdf.Left)
		x += wide
	}
	p.y += high
}

// Code draws a code for cameras, so many points wide, at the left; beside is written to its right. A code holds an address in ASCII.
func (p *Paper) Code(address string, side float64, beside string) {
	p.y += 8
	p.room(side)
	p.do(func() error {
		for i := range len(address) {
			if address[i] < 0x21 || address[i] > 0x7e {
				return fmt.Errorf("paper: %q is no address in ASCII", address)
			}
		}
		code, err := qr.Encode(address, qr.M, qr.Auto)
		if err != nil {
			return err
		}
		const quiet, dot = 4, 6 // the standard's quiet zone, in modules; pixels of each
		modules := code.Bounds().Dx()
		scaled, err := barcode.Scale(code, modules*dot, modules*dot)
		if err != nil {
			return err
		}
		img := image.NewGray(image.Rect(0, 0, (modules+2*quiet)*dot, (modules+2*quiet)*dot))
		for i := range img.Pix {
			img.Pix[i] = 0xff
		}
		for y := range modules * dot {
			for x := range modules * dot {
				img.Set(x+quiet*dot, y+quiet*dot, scaled.At(x, y))
			}
		}
		return p.pdf.ImageFrom(img, margin, p.y, &gopdf.Rect{W: side, H: side})
	})
	p.write(p.lines(beside, 10, width-side-16), margin+side+16, p.y+12, 10, width-side-16, gopdf.Left)
	p.y += side + 8
}

// Bytes ends the paper.
func (p *Paper) Bytes() ([]byte, error) {
	if p.err != nil {
		return nil, fmt.Errorf("paper: %w", p.err)
	}
	var out bytes.Buffer
	_, err := p.pdf.WriteTo(&out)
	return out.Bytes(), err
}
