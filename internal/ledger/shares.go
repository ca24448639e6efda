package ledger

import (
	"math/big"

	"jiebang/internal/money"
	"jiebang/internal/ref"
)

// Base is what a share of turnover is a share of. A percentage says nothing without it: of Beijing's turnover in 2023, 8.8 % went to Tianjin and
// Hebei, and of what left the city 15.1 %.
type Base string

// The bases.
const (
	OfAll     Base = "all"     // all that the query counts in the period
	OfOutflow Base = "outflow" // of that, what buyers outside the sellers' region took; not what nobody knows the buyer's region of
)

// Share is the part that one row has of a base: Numerator of Denominator, in basis points, cut and not rounded.
type Share struct {
	Of                     Base
	Numerator, Denominator money.Fen
	BasisPoints            int64
}

// Shares gives, row by row, what each has of the turnover of its period, and, where the buyers of one region's sellers are told apart, of what left
// that region. There are none of nothing, and none of records, which are no parts of a whole (Involved).
func (t Turnover) Shares() [][]Share {
	out := make([][]Share, len(t.Rows))
	if t.GroupBy == "" || t.Involved() {
		return out
	}
	all, left := map[string]money.Fen{}, map[string]money.Fen{}
	blurred := map[string]bool{} // periods of which it cannot be told what left
	for _, r := range t.Rows {
		all[r.Period] += r.Turnover
		switch leaves, known := t.leaves(r); {
		case !known:
			blurred[r.Period] = true
		case leaves:
			left[r.Period] += r.Turnover
		}
	}
	for i, r := range t.Rows {
		out[i] = append(out[i], sharesOf(OfAll, r.Turnover, all[r.Period])...)
		if leaves, _ := t.leaves(r); leaves && !blurred[r.Period] {
			out[i] = append(out[i], sharesOf(OfOutflow, r.Turnover, left[r.Period])...)
		}
	}
	return out
}

// leaves tells whether a row's turnover left the region of the sellers that were asked for, and whether that can be told.
func (t Turnover) leaves(r Row) (leaves, known bool) {
	home := t.SellerRegion
	if t.GroupBy != ByBuyerRegion || home == "" || home == ref.Unknown {
		return false, false
	}
	groups := r.Merged
	if groups == nil {
		groups = []string{r.Group}
	}
	out := 0
	for _, g := range groups {
		if g != home && g != "" && ref.InPlace(home, g) { // it is a part of the group: of a province by its city
			return false, false
		}
		if g != "" && !ref.InPlace(g, home) {
			out++
		}
	}
	return out == len(groups), out == 0 || out == len(groups)
}

func sharesOf(base Base, part, whole money.Fen) []Share {
	if whole <= 0 {
		return nil
	}
	points := new(big.Int).Mul(big.NewInt(int64(part)), big.NewInt(10_000))
	return []Share{{base, part, whole, points.Quo(points, big.NewInt(int64(whole))).Int64()}}
}
