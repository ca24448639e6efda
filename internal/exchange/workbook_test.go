package exchange

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/needs"
	"jiebang/internal/results"
	"jiebang/internal/tables"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// told reads the workbook of an import's file in which each row with an outcome says its number.
func told(c *casttest.Cast, s *Service, imp *Import, file string, rows ...int) string {
	c.Helper()
	by := map[int]RowOutcome{}
	for _, n := range rows {
		by[n] = RowOutcome{Row: n, Outcome: string(listing.Refused), Problems: []RowProblem{{ZH: fmt.Sprintf("行 %d", n)}}}
	}
	var out bytes.Buffer
	c.Must(s.writeRows(c.Unit.Query(c.Context()), &out, imp, by, &upload{ReaderAt: strings.NewReader(file), size: int64(len(file))}))
	book, err := tables.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	c.Must(err)
	in, _, err := book.Open(book.Sheets()[0])
	c.Must(err)
	var all []string
	for {
		r, err := in.Next()
		if err != nil {
			return strings.Join(all, " / ")
		}
		var cells []string
		for _, cell := range r.Cells {
			cells = append(cells, cell.Text)
		}
		all = append(all, fmt.Sprint(r.Number, ":", strings.Join(cells, "|")))
	}
}

func TestTheWorkbookOfAnImportSaysItBesideTheRowMeant(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil)
		o := c.Organization("盛北理工大学", "university", "210112")
		imp := begun(c, s, o)

		// Lines stand one row further down, below the names of their members.
		got := told(c, s, imp, "{\"id\":\"a\",\"title\":\"甲项\"}\n{\"id\":\"b\",\"title\":\"乙项\"}\n", 1, 2)
		for _, want := range []string{"2:a|甲项|", "|有误|行 1 / 3:b|乙项|", "|有误|行 2"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in %s", want, got)
			}
		}

		// Headings that only the owner's saved mapping knows are found here as they were when it ran.
		c.Must(c.DB.Writer.Create(&Mapping{OwnerID: o.ID, Kind: "result", Headings: map[string]string{"登记码": "id", "叫什么": "title"}, UpdatedAt: time.Now()}).Error)
		if got, want := told(c, s, imp, "成果一览,\n登记码,叫什么\nA-1,甲项\n", 3), "1:成果一览 / 2:登记码|叫什么|导入结果|错误说明 / 3:A-1|甲项|有误|行 3"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		// Without any it is shown as it is.
		if got, want := told(c, s, imp, "什么,别的\n甲,乙\n"), "1:什么|别的 / 2:甲|乙"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestAPackedFileThatIsBrokenIsRefused(t *testing.T) {
	file := "\x1f\x8b not packed"
	_, err := openSource(strings.NewReader(file), int64(len(file)), newHeadings(newResults(results.New(&work.Unit{})).fields()), Layout{})
	if err = asRefusal(err); !fault.FileRefused.Of(err) {
		t.Errorf("%v", err)
	}
}
