package search

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiebang/search/han"
)

func table(t testing.TB, lines string) *Synonyms {
	t.Helper()
	s, err := ReadSynonyms(strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openWith(t testing.TB, lines string, docs ...Document) *Index {
	t.Helper()
	x, err := Open(t.TempDir(), Options{Synonyms: table(t, lines)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	put(t, x, docs...)
	return x
}

func ids(page Page) string {
	var out []string
	for _, h := range page.Hits {
		out = append(out, h.ID)
	}
	return strings.Join(out, " ")
}

const boards = `
印制电路板, 印刷电路板, PCB  # boards
增材制造, 3D打印, additive manufacturing
钠电 => 钠离子电池
`

func TestSynonyms(t *testing.T) {
	x := openWith(t, boards,
		doc("print", "印刷电路板钻孔", ""),
		doc("pcb", "PCB钻孔", ""),
		doc("apart", "电路板的印刷与制板", "钻孔"),
		doc("additive", "金属增材制造", ""),
		doc("3d", "金属3D打印", ""),
		doc("english", "Additive manufacturing of metal", "金属"),
		doc("sodium", "钠离子电池正极", ""),
		doc("na", "钠电正极", ""),
	)
	for _, tt := range []struct{ rule, query, want string }{
		{"a word finds its synonyms after itself", "pcb", "pcb print"},
		{"inside a stretch", "印制电路板钻孔", "pcb print"},
		{"beside other words", "钻孔 印制电路板", "pcb print"},
		{"a word of letters and characters", "金属3D打印", "3d additive english"},
		{"words with a space", "additive manufacturing", "3d english additive"},
		{"one way", "钠电", "na sodium"},
		{"and not back", "钠离子电池", "sodium"},
		{"a phrase means what it says", `"印制电路板"`, "apart print"},
		{"so does an exclusion", "钻孔 -PCB", "print apart"},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			page, err := x.Search(t.Context(), Query{Text: tt.query})
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(tt.query, `"`) {
				if page.Total != 0 || len(page.Synonyms) != 0 {
					t.Errorf("%d hits with %v", page.Total, page.Synonyms)
				}
				return
			}
			if got := ids(page); got != tt.want || page.Total != len(page.Hits) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
	page, err := x.Search(t.Context(), Query{Text: "ＰＣＢ钻孔"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Expansion{{Word: "pcb", Also: []string{"印制电路板", "印刷电路板"}}}
	if diff := cmp.Diff(want, page.Synonyms); diff != "" || !slices.Contains(page.Notes, NoteSynonyms) {
		t.Errorf("notes %v, synonyms (-want +got)\n%s", page.Notes, diff)
	}
	if got := marked(page.Hits[1].Fragments[0]); got != "[印刷电路板钻孔]" {
		t.Errorf("highlighted %s", got)
	}
}

// A synonym counts in the weaker readings too.
func TestSynonymsWhenNoDocumentHasAll(t *testing.T) {
	x := openWith(t, boards, doc("print", "印刷电路板蚀刻", ""), doc("other", "别的", ""))
	page, err := x.Search(t.Context(), Query{Text: "PCB 回流焊"})
	if err != nil {
		t.Fatal(err)
	}
	if ids(page) != "print" || page.Reading == ReadAll {
		t.Errorf("found %q as %s", ids(page), page.Reading)
	}
}

func TestReadSynonyms(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"# 只有注释\n\n":               "",
		"印制电路板":                    "line 1",
		"a1, b1\n电, 电池\n":          "line 2",
		"a1, 、":                    "line 1",
		"a1 =>":                    "line 1",
		"=> a1":                    "line 1",
		"a1, ！":                    "line 1",
		strings.Repeat("a,", 4000): "line 1",
	} {
		_, err := ReadSynonyms(strings.NewReader(in))
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, want) {
				t.Errorf("%.20q: %v, want %q", in, err, want)
			}
		} else if want != "" {
			t.Errorf("%.20q was taken", in)
		}
	}
	// Each is told in Chinese, with English beside it, and what to do.
	for in, want := range map[string][2]string{
		"焊接\n": {"只有“焊接”一个词", "stands alone"}, "a1 =>": {"没有词", "no word"}, "a1, ！": {"没有可检索", "Nothing can be"}, "电, 电池": {"只有一个字", "one character"},
		strings.Repeat("a,", 4000): {"超过 4096 字节", "longer than 4096 bytes"}, "\"焊接\",\"熔接\"\n": {"带有引号", "has quotes"}, "[\"焊接\",\"熔接\"]": {"JSON 数组", "JSON array"}, "PK\x03\x04": {"xlsx", "workbook"},
		"焊\x00接, 熔接": {"NUL", "NUL"},
	} {
		_, err := ReadSynonyms(strings.NewReader(in))
		if err == nil || !strings.HasPrefix(err.Error(), "同义词表") || !strings.Contains(err.Error(), want[0]) || !strings.Contains(err.Error(), want[1]) || strings.Index(err.Error(), want[0]) > strings.Index(err.Error(), want[1]) {
			t.Errorf("%.20q: %v, want %q", in, err, want)
		}
	}
	if n := len(DefaultSynonyms().byFirst); n < 100 {
		t.Errorf("the default table begins with %d symbols", n)
	}
}

// What is wrong with single lines is told of all of them at once, and the lines between are read.
func TestWrongLinesOfATableAreToldTogether(t *testing.T) {
	_, err := ReadSynonyms(strings.NewReader("电池, 蓄电池\n" + strings.Repeat("x", 1<<20+1) + "\n一个\n轴承, 滚子\n另一个\n"))
	if err == nil {
		t.Fatal("it is taken")
	}
	for _, line := range []string{"line 2: 该行超过 1 MiB", "line 3:", "line 5:"} {
		if !strings.Contains(err.Error(), line) {
			t.Errorf("%q does not tell of %s", err, line)
		}
	}
}

func FuzzReadSynonyms(f *testing.F) {
	f.Add("印制电路板, PCB\na, b => 3D打印", "pcb打印")
	f.Add("aa bb, 锂电池 # x", "锂电池 aa-bb -aa")
	f.Fuzz(func(t *testing.T, lines, query string) {
		s, err := ReadSynonyms(strings.NewReader(lines))
		if err != nil {
			return
		}
		p := parseQuery(query)
		if err := p.expand(s, newNameTable(), func(string) (bool, error) { return false, nil }); err != nil {
			t.Fatal(err)
		}
		checkUnits(t, &p)
	})
}

// checkUnits holds that units lie side by side and that their pieces are what
// was typed, in order.
func checkUnits(t interface{ Fatalf(string, ...any) }, p *parsed) {
	before := -1
	for _, u := range p.units {
		var typed, pieces []han.Symbol
		for _, c := range u.clauses {
			if c <= before {
				t.Fatalf("clause %d is in two units", c)
			}
			before = c
			typed = append(typed, p.clauses[c].symbols...)
		}
		other := false
		for _, k := range u.pieces {
			for _, c := range k.typed {
				pieces = append(pieces, c.symbols...)
			}
			other = other || len(k.variants)+len(k.names) > 0
		}
		if !slices.Equal(typed, pieces) || !other {
			t.Fatalf("pieces %v of %v", pieces, typed)
		}
	}
}

func TestTrySynonyms(t *testing.T) {
	x := openWith(t, "钠电 => 钠离子电池", doc("a", "PCB钻孔", ""), doc("b", "印制电路板钻孔", "印制电路板"), doc("c", "钠电", ""), doc("d", "钠离子电池", ""))
	got, err := x.TrySynonyms(t.Context(), table(t, "印制电路板, PCB"), []Query{{Text: "印制电路板"}, {Text: "钠电"}, {Text: "钻孔"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []SynonymEffect{
		{
			Text: "印制电路板", Synonyms: []Expansion{{"印制电路板", []string{"PCB"}}},
			Before: 1, After: 2, BeforeReading: ReadAll, AfterReading: ReadAll, Moves: []Move{{"a", 0, 1}, {"b", 1, 2}},
		},
		{Text: "钠电", Before: 2, After: 1, BeforeReading: ReadAll, AfterReading: ReadAll, Moves: []Move{{"d", 2, 0}}},
		{Text: "钻孔", Before: 2, After: 2, BeforeReading: ReadAll, AfterReading: ReadAll},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if page, err := x.Search(t.Context(), Query{Text: "钠电"}); err != nil || page.Total != 2 {
		t.Errorf("%v: the index has lost its own table", err)
	}
}

// With A and B in a group, A finds what it finds without a table, and what has
// the phrase B; with any filter, and counted alike.
func TestSynonymsAgreeWithReference(t *testing.T) {
	word := rapid.SampledFrom([]string{"锂电", "电池", "水处理", "发黄", "ab", "b5"})
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		table, err := ReadSynonyms(strings.NewReader(a + "=>" + b))
		if err != nil {
			t.Fatal(err)
		}
		docs := collection().Draw(t, "docs")
		x := openTemp(t)
		for part := range slices.Chunk(docs, 7) {
			if err := x.Apply(t.Context(), Batch{Put: part}); err != nil {
				t.Fatal(err)
			}
		}
		x.options.Synonyms = table
		// What the table says of a word stands for it in the rest too, which the reference does not read: 锂锂电 asks for 锂 and for 锂电 then.
		rest := chinese(0, 3).Filter(func(s string) bool { return !strings.Contains(strings.ToLower(s), a) }).Draw(t, "rest")
		r := newReference(docs)
		want := map[string]bool{}
		for i, d := range r.docs {
			typed := satisfies(parseQuery(a+" "+rest), r.texts[i])
			if a == "b5" { // a name is found however it is parted
				typed = typed || satisfies(parseQuery(`"b 5" `+rest), r.texts[i])
			}
			other := satisfies(parseQuery(`"`+b+`" `+rest), r.texts[i])
			want[d.ID] = typed || other
		}
		page, err := x.Search(t.Context(), Query{Text: a + " " + rest, Limit: MaxPage})
		if err != nil {
			t.Fatal(err)
		}
		if page.Reading != ReadAll {
			page.Hits, page.Total = nil, 0
		}
		found := 0
		for _, ok := range want {
			if ok {
				found++
			}
		}
		if page.Total != found {
			t.Fatalf("%d hits, want %v", page.Total, want)
		}
		for _, h := range page.Hits {
			if !want[h.ID] {
				t.Fatalf("%s should not be found", h.ID)
			}
		}
	})
}
