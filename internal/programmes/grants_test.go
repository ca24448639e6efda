package programmes

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"jiebang/internal/money"
)

func TestACeilingIsRoundedDown(t *testing.T) {
	for _, c := range []struct {
		paid     money.Fen
		share    int
		promised money.Fen
		want     money.Fen
	}{
		{133_333_333, 3000, 60_000_000, 39_999_999}, // 1,333,333.33 × 30 % = 399,999.999
		{123_333_333, 3000, 60_000_000, 36_999_999}, // after 100,000.00 were taken back
		{200_000_000, 3000, 50_000_000, 50_000_000}, // no more than was promised
		{0, 3000, 60_000_000, 0}, {-1, 3000, 60_000_000, 0}, {3, 3333, 10, 0}, {100, 10_000, 1000, 100}, {100, 0, 1000, 0},
	} {
		if got := Ceiling(c.paid, c.share, c.promised); got != c.want {
			t.Errorf("%s × %d of %s: %s, want %s", c.paid, c.share, c.promised, got, c.want)
		}
	}
}

// The ceiling is the largest amount that is no more than the share of what was paid, and than was promised.
func TestTheCeilingIsTheLargestThatHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paid, promised := money.Fen(rapid.Int64Range(0, 1<<62).Draw(t, "paid")), money.Fen(rapid.Int64Range(0, 1<<62).Draw(t, "promised"))
		share := rapid.IntRange(0, Whole).Draw(t, "share")
		within := func(f money.Fen) bool {
			l, r := new(big.Int).Mul(big.NewInt(int64(f)), big.NewInt(Whole)), new(big.Int).Mul(big.NewInt(int64(paid)), big.NewInt(int64(share)))
			return l.Cmp(r) <= 0 && f <= promised
		}
		if got := Ceiling(paid, share, promised); !within(got) || within(got+1) {
			t.Fatalf("%s × %d, promised %s: %s", paid, share, promised, got)
		}
	})
}
