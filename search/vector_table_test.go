package search

import (
	"context"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"testing"
)

func TestTableAgreesWithAllComparisons(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	table, have := newVectorTable(nil), map[*forward][]float32{}
	vector := func() []float32 {
		v := make([]float32, 24)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	var all []*forward
	for i := range 5 * chunkRows {
		f := &forward{id: fmt.Sprintf("%05d", i)}
		v := vector()
		p, _ := pack(v)
		if !table.add(f, p, len(v)) {
			t.Fatal("refused")
		}
		all, have[f] = append(all, f), v
	}
	check := func(what string) {
		t.Helper()
		probe := vector()
		p, _ := pack(probe)
		q := p.prepare(len(probe))
		even := func(f *forward) bool { return f.id[4]%2 == 0 }
		got, spread, err := table.rows().nearest(t.Context(), &q, 20, even)
		if err != nil {
			t.Fatal(err)
		}
		var want []candidate
		for f, v := range have {
			o, _ := pack(v)
			if even(f) {
				want = append(want, candidate{forward: f, score: q.cosine(o.bytes, o.sum, o.scale)})
			}
		}
		slices.SortFunc(want, better)
		if !slices.Equal(got, want[:min(20, len(want))]) {
			t.Errorf("%s: the nearest are %v, want %v", what, got, want[:min(20, len(want))])
		}
		if table.count() != len(have) || spread.n != int64(len(have)) {
			t.Errorf("%s: %d vectors, %d compared, want %d", what, table.count(), spread.n, len(have))
		}
		for f := range have {
			if _, ok := table.cosine(&q, f); !ok {
				t.Errorf("%s: %s has no vector", what, f.id)
			}
			break
		}
	}
	check("full")
	for i, f := range all {
		if i%10 != 0 {
			table.forget(f)
			table.forget(f) // once is as good as twice
			delete(have, f)
		}
	}
	check("after most were taken away")
	if n := len(*table.chunks.Load()); n > 3 {
		t.Errorf("%d chunks for %d vectors", n, len(have))
	}
	for _, f := range all[:100] {
		v := vector()
		p, _ := pack(v)
		table.add(f, p, len(v))
		have[f] = v
	}
	check("after some came again")
	if p, _ := pack([]float32{1, 2}); table.add(all[0], p, 2) {
		t.Error("a vector of another dimension was taken")
	}
}

// Who reads while documents come and go sees each vector whole and once.
func TestTableIsReadWhileItChanges(t *testing.T) {
	table := newVectorTable(nil)
	one, _ := pack([]float32{1, 0, 0})
	for i := range chunkRows {
		table.add(&forward{id: fmt.Sprint("stays ", i)}, one, 3)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			var list []*forward
			for j := range 3 * chunkRows {
				f := &forward{id: fmt.Sprint(i, " ", j)}
				other, _ := pack([]float32{0, float32(j + 1), 1})
				table.add(f, other, 3)
				list = append(list, f)
			}
			for _, f := range list {
				table.forget(f)
			}
		}
	}()
	q := one.prepare(3)
	for range 50 {
		got, _, err := table.rows().nearest(ctx, &q, 2*chunkRows, func(f *forward) bool { return f.id[0] == 's' })
		if err != nil || len(got) != chunkRows {
			t.Fatalf("%v, %d of %d documents", err, len(got), chunkRows)
		}
		for _, c := range got {
			if math.Abs(c.score-1) > 1e-6 {
				t.Fatalf("%s: %v", c.forward.id, c.score)
			}
		}
	}
	stop()
	<-done
}

func BenchmarkNearest(b *testing.B) {
	for _, size := range []struct{ rows, dimension int }{{100_000, 384}, {100_000, 768}, {400_000, 384}, {400_000, 768}} {
		b.Run(fmt.Sprintf("%dx%d", size.rows, size.dimension), func(b *testing.B) {
			table := newVectorTable(nil)
			r := rand.New(rand.NewSource(1))
			v := make([]float32, size.dimension)
			for i := range size.rows {
				for j := range v {
					v[j] = r.Float32() - 0.5
				}
				p, _ := pack(v)
				table.add(&forward{id: fmt.Sprint(i)}, p, size.dimension)
			}
			p, _ := pack(v)
			q := p.prepare(size.dimension)
			for b.Loop() {
				if _, _, err := table.rows().nearest(b.Context(), &q, vectorCandidates, func(*forward) bool { return true }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
