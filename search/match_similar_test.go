package search

import (
	"strings"
	"testing"
)

func TestSimilar(t *testing.T) {
	x := openTest(t, t.TempDir())
	text := "针对废旧锂离子电池正极材料,研究了湿法冶金回收钴、镍、锰的工艺,浸出率达到98.5%,酸耗降低三成,并完成了中试。"
	put(t, x,
		doc("same", "回收工艺", text),
		doc("reworded", "回收工艺", strings.Replace(strings.Replace(text, "研究了", "开发出", 1), "并完成了中试", "已通过中试验证", 1)),
		doc("other", "", "研究了铅酸电池的回收工艺,铅的回收率达到95%。"),
		Document{ID: "elsewhere", Kind: "need", Abstract: text},
	)
	got, err := x.Similar(t.Context(), Probe{Title: "回收工艺", Text: text, Kind: "result"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].ID != "same" || got[0].Overlap != 1 || got[1].ID != "reworded" {
		t.Errorf("similar: %+v", got)
	}
	if got, _ := x.Similar(t.Context(), Probe{Title: "回收工艺", Text: text, Kind: "result", Exclude: []string{"same"}}, 0.99); len(got) != 0 {
		t.Errorf("above .99: %+v", got)
	}
	for name, text := range badTexts {
		if _, err := x.Similar(t.Context(), Probe{Text: text}, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
