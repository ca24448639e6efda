package main_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"

	"jiebang/search"
	"jiebang/search/eval"
)

var (
	searchDocs = flag.String("search.docs", "", "sizes of collection to measure the search engine at, such as 12000,100000")
	plainToo   = flag.Bool("search.plain", true, "also measure Bleve's cjk analyzer with a match query")
)

// TestSearchReport measures the search engine beside Bleve's own analysis and
// match query over the same texts in the same run:
//
//	go test ./bench -run SearchReport -v -timeout 1h -search.docs 12000,100000
//
// Texts beyond the real ones are made of sentences of real ones.
func TestSearchReport(t *testing.T) {
	if *searchDocs == "" {
		t.Skip("give sizes with -search.docs")
	}
	docs, needs := developmentSet(t)
	for size := range strings.SplitSeq(*searchDocs, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		texts := grow(docs, n)
		t.Run(size, func(t *testing.T) {
			p50, p95 := ours(t, texts, needs)
			if *plainToo {
				q50, q95 := plain(t, texts, needs)
				t.Logf("match of a need, plain against ours: p50 %.1f times, p95 %.1f times", q50/p50, q95/p95)
			}
		})
	}
}

func developmentSet(t *testing.T) ([]eval.Doc, []eval.Need) {
	dir := os.Getenv("JIEBANG_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	docs, err := eval.ReadLines[eval.Doc](filepath.Join(dir, "csl.jsonl.gz"))
	if err != nil {
		t.Skipf("needs the development data; set JIEBANG_SHARED: %v", err)
	}
	needs, err := eval.ReadLines[eval.Need](filepath.Join(dir, "match-dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return docs, needs
}

// grow makes n documents: the real ones first, then mixtures of their sentences.
func grow(docs []eval.Doc, n int) []eval.Doc { return slices.Collect(grown(docs, n)) }

// grown is grow, one document at a time.
func grown(docs []eval.Doc, n int) iter.Seq[eval.Doc] {
	return func(yield func(eval.Doc) bool) {
		var sentences []string
		for i, d := range docs {
			if i < n && !yield(d) {
				return
			}
			sentences = append(sentences, strings.FieldsFunc(d.Abstract, func(r rune) bool { return strings.ContainsRune("。.;；", r) })...)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for i := len(docs); i < n; i++ {
			var b strings.Builder
			for b.Len() < 600 {
				b.WriteString(sentences[random.IntN(len(sentences))])
				b.WriteString("。")
			}
			if !yield(eval.Doc{ID: "m" + strconv.Itoa(i), Abstract: b.String()}) {
				return
			}
		}
	}
}

func ours(t *testing.T, docs []eval.Doc, needs []eval.Need) (p50, p95 float64) {
	dir := t.TempDir()
	x, err := search.Open(dir, search.Options{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for part := range slices.Chunk(docs, 1000) {
		var b search.Batch
		for _, d := range part {
			b.Put = append(b.Put, search.Document{ID: d.ID, Kind: "result", Title: d.Title, Abstract: d.Abstract, Keywords: d.Keywords})
		}
		if err := x.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("ours: %.0f documents/s, %d MB on disk", float64(len(docs))/time.Since(start).Seconds(), size(dir))
	x.Close()
	start = time.Now()
	if x, err = search.Open(dir, search.Options{}); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	t.Logf("ours: opened in %.1f s", time.Since(start).Seconds())

	match := func(brief bool) func(eval.Need) {
		return func(n eval.Need) {
			if _, err := x.Match(context.Background(), search.Probe{Title: n.Title, Text: n.Text, Kind: "result", Brief: brief}); err != nil {
				t.Error(err)
			}
		}
	}
	p50, p95 = times(needs, match(true))
	t.Logf("ours: match of a need, 10 without explanation: p50 %.2f ms, p95 %.2f ms", p50, p95)
	e50, e95 := times(needs, match(false))
	t.Logf("ours: match of a need, 10 explained: p50 %.2f ms, p95 %.2f ms", e50, e95)
	for _, k := range []struct {
		name string
		q    search.Query
	}{
		{"20 hits with fragments and counts", search.Query{Facets: []string{search.FacetKind}}},
		{"10 hits with fragments", search.Query{Limit: 10}},
	} {
		s50, s95 := times(needs, func(n eval.Need) {
			q := k.q
			q.Text = short(n)
			if _, err := x.Search(context.Background(), q); err != nil {
				t.Error(err)
			}
		})
		t.Logf("ours: short search, %s: p50 %.2f ms, p95 %.2f ms", k.name, s50, s95)
	}
	typed := typing(docs, needs)
	g50, g95 := times(typed, func(n eval.Need) {
		if _, err := x.Suggest(context.Background(), search.Query{Text: n.Title}); err != nil {
			t.Error(err)
		}
	})
	t.Logf("ours: suggestions: p50 %.2f ms, p95 %.2f ms", g50, g95)
	for _, clients := range []int{2, 32} {
		t.Logf("ours: %d clients: %.0f matches/s", clients, throughput(clients, needs, match(true)))
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("ours: heap %d MB (texts of this test are part of it: about %d MB)", m.HeapAlloc>>20, textSize(docs)>>20)
	return p50, p95
}

func plain(t *testing.T, docs []eval.Doc, needs []eval.Need) (p50, p95 float64) {
	text := bleve.NewTextFieldMapping()
	text.Analyzer = cjk.AnalyzerName
	text.Store, text.IncludeTermVectors, text.DocValues = false, false, false
	m := bleve.NewIndexMapping()
	m.DefaultMapping.Dynamic = false
	m.DefaultMapping.AddFieldMappingsAt("text", text)
	dir := t.TempDir()
	x, err := bleve.New(filepath.Join(dir, "x"), m)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	start := time.Now()
	for part := range slices.Chunk(docs, 1000) {
		b := x.NewBatch()
		for _, d := range part {
			if err := b.Index(d.ID, map[string]any{"text": d.Title + "\n" + d.Abstract + "\n" + strings.Join(d.Keywords, "\n")}); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.Batch(b); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("plain: %.0f documents/s, %d MB on disk", float64(len(docs))/time.Since(start).Seconds(), size(dir))
	ask := func(text string) {
		q := bleve.NewMatchQuery(text)
		q.SetField("text")
		if _, err := x.Search(bleve.NewSearchRequestOptions(q, 10, 0, false)); err != nil {
			t.Error(err)
		}
	}
	p50, p95 = times(needs, func(n eval.Need) { ask(n.Title + "\n" + n.Text) })
	t.Logf("plain: match of a need: p50 %.2f ms, p95 %.2f ms", p50, p95)
	s50, s95 := times(needs, func(n eval.Need) { ask(short(n)) })
	t.Logf("plain: short search: p50 %.2f ms, p95 %.2f ms", s50, s95)
	return p50, p95
}

// typing is what a search box holds while people type: the beginnings of titles
// of needs and of keywords.
func typing(docs []eval.Doc, needs []eval.Need) []eval.Need {
	var out []eval.Need
	add := func(text string) {
		r := []rune(text)
		for n := 1; n <= min(len(r), 6); n++ {
			out = append(out, eval.Need{Title: string(r[:n])})
		}
	}
	for _, n := range needs[:min(len(needs), 30)] {
		add(n.Title)
	}
	for _, d := range docs[:min(len(docs), 30)] {
		if len(d.Keywords) > 0 {
			add(d.Keywords[0])
		}
	}
	return out
}

// short is a need's first six characters, about what people type.
func short(n eval.Need) string {
	r := []rune(n.Title)
	return string(r[:min(len(r), 6)])
}

// times asks every need once to warm up and three times for the record.
func times(needs []eval.Need, ask func(eval.Need)) (p50, p95 float64) {
	var ms []float64
	for round := range 4 {
		for _, n := range needs {
			start := time.Now()
			ask(n)
			if round > 0 {
				ms = append(ms, float64(time.Since(start))/float64(time.Millisecond))
			}
		}
	}
	slices.Sort(ms)
	return ms[len(ms)/2], ms[len(ms)*95/100]
}

func throughput(clients int, needs []eval.Need, ask func(eval.Need)) float64 {
	var done atomic.Int64
	var wait sync.WaitGroup
	start := time.Now()
	for c := range clients {
		wait.Go(func() {
			for i := c; time.Since(start) < 2*time.Second; i++ {
				ask(needs[i%len(needs)])
				done.Add(1)
			}
		})
	}
	wait.Wait()
	return float64(done.Load()) / time.Since(start).Seconds()
}

func size(dir string) int64 {
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // files of merged segments go while we look
		}
		if info, err := e.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	if err != nil {
		panic(fmt.Sprint(err))
	}
	return sum / 1e6
}

func textSize(docs []eval.Doc) int {
	n := 0
	for _, d := range docs {
		n += len(d.Title) + len(d.Abstract)
	}
	return n
}
