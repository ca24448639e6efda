package search

import (
	"math"
	"math/rand"
	"testing"

	"pgregory.net/rapid"
)

func cosineOf(a, b []float32) float64 {
	dot, x, y := 0.0, 0.0, 0.0
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		x += float64(a[i]) * float64(a[i])
		y += float64(b[i]) * float64(b[i])
	}
	return dot / math.Sqrt(x*y)
}

// The packed cosine is exactly that of the rounded vectors, and hardly off the
// true one.
func TestPackedCosine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "dimension")
		component := rapid.Float32Range(-3, 3)
		a := rapid.SliceOfN(component, n, n).Draw(t, "a")
		b := rapid.SliceOfN(component, n, n).Draw(t, "b")
		p, ok := pack(a)
		r, ok2 := pack(b)
		if !ok || !ok2 {
			t.Skip("no direction")
		}
		q := p.prepare(n)
		got := q.cosine(r.bytes, r.sum, r.scale)
		x, y := make([]float32, n), make([]float32, n)
		for i := range x {
			x[i], y[i] = float32(p.bytes[i])-packBias, float32(r.bytes[i])-packBias
		}
		if want := cosineOf(x, y); math.Abs(got-want) > 1e-6 {
			t.Fatalf("%v, of the rounded vectors %v", got, want)
		}
	})
	r := rand.New(rand.NewSource(1))
	worst := 0.0
	for range 1000 {
		a, b := make([]float32, 384), make([]float32, 384)
		for i := range a {
			a[i] = float32(r.NormFloat64())
			b[i] = a[i]*r.Float32() + float32(r.NormFloat64())
		}
		p, _ := pack(a)
		q := p.prepare(384)
		o, _ := pack(b)
		worst = max(worst, math.Abs(q.cosine(o.bytes, o.sum, o.scale)-cosineOf(a, b)))
	}
	if worst > 0.005 {
		t.Errorf("rounding moves a cosine by up to %.4f", worst)
	}
}

func TestWhatCannotBePacked(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, v := range [][]float32{nil, {}, {0, 0}, {inf, 1}, {-inf, inf}, {nan}, {1, nan}} {
		if p, ok := pack(v); ok {
			t.Errorf("%v packed as %v", v, p)
		}
	}
}
