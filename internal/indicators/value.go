package indicators

import (
	"math/big"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/text"
)

// Value is hundredths of an indicator's unit: fen, basis points, or hundredths of what is counted.
type Value int64

const (
	whole = 100            // hundredths of one
	most  = 10_000 * whole // the largest percentage
)

// Text writes a value in its unit: "1250000.00", "49.80", "15363".
func (v Value) Text(u Unit) string {
	if u == Count && v%whole == 0 {
		t := money.Fen(v).String()
		return t[:len(t)-len(".00")]
	}
	return money.Fen(v).String()
}

// readValue reads what somebody wrote of a value: a decimal number with two places at most.
func readValue(bad *fault.Fields, typed string, u Unit, pointer string) Value {
	f, err := money.Parse(text.Narrow(typed))
	bad.Check(err == nil && f >= 0, pointer, fault.BadFormat, "须为不小于 0、至多两位小数的数，如 20000 或 49.80", "A number of 0 or more with two decimals at most, such as 20000 or 49.80")
	if err == nil {
		bad.Check(u != Percent || f <= most, pointer, fault.OutOfRange, "百分比过大", "The percentage is too large")
		bad.Check(u != Count || f%whole == 0, pointer, fault.BadFormat, "计数须为整数", "A count is a whole number")
	}
	return Value(f)
}

// share is a part of a whole in basis points, cut: what is nearly all is not all.
func share(part, of int64) int64 {
	if of <= 0 {
		return 0
	}
	return floor(big.NewRat(part, of), 10_000)
}

// floor is r times n, rounded down.
func floor(r *big.Rat, n int64) int64 {
	x := new(big.Rat).Mul(r, new(big.Rat).SetInt64(n))
	return new(big.Int).Div(x.Num(), x.Denom()).Int64() // Euclidean: of numbers below 0 as well the remainder is not below 0
}
