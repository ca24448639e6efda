package exchange_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/exchange"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	filelines "jiebang/search/lines"
)

type house struct {
	*casttest.Cast
	results *results.Service
	options exchange.ResultImport
}

func setUp(c *casttest.Cast) house {
	o := c.Organization("盛北理工大学", "university", "210112")
	return house{Cast: c, results: results.New(c.Unit), options: exchange.ResultImport{
		Owner: o.ID, Submitter: o.Editor.Actor, Publisher: o.Second.Actor, Scheme: "test", Field: "environment", DeriveTitles: true,
	}}
}

func (h house) run(text string) (exchange.Report, error) {
	service := exchange.New(h.Unit, nil, nil, h.results, needs.New(h.Unit), teams.New(h.Unit), nil)
	return service.Results(h.Context(), strings.NewReader(text), h.options, func(exchange.Report) {})
}

func (h house) published() (n int64) {
	h.Helper()
	if err := h.DB.Reader.Model(&results.Result{}).Where("state = ?", results.Published).Count(&n).Error; err != nil {
		h.Fatal(err)
	}
	return n
}

func lines(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, `{"id":"d%05d","title":"第 %d 项成果","abstract":"低温等离子体废气净化装置，去除率百分之九十五。","keywords":["废气"]}`+"\n", i, i)
	}
	return b.String()
}

func TestAnImportCanBeRunTwiceAndGoesOnWhereItStopped(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		first, err := h.run(lines(0, 250)) // more than one batch
		if err != nil || first.Created != 250 || first.Published != 250 || len(first.Refused) != 0 {
			t.Fatalf("%+v %v", first, err)
		}
		second := h.options.Publisher
		h.options.Publisher = policy.Actor{}
		if r, err := h.run(lines(250, 260)); err != nil || r.Created != 10 || r.Published != 0 {
			t.Fatalf("without a publisher: %+v %v", r, err)
		}
		h.options.Publisher = second
		again, err := h.run(lines(0, 270))
		if err != nil || again.Created != 10 || again.Known != 260 || again.Published != 20 {
			t.Errorf("again: %+v %v", again, err)
		}
		if n := h.published(); n != 270 {
			t.Errorf("%d are published", n)
		}
	})
}

func TestWrongLinesAreNamedAndTheOthersGoIn(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		text := "\uFEFF" + lines(0, 1) + // a mark at the beginning is no character
			"not json\n" +
			"\n" +
			`{"id":"","title":"没有编号","abstract":"一段足够长的公开摘要。"}` + "\n" +
			`{"id":"x1","title":"短","abstract":"短"}` + "\n" +
			`{"id":"x2","title":"领域不对","abstract":"一段足够长的公开摘要。","field":"magic"}` + "\n" +
			"{\"id\":\"x3\",\"title\":\"\xff\"}\n" +
			`{"id":"x4","abstract":"没有标题的成果取摘要首句为题。后面还有一句。"}` + "\n"
		r, err := h.run(text)
		if err != nil {
			t.Fatal(err)
		}
		var where []int
		for _, e := range r.Refused {
			where = append(where, e.Line)
		}
		if fmt.Sprint(where) != "[2 4 5 6 7]" || r.Created != 2 || r.TitlesDerived != 1 {
			t.Errorf("refused %v, %+v", r.Refused, r)
		}
		var titles []string
		if err := h.DB.Reader.Model(&results.Result{}).Order("id").Pluck("title", &titles).Error; err != nil {
			t.Fatal(err)
		}
		if len(titles) != 2 || titles[1] != "没有标题的成果取摘要首句为题" {
			t.Errorf("titles %q", titles)
		}
	})
}

func TestALineThatComesTwiceIsOneResult(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		r, err := h.run(lines(0, 1) + lines(0, 2))
		if err != nil || r.Created != 2 || r.Known != 1 || r.Published != 2 || h.published() != 2 {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestWhatAFileHasNoPlaceForIsNotDroppedInSilence(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	r, err := h.run(`{"id":"a","title":"一种装置","abstract":"一段足够长的公开摘要。","patents":"ZL1"}` + "\n" +
		`{"id":"b","id":"c","title":"一种装置","abstract":"一段足够长的公开摘要。"}` + "\n" +
		`{"id":"d","title":"一种装置","abstract":"一段足够长的公开摘要。","discipline":"环境科学"}` + "\n")
	if err != nil || len(r.Refused) != 2 || r.Created != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestACompressedFileIsReadAsItIs(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(lines(0, 3))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err := h.run(b.String()); err != nil || r.Created != 3 {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := h.run(b.String()[:b.Len()/2]); err == nil {
		t.Error("half a file went through")
	}
}

func TestAFileOfAnotherKindIsOneError(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	for _, text := range []string{strings.Repeat("a,b,c\n", 2000), "[" + lines(0, 2) + "]", "PK\x03\x04", ""} {
		var kind *filelines.KindError
		if r, err := h.run(text); !errors.As(err, &kind) || r.Created != 0 || len(r.Refused) != 0 {
			t.Errorf("%.10q: %+v %v", text, r, err)
		}
	}
	r, err := h.run(lines(0, 1) + strings.Repeat("a,b,c\n", 2000))
	if !errors.Is(err, exchange.ErrTooManyRefused) || r.Created != 1 {
		t.Errorf("%d created, %v", r.Created, err)
	}
}

func TestEachWrongRowSaysWhichMemberAndWhatIsWanted(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	const good = `"title":"一种装置","abstract":"一段足够长的公开摘要。"`
	for line, want := range map[string]string{
		`{"id":"a","title":7,"abstract":"一段足够长的公开摘要。"}`:     "/title wrong_type: 须为字符串",
		`{"id":"a","title":"一种装置","abstract":"短"}`:          "/abstract too_short: 至少 10",
		`{"title":"一种装置","abstract":"一段足够长的公开摘要。"}`:         "/id required: 每行须有编号",
		`{"id":"a",` + good + `,"trl":"十级"}`:                "/trl out_of_range: 技术成熟度为 1 至 9",
		`{"id":"a",` + good + `,"trl":12}`:                  "/trl out_of_range: 技术成熟度",
		`{"id":"a",` + good + `,"price":"-10万元"}`:           "/price bad_amount: 读不出金额“-10万元”：金额不能为负数",
		`{"id":"a",` + good + `,"price":"1.234"}`:           "/price bad_amount: 读不出金额“1.234”：金额最小到分",
		`{"id":"a",` + good + `,"price":"一百来万"}`:            "/price bad_amount: 读不出金额",
		`{"id":"a",` + good + `,"price":"20-10万元"}`:         "/price bad_amount: 读不出金额",
		`{"id":"a",` + good + `,"keywords":{"a":1}}`:        "/keywords wrong_type: 须为字符串的数组",
		`{"id":"a",` + good + `,"keywords":["a\u0000"]}`:    "/keywords/0 bad_characters: 第 2 个字符（U+0000）是控制字符",
		`{"id":"a",` + good + `,"field":"magic"}`:           "/field not_allowed: 没有“magic”这一项，取值应为：电子信息（electronics）、",
		`{"id":"a",` + good + `,"transfer_modes":["sell"]}`: "/transfer_modes/0 not_allowed: 没有“sell”这一项，取值应为：转让（assignment）、",
		`{"id":"a",` + good + `,"colour":"red"}`:            "/colour unknown: 没有这一项；可用的有：id, title",
		`{"id":"a","id":"b",` + good + `}`:                  "/id duplicate: 同一行中名称重复",
		`{"id":"a\u200bb",` + good + `}`:                    "/id bad_characters: 第 2 个字符",
		`{"id":"a\u2800b",` + good + `}`:                    "/id bad_characters: 第 2 个字符",
		`{"id":"a\u200b\u202e",` + good + `}`:               "/id bad_characters: 第 2 个字符",
		`{"id":"a",` + good + `,"application":"\u200b"}`:    "/application invisible",
		`["a","b"]`:                       "wrong_type: 须为 JSON 对象",
		`{"id":"a","title":"一种装置`:         "syntax: 第",
		"{\"id\":\"a\xff\"," + good + "}": "bad_characters: 第",
	} {
		r, err := h.run(lines(0, 1) + line + "\n")
		if err != nil || len(r.Refused) != 1 {
			t.Errorf("%s: %+v %v", line, r, err)
			continue
		}
		if got := r.Refused[0].Error(); !strings.HasPrefix(got, "第 2 行 line 2: ") || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

func TestRowsAreReadAsTheyWereMeant(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	for i, c := range []struct {
		members, price string
		trl            int
	}{
		{`"trl":"TRL5","price":"１００ 万元"`, "fixed 1000000.00 -", 5},
		{`"trl":"5级","price":"10-20万元"`, "range 100000.00 200000.00", 5},
		{`"trl":6,"price":"面议"`, "negotiable - -", 6},
		{`"trl":"７","price":"免费"`, "fixed 0.00 -", 7},
		{`"trl":null,"price":1250000.5`, "fixed 1250000.50 -", 0},
		{`"trl":"","price":""`, "", 0},
	} {
		r, err := h.run(fmt.Sprintf(`{"id":%d,"title":" 一种\u200b装置\u3000","abstract":"一段足够长的公开摘要。\r\n第二段。","keywords":"废气；ＶＯＣｓ, vocs",%s}`, i, c.members))
		if err != nil || r.Created != 1 {
			t.Errorf("%s: %+v %v", c.members, r, err)
			continue
		}
		var got results.Result
		if err := h.DB.Reader.Order("id DESC").First(&got).Error; err != nil {
			t.Fatal(err)
		}
		end := func(f *money.Fen) string {
			if f == nil {
				return "-"
			}
			return f.String()
		}
		price, trl := "", 0
		if p := got.Price; p != nil {
			price = p.Kind + " " + end(p.Min) + " " + end(p.Max)
		}
		if got.TRL != nil {
			trl = *got.TRL
		}
		if price != c.price || trl != c.trl || got.Title != "一种装置" || got.Abstract != "一段足够长的公开摘要。\n第二段。" || fmt.Sprint(got.Keywords) != "[废气 VOCs, vocs]" {
			t.Errorf("%s: %q %d %q %q %q", c.members, price, trl, got.Title, got.Abstract, got.Keywords)
		}
	}
}

func TestOneLineThatIsTooLongIsRefusedAlone(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	long := `{"id":"long","title":"` + strings.Repeat("长", 1<<20) + `"}` + "\n"
	r, err := h.run(lines(0, 3) + long + lines(3, 5))
	if err != nil || r.Created != 5 || len(r.Refused) != 1 || r.Refused[0].Line != 4 || r.Outcome() != "some" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestASecondRowOfOneIDWithOtherContentIsRefusedWithBothLines(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	r, err := h.run(lines(0, 2) + "\n" + `{"id":"d00001","title":"另一项成果","abstract":"低温等离子体废气净化装置，去除率百分之九十五。"}` + "\n" + lines(0, 1))
	if err != nil || r.Created != 2 || r.Known != 1 || len(r.Refused) != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	if got := r.Refused[0].Error(); !strings.Contains(got, "line 4: /id repeated: 编号 d00001 在第 2 行已有，内容与本行（第 4 行）不同") {
		t.Error(got)
	}
}

func TestWhatWasReadWholeBeforeABrokenEndGoesIn(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for i := range 3000 {
		_, _ = fmt.Fprintf(z, `{"id":"%d","title":"第 %d 项成果","abstract":"低温等离子体废气净化装置，去除率百分之 %d。"}`+"\n", i, i*7919, i*104729)
	}
	_ = z.Close()
	r, err := h.run(b.String()[:b.Len()/2])
	if !fault.InvalidInput.Of(err) || r.Created < 100 || r.Created != r.Lines || r.Outcome() != "some" {
		t.Errorf("%d lines, %d created, %v", r.Lines, r.Created, err)
	}
}

func TestWhoSubmitsDoesNotPublishInBulkEither(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		h.options.Publisher = h.options.Submitter
		if _, err := h.run(lines(0, 3)); err == nil || !strings.Contains(err.Error(), "own_decision") {
			t.Errorf("got %v", err)
		}
		if n := h.published(); n != 0 {
			t.Errorf("%d are published", n)
		}
	})
}

// Whose problem a result solves comes as a list, or as one text with a line or semicolon for each sentence.
func TestWhoseProblemIsImported(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		row := func(id, solves string) string {
			return `{"id":"` + id + `","title":"废气净化装置 ` + id + `","abstract":"低温等离子体废气净化装置，去除率百分之九十五。","solves":` + solves + "}\n"
		}
		report, err := h.run(row("a", `["喷漆车间味道大，活性炭换得太勤。","家具厂环保不达标。"]`) + row("b", `"喷漆车间味道大，活性炭换得太勤；家具厂环保不达标\n"`) + row("c", `null`) + row("d", `["短"]`) + row("e", `7`))
		h.Must(err)
		if report.Created != 3 || len(report.Refused) != 2 || !strings.Contains(report.Refused[0].Error(), "/solves/0") || !strings.Contains(report.Refused[1].Error(), "/solves") {
			t.Fatalf("%+v", report)
		}
		var rows []results.Result
		h.Must(h.DB.Reader.Order("title").Find(&rows).Error)
		if len(rows[0].Solves) != 2 || len(rows[1].Solves) != 2 || rows[1].Solves[0] != "喷漆车间味道大，活性炭换得太勤" || len(rows[2].Solves) != 0 {
			t.Errorf("%q %q %q", rows[0].Solves, rows[1].Solves, rows[2].Solves)
		}
	})
}

// An id that no record takes is told like any other fault of a line.
func TestAnIDThatIsTooLongIsTold(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		report, err := h.run(`{"id":"` + strings.Repeat("长", 300) + `","title":"废气净化装置","abstract":"低温等离子体废气净化装置，去除率百分之九十五。","field":"environment"}` + "\n")
		h.Must(err)
		if len(report.Refused) != 1 || !strings.Contains(report.Refused[0].Error(), "line 1: /id ") {
			t.Fatalf("%+v", report)
		}
	})
}
