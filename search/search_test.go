package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func library(t testing.TB) *Index {
	x := openTest(t, t.TempDir())
	put(t, x,
		Document{ID: "battery", Kind: "result", Title: "废旧锂离子电池回收工艺", Abstract: "以磷酸铁锂、三元材料(NCM811)为对象,研究湿法冶金回收;回收率98.5%。", Keywords: []string{"电池回收", "湿法冶金"}, Facets: map[string][]string{"field": {"材料", "环保"}}},
		Document{ID: "lead", Kind: "result", Title: "铅酸电池回收", Abstract: "铅酸电池拆解与回收。", Facets: map[string][]string{"field": {"环保"}}},
		Document{ID: "igbt", Kind: "result", Title: "IGBT模块散热", Abstract: "采用Al2O3陶瓷基板,热阻降低。", Facets: map[string][]string{"field": {"电子"}}},
		Document{ID: "need", Kind: "need", Title: "涂料发黄", Abstract: "白色涂料三个月就发黄,想要耐黄变的树脂。", Facets: map[string][]string{"field": {"材料"}}},
	)
	return x
}

func TestSearchRules(t *testing.T) {
	x := library(t)
	for _, tt := range []struct {
		rule    string
		q       Query
		want    string // IDs in order
		reading Reading
	}{
		{"all words in any order", Query{Text: "回收 锂离子"}, "battery", ReadAll},
		{"all of an unspaced query, whatever stands between", Query{Text: "锂离子电池湿法冶金"}, "battery", ReadAll},
		{"a title that says it goes first", Query{Text: "电池回收"}, "lead battery", ReadAll},
		{"joining words weigh nothing", Query{Text: "电池的回收"}, "lead battery", ReadAll},
		{"questions weigh nothing", Query{Text: "怎么回收电池"}, "lead battery", ReadAll},
		{"a phrase inside a longer word", Query{Text: `"离子电"`}, "battery", ReadAll},
		{"a phrase is in this order", Query{Text: `"回收电池"`}, "", ReadAll},
		{"exclusion", Query{Text: "电池回收 -铅酸"}, "battery", ReadAll},
		{"one character", Query{Text: "铅"}, "lead", ReadAll},
		{"one character beside words", Query{Text: "电池 铁"}, "battery", ReadAll},
		{"word case and width", Query{Text: "ｉｇｂｔ"}, "igbt", ReadAll},
		{"formula with subscripts", Query{Text: "Al₂O₃"}, "igbt", ReadAll},
		{"a number with a point", Query{Text: "98.5"}, "battery", ReadAll},
		{"a word beside Han characters", Query{Text: "NCM811"}, "battery", ReadAll},
		{"a word beside punctuation", Query{Text: "三元材料"}, "battery", ReadAll},
		{"most of it when none has all", Query{Text: "锂离子电池回收 航天"}, "battery", ReadMost},
		{"any of it when none has half", Query{Text: "散热 航天飞机发动机叶片涂层"}, "igbt", ReadAny},
		{"exclusion holds in every reading", Query{Text: "散热 航天飞机发动机叶片 -IGBT"}, "", ReadAny},
		{"nothing in common", Query{Text: "核聚变"}, "", ReadAny},
		{"kind", Query{Text: "材料 涂料", Kinds: []string{"need"}}, "need", ReadMost},
		{"filter, any value", Query{Text: "电池", Filters: map[string][]string{"field": {"材料", "电子"}}}, "battery", ReadAll},
		{"filter, every name", Query{Text: "电池", Filters: map[string][]string{"field": {"环保"}, FacetKind: {"need"}}}, "", ReadAny},
		{"unknown filter value", Query{Text: "电池", Filters: map[string][]string{"field": {"农业"}}}, "", ReadAny},
		{"empty text lists all, by ID", Query{}, "battery igbt lead need", ReadAll},
		{"only punctuation finds nothing", Query{Text: "。！"}, "", ReadAll},
		{"only an exclusion", Query{Text: "-电池"}, "igbt need", ReadAll},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			page, err := x.Search(t.Context(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, h := range page.Hits {
				ids = append(ids, h.ID)
			}
			if got := strings.Join(ids, " "); got != tt.want || page.Total != len(ids) {
				t.Errorf("found %q of %d, want %q", got, page.Total, tt.want)
			}
			if page.Reading != tt.reading {
				t.Errorf("reading %s, want %s", page.Reading, tt.reading)
			}
		})
	}
}

// marked writes a fragment with its marks in brackets.
func marked(f Fragment) string {
	var b strings.Builder
	end := 0
	for _, m := range f.Marks {
		b.WriteString(f.Text[end:m.Start] + "[" + f.Text[m.Start:m.End] + "]")
		end = m.End
	}
	return b.String() + f.Text[end:]
}

func TestFragments(t *testing.T) {
	x := openTest(t, t.TempDir())
	long := strings.Repeat("前面是别的内容。", 40) + "钴、镍回收，ＮＣＭ811。" + strings.Repeat("后面也是。", 40)
	put(t, x, Document{ID: "a", Title: "锂电池、回收", Abstract: long, Keywords: []string{"其他", "镍回收"}})
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"电池", []string{"锂[电池]、回收"}},
		{"回收 ncm811", []string{"锂电池、[回收]", "…钴、镍[回收]，[ＮＣＭ811]。…", "镍[回收]"}},
		{`"池、回"`, []string{"锂电[池、回]收"}},
		{"镍", []string{"锂电池、回收", "…钴、[镍]回收，ＮＣＭ811。…", "[镍]回收"}},
	} {
		page, err := x.Search(t.Context(), Query{Text: tt.query})
		if err != nil || len(page.Hits) != 1 {
			t.Fatalf("%s: %v, %d hits", tt.query, err, len(page.Hits))
		}
		var got []string
		for _, f := range page.Hits[0].Fragments {
			s := marked(f)
			if f.Field == FieldAbstract {
				if long[f.Start:f.Start+len(f.Text)] != f.Text {
					t.Errorf("%s: fragment is not at byte %d", tt.query, f.Start)
				}
				if len(f.Marks) == 0 {
					continue
				}
				i, j := strings.Index(s, "钴"), strings.Index(s, "后面")
				s = "…" + s[i:j] + "…"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.query, diff)
		}
	}
}

func TestTypingSlips(t *testing.T) {
	x := openTest(t, t.TempDir())
	put(t, x, doc("a", "graphene导热膜", "graphene"), doc("b", "grapheme", "字素"), doc("c", "IGBT模块", "graphene"), doc("gone", "lithium", ""))
	if err := x.Apply(t.Context(), Batch{Delete: []string{"gone"}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		query string
		total int
		want  []Correction
	}{
		{"graphene", 2, nil},
		{"Grafene", 0, nil}, // two letters away
		{"grapene 导热", 1, []Correction{{"grapene", "graphene"}}},
		{"graphenne", 2, []Correction{{"graphenne", "graphene"}}},
		{"IGPT", 0, nil},        // a code, not a slip
		{`"grapene"`, 0, nil},   // a phrase is meant
		{"模块 -grapene", 1, nil}, // so is an exclusion
		{"lithiun", 0, nil},     // no document has the word any more
	} {
		page, err := x.Search(t.Context(), Query{Text: tt.query})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, page.Corrections); diff != "" || page.Total != tt.total {
			t.Errorf("%s: %d hits, want %d\n%s", tt.query, page.Total, tt.total, diff)
		}
	}
}

func TestFacetCounts(t *testing.T) {
	x := library(t)
	page, err := x.Search(t.Context(), Query{Text: "电池", Facets: []string{"field", FacetKind, "unknown"}, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]FacetCount{
		"field":   {{"环保", 2}, {"材料", 1}},
		FacetKind: {{"result", 2}},
		"unknown": nil,
	}
	if diff := cmp.Diff(want, page.Facets); diff != "" {
		t.Error(diff)
	}

	// A chosen value narrows the hits and the other facets, not its own.
	page, err = x.Search(t.Context(), Query{
		Text: "电池", Facets: []string{"field", FacetKind}, Kinds: []string{"result"},
		Filters: map[string][]string{"field": {"材料"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want = map[string][]FacetCount{"field": {{"环保", 2}, {"材料", 1}}, FacetKind: {{"result", 1}}}
	if diff := cmp.Diff(want, page.Facets); diff != "" || page.Total != 1 {
		t.Errorf("%d hits, %s", page.Total, diff)
	}
}

// While documents come and go, pages neither repeat nor miss one that stays.
func TestPagingIsStable(t *testing.T) {
	x := openTest(t, t.TempDir())
	var docs []Document
	for i := range 100 {
		docs = append(docs, doc(fmt.Sprintf("d%02d", i), "电池", strings.Repeat("电池回收", i%7)+strings.Repeat("其他", i%11)))
	}
	put(t, x, docs...)
	seen := map[string]int{}
	q := Query{Text: "电池 回收", Limit: 7}
	for n := 0; ; n++ {
		page, err := x.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Hits {
			seen[h.ID]++
		}
		if q.After = page.After; q.After == "" {
			break
		}
		put(t, x, doc(fmt.Sprintf("new%d", n), "回收", strings.Repeat("电池的各种回收", n+1)), doc(fmt.Sprintf("other%d", n), strings.Repeat("别的", 30), ""))
	}
	for i := range 100 {
		id := fmt.Sprintf("d%02d", i)
		if want := min(i%7, 1); seen[id] != want {
			t.Errorf("%s came %d times, want %d", id, seen[id], want)
		}
	}
	if _, err := x.Search(t.Context(), Query{Text: "别的", After: q.After + "x"}); !errors.Is(err, ErrCursor) {
		t.Errorf("a made-up cursor: %v, want ErrCursor", err)
	}
	page, _ := x.Search(t.Context(), Query{Text: "电池 回收", Limit: 7})
	if _, err := x.Search(t.Context(), Query{Text: "电池", After: page.After}); !errors.Is(err, ErrCursor) {
		t.Errorf("the cursor of another query: %v, want ErrCursor", err)
	}
	for _, narrowed := range []Query{
		{Text: q.Text, Kinds: []string{"need"}}, {Text: q.Text, Filters: map[string][]string{"field": {"x"}}}, {Text: "-" + q.Text},
	} {
		narrowed.After = page.After
		if _, err := x.Search(t.Context(), narrowed); !errors.Is(err, ErrCursor) {
			t.Errorf("the cursor of a wider query: %v, want ErrCursor", err)
		}
	}
}

// A match explains itself by what both texts say, at the right places.
func TestMatchExplains(t *testing.T) {
	x := library(t)
	p := Probe{Title: "漆面黄变", Text: "求耐黄变的ncm811树脂材料", Kind: "need"}
	m, err := x.Match(t.Context(), p)
	if err != nil || len(m) != 1 || m[0].ID != "need" {
		t.Fatalf("%v, %+v", err, m)
	}
	checkMatch(t, m[0])
	fields := map[string]string{FieldTitle: p.Title, FieldText: p.Text}
	document := map[string]string{FieldTitle: "涂料发黄", FieldAbstract: "白色涂料三个月就发黄,想要耐黄变的树脂。"}
	var got []string
	for _, f := range m[0].Phrases {
		got = append(got, f.Text+"/"+f.Found)
		for _, s := range f.Probe {
			if fields[s.Field][s.Start:s.End] != f.Text {
				t.Errorf("%q is not at %+v of the probe", f.Text, s)
			}
		}
		for _, s := range f.Doc {
			if document[s.Field][s.Start:s.End] != f.Found {
				t.Errorf("%q is not at %+v of the document", f.Found, s)
			}
		}
	}
	if want := []string{"耐黄变/耐黄变", "树脂/树脂"}; !cmp.Equal(got[:2], want) {
		t.Errorf("phrases %v, want %v first", got, want)
	}
}

// Readers and a writer at once, which the race detector watches.
func TestReadersAndWriter(t *testing.T) {
	x := library(t)
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				m, err := x.Match(ctx, Probe{Text: "电池怎样回收"})
				for _, k := range m {
					checkMatch(t, k)
				}
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				if _, err := x.Search(ctx, Query{Text: "电池 回收", Facets: []string{"field"}}); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 30 {
		put(t, x, doc(fmt.Sprint(i%13), "电池回收", fmt.Sprint("第", i, "次")), doc("battery", "锂离子电池回收", fmt.Sprint(i)))
		if i%5 == 0 {
			x.mu.Lock()
			x.checked -= 2 * refreshAfter
			x.mu.Unlock()
		}
	}
	cancel()
	readers.Wait()
}

func TestCanceled(t *testing.T) {
	x := library(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.Match(ctx, Probe{Text: "电池"})
	_, err2 := x.Search(ctx, Query{Text: "电池"})
	err3 := x.Apply(ctx, Batch{})
	for _, err := range []error{err, err2, err3} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
	}
}
