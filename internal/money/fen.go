// Package money holds amounts of Chinese yuan as whole fen, so that no amount is ever a float.
//
// It decides how an amount is written (a decimal number of yuan) and how large it may be. It leaves to its callers
// whether an amount may be zero, what it is an amount of, and every conversion from another currency. Fen has
// no JSON form of its own on purpose: the edge writes String and reads Parse.
package money

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Fen is an amount in fen, a hundredth of a yuan (CNY). It may be negative, as the difference of two amounts or the
// reverse of one; amounts that people enter are not.
type Fen int64

// Yuan is one yuan. It makes constants readable: 5_000_000 * money.Yuan.
const Yuan Fen = 100

// Max is the largest amount, 90 trillion yuan; the smallest is -Max. It lies below 2^53, so that a reader who does put
// fen into a double loses nothing, and far above anything a province turns over in a year.
const Max Fen = 9_000_000_000_000_000

var (
	// ErrSyntax means that a text is not an amount as this package writes it.
	ErrSyntax = errors.New("money: not a decimal amount of yuan")
	// ErrRange means that an amount lies beyond Max or below -Max.
	ErrRange = errors.New("money: amount out of range")
)

// Parse reads an amount of yuan that a person or program entered, such as "1250000.00" or "0.5": ASCII digits, no sign,
// no grouping, no exponent, no leading zero before another digit, and at most two decimals. It fails with ErrSyntax, or
// with ErrRange when the amount is above Max.
func Parse(s string) (Fen, error) {
	yuan, cents, point := strings.Cut(s, ".")
	if !digits(yuan) || len(yuan) > 1 && yuan[0] == '0' {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	}
	if point && (!digits(cents) || len(cents) > 2) {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, clip(s))
	}
	for len(cents) < 2 {
		cents += "0"
	}
	fen, err := strconv.ParseInt(yuan+cents, 10, 64)
	if err != nil || Fen(fen) > Max {
		return 0, fmt.Errorf("%w: %q", ErrRange, clip(s))
	}
	return Fen(fen), nil
}

// String writes the amount in yuan, always with two decimals: "1250000.00", "-0.05".
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Add returns a+b, or ErrRange when the sum lies outside -Max…Max. To subtract, add the negative.
func Add(a, b Fen) (Fen, error) {
	sum := a + b
	wrapped := b > 0 && sum < a || b < 0 && sum > a
	if wrapped || sum > Max || sum < -Max {
		return 0, fmt.Errorf("%w: %d + %d fen", ErrRange, int64(a), int64(b))
	}
	return sum, nil
}

// Part is a × n / d, rounded down, however large the product: a share, or a ceiling, of which a fen more would be too much.
func Part(a Fen, n, d int64) Fen {
	x := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(n))
	return Fen(x.Quo(x, big.NewInt(d)).Int64())
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// clip keeps a hostile input from filling an error message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
