package money

import (
	"errors"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestShares(t *testing.T) {
	for _, c := range []struct {
		name  string
		total Fen
		bp    []int
		want  []Fen
	}{
		{"one party has all", 12345, []int{10_000}, []Fen{12345}},
		{"an even split", 100, []int{5000, 5000}, []Fen{50, 50}},
		{"the odd fen goes to the earlier of equals", 101, []int{5000, 5000}, []Fen{51, 50}},
		{"thirds of ten fen", 10, []int{3333, 3333, 3334}, []Fen{3, 3, 4}},
		{"the larger remainder wins over the earlier place", 10, []int{1100, 1900, 7000}, []Fen{1, 2, 7}},
		{"a part of nothing stays nothing", 7, []int{0, 10_000, 0}, []Fen{0, 7, 0}},
		{"one fen among many", 1, []int{2500, 2500, 2500, 2500}, []Fen{1, 0, 0, 0}},
		{"nothing to share", 0, []int{4000, 6000}, []Fen{0, 0}},
		{"a reverse has the reverse parts", -101, []int{5000, 5000}, []Fen{-51, -50}},
		{"the largest amount", Max, []int{1, 9999}, []Fen{900_000_000_000, Max - 900_000_000_000}},
	} {
		got, err := Shares(c.total, c.bp)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestSharesThatAreNoWholeAreRefused(t *testing.T) {
	for _, c := range []struct {
		total Fen
		bp    []int
		want  error
	}{
		{100, nil, ErrShares},
		{100, []int{9999}, ErrShares},
		{100, []int{10_001}, ErrShares},
		{100, []int{5000, 5001}, ErrShares},
		{100, []int{-1, 10_001}, ErrShares}, // adds up, with a negative part
		{100, []int{-5000, 7500, 7500}, ErrShares},
		{Max + 1, []int{10_000}, ErrRange},
		{-Max - 1, []int{10_000}, ErrRange},
	} {
		if got, err := Shares(c.total, c.bp); got != nil || !errors.Is(err, c.want) {
			t.Errorf("Shares(%d, %v) = %v, %v; want %v", c.total, c.bp, got, err, c.want)
		}
	}
}

func TestPartsSumToTheWholeAndLieWithinAFenOfTheExactShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := Fen(rapid.Int64Range(-int64(Max), int64(Max)).Draw(t, "total"))
		bp := wholeSplit(t)
		parts, err := Shares(total, bp)
		if err != nil {
			t.Fatal(err)
		}
		var sum Fen
		for i, p := range parts {
			sum += p
			exact := new(big.Rat).Mul(big.NewRat(int64(total), Whole), big.NewRat(int64(bp[i]), 1))
			off := new(big.Rat).Sub(exact, big.NewRat(int64(p), 1))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d of %d is %d, exactly %s", i, total, p, exact.FloatString(4))
			}
		}
		if sum != total {
			t.Fatalf("parts %v sum to %d, not %d", parts, sum, total)
		}
		for i := range parts {
			for j := range parts {
				if total > 0 && bp[i] > bp[j] && parts[i] < parts[j] {
					t.Fatalf("%d basis points got %d, but %d got %d", bp[i], parts[i], bp[j], parts[j])
				}
			}
		}
		back, err := Shares(-total, bp)
		if err != nil {
			t.Fatal(err)
		}
		for i := range back {
			if back[i] != -parts[i] {
				t.Fatalf("the reverse of %v is %v", parts, back)
			}
		}
	})
}

// wholeSplit draws basis points that add up to Whole.
func wholeSplit(t *rapid.T) []int {
	var bp []int
	left := Whole
	for range rapid.IntRange(0, 7).Draw(t, "cuts") {
		part := rapid.IntRange(0, left).Draw(t, "part")
		bp = append(bp, part)
		left -= part
	}
	return append(bp, left)
}
