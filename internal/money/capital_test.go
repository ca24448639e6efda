package money

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The worked cases of amounts in capital letters.
func TestCapital(t *testing.T) {
	raw, err := os.ReadFile("testdata/capitals.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(raw)), "\n")[1:]
	if len(rows) < 14 {
		t.Fatalf("only %d cases", len(rows))
	}
	for _, row := range append(rows, "0.00\t零元整", "0.04\t肆分", "10.00\t壹拾元整", "10100.00\t壹万零壹佰元整", "100100000.10\t壹亿零壹拾万元零壹角", "1000010000.00\t壹拾亿零壹万元整", "9999999999999.99\t玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分") {
		cells := strings.Split(row, "\t")
		f, err := Parse(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := Capital(f); !slices.Contains(strings.Split(cells[1], "|"), got) {
			t.Errorf("%s: %s, want %s", cells[0], got, cells[1])
		}
	}
}

// What is written is read as the same amount, right to the fen, of whatever has whole yuan and no 万亿, which the reader takes.
func TestCapitalIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Fen(rapid.Int64Range(100, 1e14-1).Draw(t, "amount"))
		span, err := ReadSpan(Capital(f), "元")
		if err != nil || span.Kind != Exact || *span.Min != f {
			t.Fatalf("%s is %s: %+v, %v", f, Capital(f), span, err)
		}
	})
}
