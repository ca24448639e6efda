package commissions

import (
	"math/big"

	"github.com/google/uuid"

	"jiebang/internal/mandates"
	"jiebang/internal/money"
)

// Amounts are those of a contract that a commission goes by.
type Amounts struct{ Turnover, Technology money.Fen }

// Due is what a mandate gives all its brokers together once so much was received on a contract: the rate on the cumulative base, cut to the fen, or
// the fee. A payment counts towards the technology amount by its share of the whole price, and no more of it than the price.
func Due(m *mandates.Mandate, of Amounts, received money.Fen) money.Fen {
	switch {
	case received <= 0:
		return 0
	case m.Fee != nil:
		return *m.Fee
	}
	base, num, den := received, int64(m.RateBP), big.NewInt(mandates.Whole)
	x := big.NewInt(num)
	switch m.RateBase {
	case mandates.Turnover:
		base = min(received, of.Turnover)
	case mandates.Technology:
		base = min(received, of.Turnover)
		x.Mul(x, big.NewInt(int64(of.Technology)))
		den.Mul(den, big.NewInt(int64(max(of.Turnover, 1))))
	}
	x.Mul(x, big.NewInt(int64(base)))
	return money.Fen(x.Quo(x, den).Int64())
}

// Shares are brokers with their basis points, in the order of their mandate.
func sharesOf(brokers []mandates.Broker) []int {
	out := make([]int, len(brokers))
	for i, b := range brokers {
		out[i] = b.ShareBP
	}
	return out
}

// moves is what a cumulative due adds to what each broker has had of it: their part of the whole, less what was theirs already.
func moves(due money.Fen, brokers []mandates.Broker, had map[uuid.UUID]money.Fen) map[uuid.UUID]money.Fen {
	out := make(map[uuid.UUID]money.Fen, len(brokers))
	for i, part := range mandates.Split(due, sharesOf(brokers)) {
		if move := part - had[brokers[i].AccountID]; move != 0 {
			out[brokers[i].AccountID] = move
		}
	}
	return out
}
