package search

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiebang/search/han"
)

// checkMatch holds what is true of every match.
func checkMatch(t interface{ Errorf(string, ...any) }, m Match) {
	sum := 0.0
	for _, p := range m.Parts {
		sum += p.Points
	}
	if math.Abs(sum-m.Score) > 1e-9 || m.Score < 0 || m.Score > 100 || math.IsNaN(m.Score) {
		t.Errorf("%s: score %v, sum of parts %v", m.ID, m.Score, sum)
	}
	shared := 0.0
	for _, p := range m.Phrases {
		shared += p.Points
		if p.Text == "" || p.Found == "" || p.Points < 0 || len(p.Probe) == 0 || len(p.Doc) == 0 {
			t.Errorf("%s: phrase %+v", m.ID, p)
		}
	}
	if math.Abs(shared-m.Parts[0].Points) > 1e-6 {
		t.Errorf("%s: phrases have %v points of %v", m.ID, shared, m.Parts[0].Points)
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

// checkSpans holds that every phrase stands where the match says, in both texts.
func checkSpans(t interface{ Fatalf(string, ...any) }, p Probe, d Document, m Match) {
	at := func(sources []source, s Span) string {
		for _, src := range sources {
			if src.field == s.Field && src.item == s.Item {
				if s.Start < 0 || s.End > len(src.text) || s.Start >= s.End {
					t.Fatalf("span %+v in %q", s, src.text)
				}
				return src.text[s.Start:s.End]
			}
		}
		t.Fatalf("no field for span %+v", s)
		return ""
	}
	same := func(a, b string) bool {
		return a == b || slices.EqualFunc(han.Tokenize(nil, a), han.Tokenize(nil, b), func(x, y han.Token) bool { return x.Sym == y.Sym })
	}
	for _, f := range m.Phrases {
		if got := at(p.sources(), f.Probe[0]); got != f.Text {
			t.Fatalf("%q of the probe is %q", f.Text, got)
		}
		if got := at(d.sources(), f.Doc[0]); got != f.Found {
			t.Fatalf("%q of the document is %q", f.Found, got)
		}
		for _, s := range f.Probe {
			if got := at(p.sources(), s); !same(got, f.Text) {
				t.Fatalf("%q of the probe is %q", f.Text, got)
			}
		}
		for _, s := range f.Doc {
			if got := at(d.sources(), s); !same(got, f.Found) {
				t.Fatalf("%q of the document is %q", f.Found, got)
			}
		}
	}
}

func TestPhrasesStandWhereTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := collection().Draw(t, "docs")
		byID := map[string]Document{}
		for _, d := range docs {
			byID[d.ID] = d
		}
		x := openTemp(t)
		if err := x.Apply(context.Background(), Batch{Put: docs}); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			p := Probe{Title: anyText().Draw(t, "title"), Text: chinese(0, 60).Draw(t, "text"), Keywords: []string{chinese(0, 6).Draw(t, "keyword")}}
			m, err := x.Match(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range m {
				checkMatch(t, k)
				checkSpans(t, p, byID[k.ID], k)
			}
		}
	})
}

func FuzzExplain(f *testing.F) {
	f.Add("锂电池怎样回收？", "废旧锂电池,回收。")
	f.Add("ＮＣＭ811¼", "ncm811 1⁄4")
	f.Add(strings.Repeat("电", 300), strings.Repeat("电", 300))
	f.Add("e\u0301\xff锂𠮷", "é锂𠮷")
	x, err := Open(f.TempDir(), Options{})
	if err != nil {
		f.Fatal(err)
	}
	defer x.Close()
	f.Fuzz(func(t *testing.T, probe, text string) {
		d := Document{ID: "d", Abstract: text}
		if err := x.Apply(context.Background(), Batch{Put: []Document{d, doc("other", "锂电池", "回收")}}); err != nil {
			t.Fatal(err)
		}
		p := Probe{Text: probe}
		m, err := x.Match(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range m {
			checkMatch(t, k)
			if k.ID == "d" {
				checkSpans(t, p, d, k)
			}
		}
	})
}
