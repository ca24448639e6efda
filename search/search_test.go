package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

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
		{"a minus of a number excludes nothing", Query{Text: "回收率 -98.5%"}, "battery", ReadAll},
		{"nor at the beginning", Query{Text: "－98.5% 回收率"}, "battery", ReadAll},
		{"traditional characters", Query{Text: "鋰離子電池濕法冶金"}, "battery", ReadAll},
		{"traditional characters of several simplified ones", Query{Text: "鉛酸電池拆解與迴收"}, "lead", ReadAll},
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
