package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSuggest(t *testing.T) {
	x := openTest(t, t.TempDir())
	put(t, x,
		Document{ID: "1", Kind: "result", Title: "废旧锂电池回收工艺", Keywords: []string{"锂电池", "电池回收"}, Facets: map[string][]string{"field": {"环保"}}},
		Document{ID: "2", Kind: "result", Title: "锂电池热管理", Keywords: []string{"锂电池", "热管理"}},
		Document{ID: "3", Kind: "result", Title: "Graphene导热膜", Keywords: []string{"graphene", "Graphite"}},
		Document{ID: "4", Kind: "need", Title: "锂电池起火怎么办", Abstract: "电池仓", Keywords: []string{"锂电池消防"}},
	)
	for _, tt := range []struct {
		rule string
		q    Query
		want []string
	}{
		{"keywords first, the frequent before the rare", Query{Text: "锂电池", Kinds: []string{"result"}}, []string{"锂电池", "锂电池热管理", "废旧锂电池回收工艺"}},
		{"a word not finished", Query{Text: "电池回"}, []string{"电池回收", "废旧锂电池回收工艺"}},
		{"a Latin word not finished", Query{Text: "grap"}, []string{"Graphite", "graphene", "Graphene导热膜"}},
		{"behind Han characters", Query{Text: "导热Gra"}, []string{"Graphene导热膜"}},
		{"one character", Query{Text: "膜"}, []string{"Graphene导热膜"}},
		{"what the filter hides is not suggested", Query{Text: "锂电池", Filters: map[string][]string{"field": {"环保"}}}, []string{"锂电池", "废旧锂电池回收工艺"}},
		{"no more than asked for", Query{Text: "锂电池", Limit: 1}, []string{"锂电池"}},
		{"nothing typed", Query{}, []string{}},
		{"only punctuation", Query{Text: "、"}, []string{}},
		{"nothing like it", Query{Text: "核聚变"}, []string{}},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got, err := x.Suggest(t.Context(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	for name, text := range badTexts {
		if _, err := x.Suggest(t.Context(), Query{Text: text}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
