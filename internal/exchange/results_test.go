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
	"jiebang/internal/policy"
	"jiebang/internal/results"
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
	return exchange.Results(h.Context(), h.results, strings.NewReader(text), h.options, func(exchange.Report) {})
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
	r, err := h.run(`{"id":"a","title":"一种装置","abstract":"一段足够长的公开摘要。","price":"100万元"}` + "\n" +
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

func TestAFileOfAnotherKindIsGivenUp(t *testing.T) {
	h := setUp(casttest.New(t, dbtest.New(t, db.SQLite)))
	_, err := h.run(strings.Repeat("a,b,c\n", 2000))
	if !errors.Is(err, exchange.ErrTooManyRefused) {
		t.Errorf("got %v", err)
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
