package money

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Fen
		err  error
	}{
		{"0", 0, nil},
		{"0.00", 0, nil},
		{"0.01", 1, nil},
		{"0.1", 10, nil}, // ten fen, not one
		{"0.10", 10, nil},
		{"1250000.00", 125_000_000, nil},
		{"1250000", 125_000_000, nil},
		{"90000000000000.00", Max, nil},
		{"90000000000000", Max, nil},

		{"90000000000000.01", 0, ErrRange},
		{"99999999999999999999", 0, ErrRange}, // beyond int64
		{strings.Repeat("9", 400), 0, ErrRange},

		{"", 0, ErrSyntax},
		{".", 0, ErrSyntax},
		{".5", 0, ErrSyntax},
		{"5.", 0, ErrSyntax},
		{"1.234", 0, ErrSyntax}, // a tenth of a fen is refused, never rounded
		{"1.2.3", 0, ErrSyntax},
		{"00", 0, ErrSyntax},
		{"01", 0, ErrSyntax},
		{"00.50", 0, ErrSyntax},
		{"-1", 0, ErrSyntax},
		{"-0", 0, ErrSyntax},
		{"+1", 0, ErrSyntax},
		{"1.-5", 0, ErrSyntax},
		{"1.+5", 0, ErrSyntax},
		{" 1", 0, ErrSyntax},
		{"1 ", 0, ErrSyntax},
		{"1\n", 0, ErrSyntax},
		{"1e3", 0, ErrSyntax},
		{"0x10", 0, ErrSyntax},
		{"1_000", 0, ErrSyntax},
		{"1,000.00", 0, ErrSyntax},
		{"1,5", 0, ErrSyntax},
		{"１２", 0, ErrSyntax}, // full width
		{"٣", 0, ErrSyntax},  // a digit, but not an ASCII one
		{"12万", 0, ErrSyntax},
		{"面议", 0, ErrSyntax},
		{"NaN", 0, ErrSyntax},
		{"Inf", 0, ErrSyntax},
	} {
		got, err := Parse(c.in)
		if got != c.want || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("Parse(%q) = %d, %v; want %d, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func TestAnAmountIsWrittenWithTwoDecimals(t *testing.T) {
	for fen, want := range map[Fen]string{
		0:             "0.00",
		5:             "0.05",
		50:            "0.50",
		-5:            "-0.05",
		-100:          "-1.00",
		125_000_000:   "1250000.00",
		Max:           "90000000000000.00",
		-Max:          "-90000000000000.00",
		math.MinInt64: "-92233720368547758.08",
		math.MaxInt64: "92233720368547758.07",
	} {
		if got := fen.String(); got != want {
			t.Errorf("%d fen = %q, want %q", int64(fen), got, want)
		}
	}
}

func TestAnErrorQuotesAtMostAPieceOfTheInput(t *testing.T) {
	_, err := Parse(strings.Repeat("x", 10_000))
	if len(err.Error()) > 200 {
		t.Errorf("the message has %d bytes", len(err.Error()))
	}
}

func TestAmountsReadBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := Fen(rapid.Int64Range(0, int64(Max)).Draw(t, "fen"))
		got, err := Parse(fen.String())
		if err != nil || got != fen {
			t.Fatalf("Parse(%q) = %d, %v; want %d", fen.String(), got, err, fen)
		}
	})
}

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		a, b, want Fen
		ok         bool
	}{
		{1, 2, 3, true},
		{5, -5, 0, true},
		{Max, 0, Max, true},
		{Max - 1, 1, Max, true},
		{-Max, Max, 0, true},
		{Max, 1, 0, false},
		{-Max, -1, 0, false},
		{math.MaxInt64, 1, 0, false}, // wraps round in int64
		{math.MaxInt64, math.MaxInt64, 0, false},
		{math.MinInt64, -1, 0, false},
		{math.MinInt64, math.MinInt64, 0, false}, // wraps round to exactly 0
		{math.MinInt64, math.MaxInt64, -1, true},
	} {
		for _, pair := range [][2]Fen{{c.a, c.b}, {c.b, c.a}} {
			got, err := Add(pair[0], pair[1])
			if got != c.want || (err == nil) != c.ok || err != nil && !errors.Is(err, ErrRange) {
				t.Errorf("Add(%d, %d) = %d, %v; want %d, %v", pair[0], pair[1], got, err, c.want, c.ok)
			}
		}
	}
}

func TestAddAgreesWithUnboundedArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		exact := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		fits := new(big.Int).Abs(exact).Cmp(big.NewInt(int64(Max))) <= 0
		got, err := Add(Fen(a), Fen(b))
		if (err == nil) != fits || fits && exact.Int64() != int64(got) {
			t.Fatalf("Add(%d, %d) = %d, %v; exactly %s", a, b, got, err, exact)
		}
	})
}

// What Parse accepts has one value: written and read again it is the same, an exact parser of decimals agrees with it,
// and nothing outside the documented characters got in.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "1250000.00", "0.5", "90000000000000.00", "90000000000000.01", "1e5", "-1", "01", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, err := Parse(s)
		if err != nil {
			if fen != 0 || !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrRange) {
				t.Fatalf("Parse(%q) = %d, %v", s, fen, err)
			}
			return
		}
		if strings.Trim(s, "0123456789.") != "" || fen < 0 || fen > Max {
			t.Fatalf("Parse(%q) = %d", s, fen)
		}
		if again, err := Parse(fen.String()); err != nil || again != fen {
			t.Fatalf("Parse(%q) = %d, but its text %q reads as %d, %v", s, fen, fen, again, err)
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok || exact.Cmp(big.NewRat(int64(fen), 100)) != 0 {
			t.Fatalf("Parse(%q) = %d fen, exactly %v yuan", s, fen, exact)
		}
	})
}

// A part is the largest amount that is no more than the exact share.
func TestAPartIsRoundedDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Fen(rapid.Int64Range(0, 1<<62).Draw(t, "a"))
		d := rapid.Int64Range(1, 1<<40).Draw(t, "d")
		n := rapid.Int64Range(0, d).Draw(t, "n")
		got := big.NewInt(int64(Part(a, n, d)))
		exact := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(n))
		low, high := new(big.Int).Mul(got, big.NewInt(d)), new(big.Int).Mul(new(big.Int).Add(got, big.NewInt(1)), big.NewInt(d))
		if low.Cmp(exact) > 0 || high.Cmp(exact) <= 0 {
			t.Fatalf("%d × %d / %d is not %s", a, n, d, got)
		}
	})
}
