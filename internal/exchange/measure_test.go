package exchange

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiebang/internal/casttest"
	"jiebang/internal/needs"
	"jiebang/internal/results"
	"jiebang/internal/tables"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// TestMeasure tells how fast 20,000 rows of a workbook come in on each database, beside excelize reading the same file alone in the same run:
//
//	JIEBANG_MEASURE=1 go test ./internal/exchange -run Measure -v
func TestMeasure(t *testing.T) {
	if os.Getenv("JIEBANG_MEASURE") == "" {
		t.Skip("a measurement: set JIEBANG_MEASURE")
	}
	const rows = 20_000
	file := workbook(t, rows)
	casttest.Each(t, func(c *casttest.Cast) {
		s := New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil)
		o := c.Organization("盛北理工大学", "university", "210112")
		begin := time.Now()
		f, err := excelize.OpenReader(bytes.NewReader(file))
		c.Must(err)
		in, err := f.Rows("成果")
		c.Must(err)
		n := 0
		for in.Next() {
			_, err := in.Columns()
			c.Must(err)
			n++
		}
		c.Must(f.Close())
		alone := time.Since(begin)
		runtime.GC()
		var idle, now runtime.MemStats
		runtime.ReadMemStats(&idle)
		var peak atomic.Uint64
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(100 * time.Millisecond):
					runtime.ReadMemStats(&now)
					peak.Store(max(peak.Load(), now.HeapInuse))
				}
			}
		}()
		for _, what := range []string{"new", "unchanged"} {
			imp := begun(c, s, o)
			begin = time.Now()
			c.Must(goes(c.Context(), s, imp, o.Editor, file))
			took := time.Since(begin)
			t.Logf("%s, %s: %d rows in %.1f s, %.0f rows/s; excelize reads its %d rows alone in %.1f s: %.2f times; peak of the heap %d MB above idle; %+v", c.DB.Dialect, what, rows, took.Seconds(), rows/took.Seconds(),
				n, alone.Seconds(), took.Seconds()/alone.Seconds(), (int64(peak.Load())-int64(idle.HeapInuse))>>20, imp.Progress)
		}
		close(stop)
	})
}

// workbook is one of so many rows with thirteen columns.
func workbook(t *testing.T, rows int) []byte {
	t.Helper()
	k := newResults(results.New(&work.Unit{}))
	b, err := tables.NewBook("成果", []float64{10})
	if err != nil {
		t.Fatal(err)
	}
	var heads []tables.Cell
	for _, f := range k.fields() {
		heads = append(heads, tables.Cell{Text: f.Heading})
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(b.Row(1, heads, true))
	for i := range rows {
		texts := []string{fmt.Sprintf("C-%05d", i), fmt.Sprintf("第 %d 项低温等离子体装置", i), strings.Repeat("采用介质阻挡放电产生低温等离子体，去除率不低于九成五。", 4), "废气；等离子体", "环境保护与资源综合利用", "", "6",
			"普通许可；合作开发", "喷涂、印刷等行业", "能耗低", "50-100万元", "可转化", "", ""}
		cells := make([]tables.Cell, len(texts))
		for j, s := range texts {
			cells[j].Text = s
		}
		must(b.Row(i+2, cells, false))
	}
	var out bytes.Buffer
	must(b.Write(&out))
	return out.Bytes()
}
