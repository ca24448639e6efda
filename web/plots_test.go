package web_test

import (
	"encoding/csv"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

var (
	tableOf = regexp.MustCompile(`(?s)<figure class="plotted" id="plot-months">.*?<tbody>(.*?)</tbody>`)
	rowOf   = regexp.MustCompile(`(?s)<tr>(.*?)</tr>`)
	cellOf  = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
	exactOf = regexp.MustCompile(`<data value="([^"]*)"`)
)

// The figures of a plot are the same in its table and in its file, in both languages, and a month whose contracts are not shown is told as such and
// is 0 in neither.
func TestPlotsTellTheirFigures(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	for language, gap := range map[string]string{"zh": "未单独公布", "en": "not shown separately"} {
		r := p.reader("")
		shown := r.get("/turnover?year=2026&lang=" + language)
		table := tableOf.FindStringSubmatch(shown.Text)
		if table == nil {
			t.Fatal("the months have no table")
		}
		var want [][]string
		gaps := 0
		for _, row := range rowOf.FindAllStringSubmatch(table[1], -1) {
			var line []string
			for i, cell := range cellOf.FindAllStringSubmatch(row[1], -1)[:3] {
				text := strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(cell[1], "")))
				exact := exactOf.FindStringSubmatch(cell[1])
				switch {
				case i == 0:
				case exact != nil:
					text = exact[1]
				default:
					if text == gap {
						gaps++
					}
					text = ""
				}
				line = append(line, text)
			}
			want = append(want, line)
		}
		if len(want) != 12 || gaps == 0 {
			t.Errorf("%s: %d months, of which %d are not shown: %s", language, len(want), gaps, shown.Text)
		}
		file := r.get("/plots/months.csv?year=2026")
		if file.Status != http.StatusOK || file.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Fatalf("the file: %d %v", file.Status, file.Header)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Text, "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for _, row := range rows[1:] {
			got = append(got, row[:3])
			if row[1] == "" && !strings.HasSuffix(row[0], "-12") && !strings.Contains(row[3], gap) {
				t.Errorf("%s: nothing tells why %s is empty: %q", language, row[0], row)
			}
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Errorf("%s: the file has %q, the table %q", language, got, want)
		}
	}
	r := p.reader("")
	if got := r.get("/plots/nothing.csv"); got.Status != http.StatusNotFound {
		t.Errorf("a plot that there is not: %d", got.Status)
	}
	if strings.Contains(r.get("/").Text, "echarts") {
		t.Error("the first page loads what draws plots, and has none")
	}
	// 14 of 20 contracts are 70 %, and what is missing is told in contracts.
	if list := r.get("/indicators?year=2026&lang=zh").Text; !strings.Contains(list, "还差 6 份") || !strings.Contains(list, "不公开，仅运营方可见") {
		t.Errorf("the indicators do not say what is missing, or what is not public: %s", plain(list))
	}
}

// A browser draws every plot of a page and makes its pictures, and nothing that it does on the way is refused by the pages' policy.
func TestPlotsAreDrawn(t *testing.T) {
	b := newBrowser(t)
	p := newPortal(t, dbtest.New(t, db.SQLite))
	b.look(p, "/turnover", views[0].width, views[0].language)
	if drawn, there := evaluate[int](b, `document.querySelectorAll(".canvas.drawn canvas").length`), evaluate[int](b, `document.querySelectorAll("figure.plotted").length`); there == 0 || drawn != there {
		t.Errorf("%d of %d plots are drawn", drawn, there)
	}
	if buttons := evaluate[int](b, `[...document.querySelectorAll(".files button")].map(x => x.click()).length`); buttons != 12 {
		t.Errorf("%d pictures can be had", buttons)
	}
	for _, fault := range b.wrong() {
		t.Error(fault)
	}
}

// The funnel tells each step beside its drawing, the same in its file, in both languages; a step that is not told is no 0, and a broker's own is for
// that broker alone.
func TestTheFunnelHasAPage(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	for language, word := range map[string]string{"zh": "已发布", "en": "Published"} {
		shown := p.reader("").get("/funnel?year=2026&by=chain&lang=" + language)
		shown.want(t, http.StatusOK, word, `id="plot-funnel"`, `href="/docs/indicators"`)
		if !strings.Contains(shown.Text, "/plots/funnel.csv?year=2026") {
			t.Errorf("no file: %s", shown.Text)
		}
	}
	file := p.reader("").get("/plots/funnel.csv?year=2026&lang=zh")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Text, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%v: %s", err, file.Text)
	}
	for _, row := range rows[1:] {
		if row[1] == "" && !strings.Contains(row[2], "未单独公布") {
			t.Errorf("nothing tells why %q is empty", row)
		}
	}
	if shown := p.reader("").get("/funnel?year=2026&lang=en"); strings.Contains(shown.Text, "Challenges</th>") || !strings.Contains(shown.Text, "Results and needs</th>") {
		t.Errorf("it counts something else: %s", shown.Text)
	}
	broker := p.reader("gu.yanxi")
	of := regexp.MustCompile(`<option value="([0-9a-f-]{36})"`).FindStringSubmatch(broker.get("/funnel?year=2026").Text)
	if of == nil {
		t.Fatal("a broker cannot ask for their own")
	}
	broker.get("/funnel?year=2026&by=kind&broker_id="+of[1]).want(t, http.StatusOK, "/v1/funnel?broker_id="+of[1]+"&amp;group_by=kind&amp;year=2026")
	if got := p.reader("").get("/funnel?broker_id=0190b2a4-0000-7000-8000-000000000001"); got.Status == http.StatusOK {
		t.Error("a visitor reads a broker's")
	}
}

// Strangers find brokers, and read of one what the register says and what they led to; search engines are told of them.
func TestBrokersHavePages(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	list := p.reader("").get("/brokers?lang=zh")
	list.want(t, http.StatusOK, "在册的技术经纪人")
	p.reader("").get("/brokers?level=senior&region=210100&lang=en").want(t, http.StatusOK, "Technology brokers")
	of := regexp.MustCompile(`href="(/brokers/[0-9a-f-]{36})"`).FindStringSubmatch(list.Text)
	if of == nil {
		t.Fatalf("nobody is listed: %s", list.Text)
	}
	p.reader("").get(of[1]+"?lang=zh").want(t, http.StatusOK, "入册日期", "促成的登记合同")
	p.reader("").get("/sitemap/brokers").want(t, http.StatusOK, of[1])
	if got := p.reader("").get("/brokers/0190b2a4-0000-7000-8000-000000000001"); got.Status != http.StatusNotFound {
		t.Errorf("one who is not there: %d", got.Status)
	}
}
