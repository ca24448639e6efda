package tables

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// format is what a number format shows besides the digits.
type format struct {
	date  bool
	month bool   // a date without its day
	unit  string // of an amount: 万元
}

// builtIn are the dates among the formats that have a number and no text. 27 to 36 and 50 to 58 are those of the Chinese spreadsheet.
func builtIn(n int) format {
	switch {
	case n >= 14 && n <= 16, n == 22, n >= 28 && n <= 31, n == 36, n >= 50 && n <= 54, n == 58:
		return format{date: true}
	case n == 17, n == 27, n == 57:
		return format{date: true, month: true}
	}
	return format{} // also times of the day: 18 to 21, 32 to 35, 45 to 47, 55 and 56
}

var (
	literal  = regexp.MustCompile(`"([^"]*)"`)
	bracket  = regexp.MustCompile(`\[[^\]]*\]`)
	escaped  = regexp.MustCompile(`\\.|_.|\*.`)
	unitText = regexp.MustCompile(`(亿元|千万元|百万元|万元|千元|元|亿|万)\s*$`)
)

// formatOf reads the text of a number format. One that shows an amount divided (0!.0,"万元") shows the yuan that are stored.
func formatOf(code string) format {
	code, _, _ = strings.Cut(code, ";")
	code = bracket.ReplaceAllString(code, "")
	bare := strings.ToLower(escaped.ReplaceAllString(literal.ReplaceAllString(code, ""), ""))
	bare = strings.NewReplacer("am/pm", "", "上午/下午", "", "general", "", "年", "", "月", "", "日", "").Replace(bare)
	if strings.Contains(bare, "y") || strings.Contains(bare, "d") || strings.Contains(bare, "e") && strings.Contains(bare, "m") && !strings.ContainsAny(bare, "0#") {
		return format{date: true, month: !strings.Contains(bare, "d")}
	}
	shown := strings.NewReplacer(`"`, "", `\`, "", "_ ", "").Replace(code)
	if unit := unitText.FindStringSubmatch(strings.TrimSpace(shown)); unit != nil {
		digits := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(shown), unit[0]))
		if strings.Contains(digits, "!") || strings.HasSuffix(digits, ",") || strings.Contains(digits, ",,") {
			return format{unit: "元"}
		}
		return format{unit: unit[1]}
	}
	return format{}
}

// styles reads which format each style has.
func (b *book) styles() error {
	codes := map[int]string{}
	inCells := false
	return b.each("xl/styles.xml", func(e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if n, err := strconv.Atoi(attribute(e, "numFmtId")); err == nil {
				codes[n] = attribute(e, "formatCode")
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs", "tableStyles":
			inCells = false
		case "xf":
			if !inCells {
				return nil
			}
			n, _ := strconv.Atoi(attribute(e, "numFmtId"))
			f := builtIn(n)
			if code, own := codes[n]; own {
				f = formatOf(code)
			}
			b.formats = append(b.formats, f)
		}
		return nil
	})
}

func (b *book) format(style string) format {
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(b.formats) {
		return b.formats[n]
	}
	return format{}
}
