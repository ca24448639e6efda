package indicators_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jiebang/internal/indicators"
)

// funnelOf has a row for each of these, which are how many records each step was the furthest of.
func funnelOf(rows ...indicators.Steps) *indicators.Funnel {
	f := &indicators.Funnel{}
	for i, furthest := range rows {
		r := indicators.FunnelRow{Group: fmt.Sprint(i), Told: len(furthest)}
		for k, n := range furthest {
			r.Steps.Reach(k, n)
			f.Total.Steps.Reach(k, n)
		}
		f.Rows = append(f.Rows, r)
	}
	f.Total.Told = len(f.Total.Steps)
	return f
}

// told is what a row tells: a step that is not told is -1.
func toldOf(r indicators.FunnelRow) []int64 {
	out := slices.Repeat([]int64{-1}, len(r.Steps))
	copy(out, r.Steps[:r.Told])
	return out
}

func TestWhatIsPublicOfAFunnel(t *testing.T) {
	for _, c := range []struct {
		what string
		rows []indicators.Steps
		want [][]int64 // the last is the total
	}{
		{"nothing", nil, [][]int64{{0, 0, 0, 0, 0, 0, 0, 0}}},
		{"enough everywhere", []indicators.Steps{{3, 3, 3, 3, 3, 3, 3, 3}}, [][]int64{{24, 21, 18, 15, 12, 9, 6, 3}, {24, 21, 18, 15, 12, 9, 6, 3}}},
		{"all came to the end", []indicators.Steps{{0, 0, 0, 0, 0, 0, 0, 3}}, [][]int64{{3, 3, 3, 3, 3, 3, 3, 3}, {3, 3, 3, 3, 3, 3, 3, 3}}},
		{"two were matched", []indicators.Steps{{9, 2}}, [][]int64{{11, -1, -1, -1, -1, -1, -1, -1}, {11, -1, -1, -1, -1, -1, -1, -1}}},
		{"one of nine was not answered", []indicators.Steps{{0, 0, 1, 8}}, [][]int64{{9, 9, 9, -1, -1, -1, -1, -1}, {9, 9, 9, -1, -1, -1, -1, -1}}},
		// The first row has one, which would follow from the total: the smaller of the others joins it.
		{"the next smallest joins", []indicators.Steps{{9, 1}, {9, 5}, {9, 8}}, [][]int64{{10, -1, -1, -1, -1, -1, -1, -1}, {14, -1, -1, -1, -1, -1, -1, -1}, {17, 8, 0, 0, 0, 0, 0, 0}, {41, 14, 0, 0, 0, 0, 0, 0}}},
		// Three rows of one each are told together, and no other joins them.
		{"three together", []indicators.Steps{{2, 1}, {2, 1}, {2, 1}, {3, 3}}, [][]int64{{3, -1, -1, -1, -1, -1, -1, -1}, {3, -1, -1, -1, -1, -1, -1, -1}, {3, -1, -1, -1, -1, -1, -1, -1}, {6, 3, 0, 0, 0, 0, 0, 0}, {15, 6, 0, 0, 0, 0, 0, 0}}},
		{"a month without any", []indicators.Steps{{}, {9, 1}, {9, 5}}, [][]int64{{0, 0, 0, 0, 0, 0, 0, 0}, {10, -1, -1, -1, -1, -1, -1, -1}, {14, -1, -1, -1, -1, -1, -1, -1}, {24, 6, 0, 0, 0, 0, 0, 0}}},
	} {
		f := funnelOf(c.rows...)
		f.Release()
		for i, r := range append(slices.Clone(f.Rows), f.Total) {
			if got := toldOf(r); !slices.Equal(got, c.want[i]) {
				t.Errorf("%s: row %d tells %v, want %v", c.what, i, got, c.want[i])
			}
		}
	}
}

// Whatever there is: no step exceeds the one before, rows add up, and nothing that follows from what is told, be it by subtracting rows from the
// total or one step from another, is about one or two records.
func TestNothingPublicOfAFunnelIsAboutOneOrTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Custom(func(t *rapid.T) (s indicators.Steps) {
			for k := range s {
				s[k] = rapid.SampledFrom([]int64{0, 0, 0, 0, 1, 2, 3, 4, 40}).Draw(t, "n")
			}
			return s
		})
		f := funnelOf(rapid.SliceOfN(small, 0, 14).Draw(t, "rows")...)
		whole := *funnelOf()
		for _, r := range f.Rows {
			for k := range r.Steps {
				whole.Total.Steps[k] += r.Steps[k]
				if k > 0 && r.Steps[k] > r.Steps[k-1] {
					t.Fatalf("%v grows", r.Steps)
				}
			}
		}
		if whole.Total.Steps != f.Total.Steps {
			t.Fatalf("%v are in all %v", f.Rows, f.Total.Steps)
		}
		f.Release()
		told := func(what string, k int, before, now int64) {
			if now == 1 || now == 2 || before-now == 1 || before-now == 2 {
				t.Fatalf("%s: of %d at step %d %d came on: %v, %v", what, before, k-1, now, f.Rows, f.Total)
			}
		}
		for k := 1; k < len(f.Total.Steps); k++ {
			rest, before, any := f.Total.Steps[k], f.Total.Steps[k-1], false
			for _, r := range f.Rows {
				if r.Told > k {
					told("row "+r.Group, k, r.Steps[k-1], r.Steps[k])
					rest, before = rest-r.Steps[k], before-r.Steps[k-1]
				} else {
					any = true
				}
			}
			if f.Total.Told > k {
				told("total", k, f.Total.Steps[k-1], f.Total.Steps[k])
				if any {
					told("what is told together", k, before, rest)
				}
			}
		}
	})
}
