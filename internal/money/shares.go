package money

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Whole is the whole in basis points: shares of one amount add up to it.
const Whole = 10_000

// ErrShares means that basis points are negative or do not add up to Whole.
var ErrShares = errors.New("money: shares must not be negative and must add up to 10000 basis points")

// Shares splits total by basis points so that the parts add up to total exactly. Each part is first cut to whole fen;
// the fen left over go one each to the parts that lost most by the cut, the earlier part first where two lost the same
// (the largest-remainder rule). A negative total is split as its positive and every part negated, so that reversing an
// amount reverses its parts.
//
// It fails with ErrShares when the basis points are not a whole (who keeps the rest of a partial split is a part too),
// and with ErrRange when total lies outside -Max…Max.
func Shares(total Fen, basisPoints []int) ([]Fen, error) {
	if total > Max || total < -Max {
		return nil, fmt.Errorf("%w: %d fen", ErrRange, int64(total))
	}
	sum := 0
	for _, bp := range basisPoints {
		if bp < 0 || bp > Whole {
			return nil, fmt.Errorf("%w: %d", ErrShares, bp)
		}
		sum += bp
	}
	if sum != Whole {
		return nil, fmt.Errorf("%w: they add up to %d", ErrShares, sum)
	}
	sign := Fen(1)
	if total < 0 {
		sign, total = -1, -total
	}

	// total*bp would overflow for large totals. With total = q*Whole + r, the share is q*bp + r*bp/Whole.
	q, r := total/Whole, total%Whole
	parts := make([]Fen, len(basisPoints))
	order := make([]int, len(basisPoints))
	left := total
	for i, bp := range basisPoints {
		parts[i] = q*Fen(bp) + r*Fen(bp)/Whole
		order[i] = i
		left -= parts[i]
	}
	lost := func(i int) Fen { return r * Fen(basisPoints[i]) % Whole }
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(lost(j), lost(i)) })
	for _, i := range order[:left] {
		parts[i]++
	}
	for i := range parts {
		parts[i] *= sign
	}
	return parts, nil
}
