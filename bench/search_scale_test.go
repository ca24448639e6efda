package main_test

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiebang/search"
	"jiebang/search/eval"
)

var (
	scaleDocs   = flag.String("search.scale", "", "sizes of collection to compare matching at, such as 400000,1600000")
	scaleCache  = flag.Int("search.cache", 0, "MiB for posting lists with -search.scale; 0 is what an index takes by itself")
	scaleFolder = flag.String("search.folder", "", "keep the indexes of -search.scale in this folder, and use those that are there")
)

// TestSearchScale measures how matching grows with the collection, all sizes in
// one run:
//
//	go test ./bench -run SearchScale -v -timeout 3h -search.scale 400000,1600000 -search.folder /tmp/scale
//
// Texts are those of TestSearchReport, but made one batch at a time, so that the
// heap at the end is the engine's alone. A build of an older version run over the
// same folder answers from the same files.
func TestSearchScale(t *testing.T) {
	if *scaleDocs == "" {
		t.Skip("give sizes with -search.scale")
	}
	docs, needs := developmentSet(t)
	folder := *scaleFolder
	if folder == "" {
		folder = t.TempDir()
	}
	many := strangers(docs)
	var first scaled
	for size := range strings.SplitSeq(*scaleDocs, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(size, func(t *testing.T) {
			s := scale(t, filepath.Join(folder, size), n, docs, needs, many)
			if first.documents == 0 {
				first = s
				return
			}
			t.Logf("%d texts against %d, %.1f times as many: match p50 %.2f times, p95 %.2f times; strangers p50 %.2f times, p95 %.2f times; with 32 clients %.3f of the matches/s",
				n, first.documents, float64(n)/float64(first.documents), s.p50/first.p50, s.p95/first.p95, s.many50/first.many50, s.many95/first.many95, s.rate/first.rate)
		})
	}
}

type scaled struct {
	documents                      int
	p50, p95, many50, many95, rate float64
}

func scale(t *testing.T, dir string, n int, docs []eval.Doc, needs, many []eval.Need) scaled {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		fillScale(t, dir, n, docs)
	}
	start := time.Now()
	x, err := search.Open(dir, search.Options{CacheBytes: *scaleCache << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if x.Count() != n {
		t.Fatalf("%s holds %d texts: take it away", dir, x.Count())
	}
	t.Logf("opened in %.1f s, heap %d MB, %d MB on disk", time.Since(start).Seconds(), heap(), size(dir))
	match := func(brief bool) func(eval.Need) {
		return func(n eval.Need) {
			if _, err := x.Match(context.Background(), search.Probe{Title: n.Title, Text: n.Text, Kind: "result", Brief: brief}); err != nil {
				t.Error(err)
			}
		}
	}
	s := scaled{documents: n}
	s.p50, s.p95 = times(needs, match(true))
	t.Logf("match of a need, 10 without explanation: p50 %.2f ms, p95 %.2f ms", s.p50, s.p95)
	q50, q95 := quiet(needs, match(true))
	t.Logf("the same, the best of five for each need: p50 %.2f ms, p95 %.2f ms", q50, q95)
	e50, e95 := times(needs, match(false))
	t.Logf("match of a need, 10 explained: p50 %.2f ms, p95 %.2f ms", e50, e95)
	for _, clients := range []int{2, 32} {
		var turns []float64
		for range 3 {
			turns = append(turns, throughput(clients, needs, match(true)))
		}
		s.rate = slices.Max(turns)
		t.Logf("%d clients: %.0f matches/s, the best of %.0f", clients, s.rate, turns)
	}
	s50, s95 := times(needs, func(n eval.Need) {
		if _, err := x.Search(context.Background(), search.Query{Text: short(n), Limit: 10}); err != nil {
			t.Error(err)
		}
	})
	t.Logf("short search, 10 hits with fragments: p50 %.2f ms, p95 %.2f ms", s50, s95)
	t.Logf("heap %d MB", heap())
	s.many50, s.many95 = once(many, match(true))
	t.Logf("match of %d texts, each once, nearly all of them new: p50 %.2f ms, p95 %.2f ms", len(many), s.many50, s.many95)
	t.Logf("heap after it %d MB", heap())
	return s
}

func fillScale(t *testing.T, dir string, n int, docs []eval.Doc) {
	x, err := search.Open(dir, search.Options{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var b search.Batch
	for d := range grown(docs, n) {
		b.Put = append(b.Put, search.Document{ID: d.ID, Kind: "result", Title: d.Title, Abstract: d.Abstract, Keywords: d.Keywords})
		if len(b.Put) == 1000 {
			if err := x.Apply(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			b.Put = nil
		}
	}
	if err := x.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	t.Logf("filled: %.0f documents/s", float64(n)/time.Since(start).Seconds())
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// strangers are pieces of abstracts, of the length of a need, each of which is
// asked once: what a cache that holds the lists of the needs alone does not help.
func strangers(docs []eval.Doc) []eval.Need {
	random := rand.New(rand.NewPCG(3, 4))
	var out []eval.Need
	for len(out) < 300 {
		if r := []rune(docs[random.IntN(len(docs))].Abstract); len(r) > 100 {
			out = append(out, eval.Need{Text: string(r[:100])})
		}
	}
	return out
}

// once asks everything once.
func once(needs []eval.Need, ask func(eval.Need)) (p50, p95 float64) {
	var ms []float64
	for _, n := range needs {
		start := time.Now()
		ask(n)
		ms = append(ms, float64(time.Since(start))/float64(time.Millisecond))
	}
	slices.Sort(ms)
	return ms[len(ms)/2], ms[len(ms)*95/100]
}

// quiet takes the best of five for each need, which leaves out most of what else ran.
func quiet(needs []eval.Need, ask func(eval.Need)) (p50, p95 float64) {
	ms := make([]float64, len(needs))
	for i, n := range needs {
		for round := range 5 {
			start := time.Now()
			ask(n)
			if d := float64(time.Since(start)) / float64(time.Millisecond); round == 0 || d < ms[i] {
				ms[i] = d
			}
		}
	}
	slices.Sort(ms)
	return ms[len(ms)/2], ms[len(ms)*95/100]
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc >> 20
}
