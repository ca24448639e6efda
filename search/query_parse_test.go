package search

import (
	"strings"
	"testing"

	"jiebang/search/han"
)

// read shows how a query is taken apart: words as they are, phrases in «»,
// exclusions with a minus.
func read(s string) string {
	var out []string
	p := parseQuery(s)
	for _, c := range p.clauses {
		w := c.written
		if c.phrase {
			w = "«" + w + "»"
		}
		if c.exclude {
			w = "-" + w
		}
		out = append(out, w)
	}
	for _, n := range p.notes {
		out = append(out, "!"+string(n))
	}
	return strings.Join(out, " ")
}

func TestParseQuery(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"  ", ""},
		{"锂电池", "锂电池"},
		{"锂电池 回收", "锂电池 回收"},
		{"锂电池的回收与利用", "锂电池 回收 利用"},
		{"怎么回收锂电池", "回收锂电池"},
		{"哪里有锂电池回收技术", "有锂电池回收技术"},
		{"怎么", "怎么"},
		{"的", "的"},
		{"IGBT模块散热", "IGBT 模块散热"},
		{`"锂电池 回收"`, "«锂电池 回收»"},
		{"“热管理”电池", "«热管理» 电池"},
		{"「热管理」", "«热管理»"},
		{"电池 -铅酸", "电池 -«铅酸»"},
		{`电池 -"铅酸 电池"`, "电池 -«铅酸 电池»"},
		{"电池 －铅酸", "电池 -«铅酸»"},
		{"Al-Mg合金", "Al Mg 合金"},
		{"-196℃ 冲击韧性", "196 ℃ 冲击韧性 !minus_of_number"},
		{"冲击韧性 -196℃", "冲击韧性 196 ℃ !minus_of_number"},
		{"冲击韧性 −40 合金", "冲击韧性 40 合金 !minus_of_number"},
		{"冲击韧性 －４０", "冲击韧性 ４０ !minus_of_number"},
		{"冲击韧性 ﹣40 -0.5 -.5", "冲击韧性 40 0.5 5 !minus_of_number"},
		{`手机 -"5G" -六`, "手机 -«5G» -«六»"},
		{"-铅酸", "-«铅酸» !only_exclusion"},
		{"电池 - 铅酸", "电池 铅酸 !nothing_to_exclude"},
		{"电池 -", "电池 !nothing_to_exclude"},
		{`"锂电池`, "«锂电池» !open_quote"},
		{`""`, "!nothing_to_find"},
		{"？！", "!nothing_to_find"},
		{"电池 电池", "电池"},
		{"  电池\t回收\n", "电池 回收"},
	} {
		if got := read(tt.in); got != tt.want {
			t.Errorf("%q is read as %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := parseQuery(strings.Repeat("电池、", 5000)); len(got.notes) != 1 || got.notes[0] != NoteCut {
		t.Errorf("a very long query has notes %v", got.notes)
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"", `"a`, "-", `-"`, "“a” -b 的", "\xff", "--a", "\"\"\"", "锂 -铅 「x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := parseQuery(s)
		if len(p.clauses) > maxQueryClauses {
			t.Fatalf("%d clauses", len(p.clauses))
		}
		for _, c := range p.clauses {
			if len(c.symbols) == 0 || len(c.symbols) != len(c.words) || c.symbols[0] == han.Gap || c.symbols[len(c.symbols)-1] == han.Gap {
				t.Fatalf("clause %+v of %q", c, s)
			}
			if !strings.Contains(s, c.written) {
				t.Fatalf("%q is not in %q", c.written, s)
			}
			if !c.phrase {
				for i, y := range c.symbols {
					if y == han.Gap || len(c.symbols) > 1 && !han.IsHan(c.symbols[i]) {
						t.Fatalf("clause %+v of %q mixes scripts", c, s)
					}
				}
			}
			// A text that is the clause itself satisfies it.
			tokens := han.Tokenize(nil, c.written)
			var symbols []han.Symbol
			for _, k := range tokens {
				symbols = append(symbols, k.Sym)
			}
			if !c.matches(symbols) {
				t.Fatalf("clause %+v does not find its own text", c)
			}
		}
	})
}
