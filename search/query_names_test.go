package search

import (
	"slices"
	"strings"
	"testing"
)

func TestPinyin(t *testing.T) {
	for _, tt := range []struct {
		name, letters string
		want          bool
	}{
		{"清华大学", "qinghuadaxue", true},
		{"清华大学", "qhdx", true},
		{"清华大学", "qh", true},
		{"清华大学", "qinghua", true},
		{"清华大学", "qingh", true},
		{"清华大学", "qhuadx", true},
		{"清华大学", "huada", true},
		{"清华大学", "dx", false},  // two letters, not at the beginning
		{"清华大学", "qdx", false}, // leaves a character out
		{"清华大学", "q", false},
		{"重庆大学", "chongqing", true},
		{"重庆大学", "cqdx", true},
		{"厦门大学", "xiamen", true},
		{"中国科学院大连化学物理研究所", "dlhwxs", false},
		{"中国科学院大连化学物理研究所", "dlhxwl", true},
		{"浙江大学", "zhjdx", true},
		{"3M中国有限公司", "3mzhongguo", false}, // digits are no pinyin
		{"西安交通大学(苏州)研究院", "sznyjy", false},
		{"西安交通大学(苏州)研究院", "szyjy", true},
	} {
		names := newNameTable()
		names.add([]string{tt.name})
		p := parseQuery(tt.letters)
		if got := names.meant(&p.clauses[0], true) != nil; got != tt.want {
			t.Errorf("%s finds %s: %v, want %v", tt.letters, tt.name, got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	x := openTest(t, t.TempDir())
	named := func(id, title, name string) Document {
		d := doc(id, title, "")
		d.Names = []string{name}
		return d
	}
	put(t, x,
		named("a", "锂电池回收", "清华大学"),
		named("b", "水处理", "清华大学深圳国际研究生院"),
		named("c", "锂电池热管理", "浙江大学"),
		named("d", "CAD软件", "长安大学"),
		named("e", "涂料", "3M中国有限公司"),
		doc("f", "清华大学的锂电池", ""),
	)
	for _, tt := range []struct{ rule, query, want string }{
		{"initials", "qhdx", "a b"},
		{"a part of the pinyin", "zhejiang", "c"},
		{"unfinished", "qingh", "a b"},
		{"characters", "浙江大学", "c"},
		{"in front of other words", "清华大学锂电池", "a f"},
		{"beside other words", "锂电池 清华", "a f"},
		{"with pinyin", "锂电池 qinghua", "a"},
		{"a word that texts have is no pinyin", "cad", "d"},
		{"a word in a name", "3m", "e"},
		{"an exclusion is about the text", "锂电池 -清华大学", "a c"},
		{"a phrase is in the text", `"清华大学"`, "f"},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			page, err := x.Search(t.Context(), Query{Text: tt.query})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Fields(ids(page))
			slices.Sort(got)
			if strings.Join(got, " ") != tt.want || page.Reading != ReadAll || len(page.Corrections) != 0 {
				t.Errorf("found %q as %s, want %q", got, page.Reading, tt.want)
			}
			for _, h := range page.Hits {
				checkFragments(t, h)
			}
		})
	}
	page, err := x.Search(t.Context(), Query{Text: "sz yanjiusheng"})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Hits) != 1 || page.Hits[0].ID != "b" {
		t.Fatalf("found %q", ids(page))
	}
	f := page.Hits[0].Fragments
	if got := marked(f[len(f)-1]); f[len(f)-1].Field != FieldNames || got != "清华大学深圳国际[研究生]院" {
		t.Errorf("highlighted %s", got)
	}
	if m := matchIDs(t, x, Probe{Text: "清华大学"}); !slices.Equal(m, []string{"f"}) {
		t.Errorf("a match looks at names: %v", m)
	}
	for _, tt := range []struct {
		text string
		kind []string
		want []string
	}{
		{"qhdx", nil, []string{"清华大学", "清华大学深圳国际研究生院"}},
		{"清华", nil, []string{"清华大学", "清华大学深圳国际研究生院", "清华大学的锂电池"}},
		{"zhong", nil, []string{"3M中国有限公司"}},
		{"zjdx", []string{"need"}, []string{}},
	} {
		got, err := x.Suggest(t.Context(), Query{Text: tt.text, Kinds: tt.kind})
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, suggested %q, want %q", tt.text, err, got, tt.want)
		}
	}
	// After the last document with a name is gone, the name finds nothing.
	if err := x.Apply(t.Context(), Batch{Delete: []string{"c"}}); err != nil {
		t.Fatal(err)
	}
	if page, err := x.Search(t.Context(), Query{Text: "zjdx"}); err != nil || page.Total != 0 {
		t.Errorf("%v, %d hits", err, page.Total)
	}
}
