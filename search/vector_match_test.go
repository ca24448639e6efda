package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSimilarMeaningIsFoundAndCounts(t *testing.T) {
	x := openEmbedding(t, Options{Embed: meanings(map[string][]float32{"sewage": wastewater, "废水": wastewater})})
	put(t, x, append(many(300), doc("far", "sewage treatment", "of a plant"), Document{ID: "hidden", Kind: "need", Title: "sewage again"})...)
	put(t, x, doc("near", "废水零排放", "蒸发结晶"))
	waitVectors(t, x)
	p := Probe{Text: "印染废水的处理材料", Kind: "result", Public: true, Limit: MaxMatches}
	o := outcome(t, x, p)
	if o.Degraded != NotDegraded {
		t.Errorf("degraded: %s", o.Degraded)
	}
	at := map[string]Match{}
	for _, m := range o.Matches {
		at[m.ID] = m
	}
	points := 0.0
	for _, part := range at["near"].Parts {
		if part.Factor == FactorSimilarity {
			points = part.Points
		}
	}
	if points <= 0 {
		t.Errorf("similarity adds %v: %+v", points, at["near"])
	}
	if _, ok := at["hidden"]; ok {
		t.Error("a document that the filter refuses was found by similarity")
	}
	all := outcome(t, x, Probe{Text: p.Text, Public: true, Limit: MaxMatches, Brief: true, Kind: "need"})
	if len(all.Matches) != 1 || all.Matches[0].ID != "hidden" || all.Matches[0].Score > 1e-4 {
		t.Errorf("no character in common, found by similarity alone: %+v", all.Matches)
	}
	p.Public = false
	for _, m := range outcome(t, x, p).Matches {
		if m.ID == "far" || slices.ContainsFunc(m.Parts, func(part Part) bool { return part.Factor == FactorSimilarity }) {
			t.Errorf("vectors took part in the match of a private probe: %+v", m)
		}
	}
}

// What a floor keeps out is not found by its meaning either.
func TestAFloorKeepsOutWhatIsSimilar(t *testing.T) {
	x := openEmbedding(t, Options{Embed: meanings(map[string][]float32{"sewage": wastewater, "废水": wastewater})})
	put(t, x, many(300)...)
	put(t, x,
		Document{ID: "closed", Kind: "challenge", Title: "sewage treatment", SortKeys: map[string]int64{"closes": 10}},
		Document{ID: "open", Kind: "challenge", Title: "sewage sludge", SortKeys: map[string]int64{"closes": 20}},
		Document{ID: "lasting", Kind: "challenge", Title: "sewage again"},
	)
	waitVectors(t, x)
	for _, c := range []struct {
		floor Floor
		want  string
	}{
		{Floor{Key: "closes", Least: 10}, "closed open"},
		{Floor{Key: "closes", Least: 11}, "open"},
		{Floor{Key: "closes", Least: 11, OrNone: true}, "lasting open"},
		{Floor{Key: "closes", Least: 21, OrNone: true}, "lasting"},
	} {
		o := outcome(t, x, Probe{Text: "印染废水的处理材料", Kind: "challenge", Public: true, Brief: true, Floors: []Floor{c.floor}})
		var ids []string
		for _, m := range o.Matches {
			ids = append(ids, m.ID)
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%+v: %s, want %s", c.floor, got, c.want)
		}
	}
}

func TestPrivateProbesAreNotGivenAway(t *testing.T) {
	var mu sync.Mutex
	var given []string
	x := openEmbedding(t, Options{Embed: func(ctx context.Context, texts []string) ([][]float32, error) {
		mu.Lock()
		given = append(given, texts...)
		mu.Unlock()
		return toyEmbed(ctx, texts)
	}})
	put(t, x, Document{ID: "d", Title: "锂电池", Abstract: "回收", Keywords: []string{"镍", "钴"}, Facets: map[string][]string{"owner": {"某公司"}}})
	waitVectors(t, x)
	private := Probe{Title: "秘密", Text: "锂电池怎样回收"}
	outcome(t, x, private)
	if _, err := x.Similar(t.Context(), private, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Search(t.Context(), Query{Text: "锂电池 秘密"}); err != nil {
		t.Fatal(err)
	}
	outcome(t, x, Probe{Title: "公开", Text: "锂电池", Public: true})
	if want := []string{"锂电池\n回收\n镍\n钴", "公开\n锂电池"}; !slices.Equal(given, want) {
		t.Errorf("given away: %q, want %q", given, want)
	}
}

// Whatever the endpoint does, matching answers in time, by the text, and says so.
func TestMatchGoesOnWithoutVectors(t *testing.T) {
	plain := openEmbedding(t, Options{})
	docs := append(many(30), doc("a", "锂电池回收", "废旧电池中钴的回收"), doc("b", "水处理", "电池厂废水"))
	put(t, plain, docs...)
	want := outcome(t, plain, Probe{Text: "电池怎样回收"})
	for name, tt := range map[string]struct {
		embed EmbedFunc
		want  Degraded
	}{
		"down": {func(context.Context, []string) ([][]float32, error) { return nil, errors.New("down") }, DegradedProbe},
		"slow": {func(ctx context.Context, _ []string) ([][]float32, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, DegradedProbe},
		"too few":      {func(context.Context, []string) ([][]float32, error) { return nil, nil }, DegradedProbe},
		"no direction": {func(_ context.Context, t []string) ([][]float32, error) { return make([][]float32, len(t)), nil }, DegradedProbe},
		"down for documents": {func(ctx context.Context, texts []string) ([][]float32, error) {
			if len(texts) > 1 || texts[0] != "电池怎样回收" {
				return nil, errors.New("down")
			}
			return toyEmbed(ctx, texts)
		}, DegradedDocuments},
		"another dimension for the probe": {func(ctx context.Context, texts []string) ([][]float32, error) {
			out, err := toyEmbed(ctx, texts)
			if texts[0] == "电池怎样回收" {
				out[0] = append(out[0], make([]float32, 64)...)
			}
			return out, err
		}, DegradedProbe},
	} {
		t.Run(name, func(t *testing.T) {
			x := openEmbedding(t, Options{Embed: tt.embed, EmbedWait: 30 * time.Millisecond})
			put(t, x, docs...)
			if name == "another dimension for the probe" {
				waitVectors(t, x)
			}
			start := time.Now()
			for range 20 {
				o := outcome(t, x, Probe{Text: "电池怎样回收", Public: true})
				if o.Degraded != tt.want {
					t.Fatalf("%q, want %q", o.Degraded, tt.want)
				}
				if diff := cmp.Diff(want.Matches, o.Matches); diff != "" {
					t.Fatalf("other matches than without vectors\n%s", diff)
				}
			}
			if d := time.Since(start); d > time.Minute {
				t.Errorf("20 matches took %v", d)
			}
		})
	}
}

func TestMissedVectorsComeLater(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	x := openEmbedding(t, Options{Embed: func(ctx context.Context, texts []string) ([][]float32, error) {
		if down.Load() {
			return nil, errors.New("down")
		}
		if i := slices.IndexFunc(texts, func(t string) bool { return strings.Contains(t, "毒") }); i >= 0 {
			return nil, errors.New("will not take it")
		}
		return toyEmbed(ctx, texts)
	}})
	put(t, x, append(many(20), doc("a", "毒", ""), Document{ID: "empty"})...)
	waitFor(t, func() bool { s := x.VectorState(); return s.Err != nil && s.Documents == 21 })
	if s := x.VectorState(); s.Vectors != 0 || s.Documents != 21 {
		t.Errorf("%+v", s)
	}
	down.Store(false)
	// The one text that is refused keeps no other from its vector, and the empty
	// one needs none.
	waitFor(t, func() bool { s := x.VectorState(); return s.Vectors == 20 && s.Documents == 21 })
	put(t, x, doc("a", "没有了", ""))
	waitVectors(t, x)
	if s := x.VectorState(); s.Vectors != 21 || s.Documents != 21 || s.Err != nil {
		t.Errorf("%+v", s)
	}
	if err := x.Apply(t.Context(), Batch{Delete: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	if s := x.VectorState(); s.Vectors != 20 {
		t.Errorf("after a document left: %+v", s)
	}
}

func waitFor(t *testing.T, f func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come")
		}
	}
}

// Similarity moves a match within its bound, parts sum to the score, and the
// order of indexing shows nowhere.
func TestSimilarityIsBounded(t *testing.T) {
	logit := func(s float64) float64 { return math.Log(s / (100 - s)) }
	rapid.Check(t, func(t *rapid.T) {
		docs := collection().Draw(t, "docs")
		seen := map[string]bool{}
		docs = slices.DeleteFunc(docs, func(d Document) bool { was := seen[d.ID]; seen[d.ID] = true; return was })
		p := Probe{Title: chinese(1, 10).Draw(t, "title"), Text: chinese(0, 30).Draw(t, "text"), Limit: 100, Public: true}
		var first Outcome
		for round, order := range [][]Document{docs, rapid.Permutation(docs).Draw(t, "order")} {
			dir, err := os.MkdirTemp("", "search-test-")
			if err != nil {
				t.Fatal(err)
			}
			x, err := Open(dir, Options{Embed: toyEmbed, EmbedWait: 10 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				x.Close()
				os.RemoveAll(dir)
			})
			for part := range slices.Chunk(order, 6) {
				if err := x.Apply(context.Background(), Batch{Put: part}); err != nil {
					t.Fatal(err)
				}
			}
			if err := x.WaitVectors(context.Background()); err != nil {
				t.Fatal(err)
			}
			o, err := x.MatchOutcome(context.Background(), p)
			if err != nil || o.Degraded != NotDegraded {
				t.Fatal(err, o.Degraded)
			}
			if round == 1 {
				if diff := cmp.Diff(first, o); diff != "" {
					t.Fatalf("another order gives another answer\n%s", diff)
				}
				continue
			}
			first = o
			q := p
			q.Public = false
			plain, err := x.Match(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			without := map[string]float64{}
			for _, m := range plain {
				without[m.ID] = m.Score
			}
			for _, m := range o.Matches {
				checkMatch(t, m)
				if s, ok := without[m.ID]; ok && s > 1e-6 {
					if moved := logit(m.Score) - logit(s); moved < -1e-6 || moved > similarityGain+1e-6 {
						t.Fatalf("%s moved by %v", m.ID, moved)
					}
				}
			}
		}
	})
}

// Vectors are there again after the index was opened anew, and queries run while
// documents and vectors come and go.
func TestVectorsWhileDocumentsChange(t *testing.T) {
	dir := t.TempDir()
	x, err := Open(dir, Options{Embed: toyEmbed})
	if err != nil {
		t.Fatal(err)
	}
	put(t, x, many(50)...)
	ctx, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for w := range 2 {
		workers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				o, err := x.MatchOutcome(ctx, Probe{Text: fmt.Sprintf("第%d种电池材料", i%40+w), Public: true, Limit: 3})
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				for _, m := range o.Matches {
					checkMatch(t, m)
				}
			}
		})
	}
	for i := range 40 {
		put(t, x, doc(fmt.Sprintf("other%03d", i%10), fmt.Sprint("新的电池", i), "材料"), doc(fmt.Sprint("more", i), "材料", fmt.Sprint(i)))
		if err := x.Apply(ctx, Batch{Delete: []string{fmt.Sprint("more", i-1)}}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	workers.Wait()
	waitVectors(t, x)
	if s := x.VectorState(); s.Vectors != x.Count() {
		t.Errorf("%+v of %d documents", s, x.Count())
	}
	before := outcome(t, x, Probe{Text: "新的电池材料", Public: true})
	x.Close()
	if x, err = Open(dir, Options{Embed: toyEmbed}); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	waitVectors(t, x)
	if diff := cmp.Diff(before, outcome(t, x, Probe{Text: "新的电池材料", Public: true})); diff != "" {
		t.Errorf("another answer after opening it again\n%s", diff)
	}
}

func TestCloseDoesNotWaitForTheEndpoint(t *testing.T) {
	x := openEmbedding(t, Options{Embed: func(ctx context.Context, _ []string) ([][]float32, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	put(t, x, doc("a", "电池", ""))
	start := time.Now()
	if err := x.Close(); err != nil || time.Since(start) > 30*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// After the store was opened again beneath, all documents get their vectors again.
func TestVectorsAfterTheStoreWasOpenedAgain(t *testing.T) {
	x := openEmbedding(t, Options{Embed: toyEmbed})
	put(t, x, many(30)...)
	waitVectors(t, x)
	x.writing.Lock()
	x.failed = []byte("a batch that the disk did not take")
	x.writing.Unlock()
	put(t, x, doc("a", "锂电池", ""))
	waitVectors(t, x)
	if s := x.VectorState(); s.Vectors != 31 || s.Documents != 31 {
		t.Errorf("%+v", s)
	}
	if o := outcome(t, x, Probe{Text: "锂电池正极材料", Public: true}); o.Degraded != NotDegraded || len(o.Matches) == 0 {
		t.Errorf("%q, %d matches", o.Degraded, len(o.Matches))
	}
}
