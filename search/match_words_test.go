package search

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// Reasons are words that people know: whole ones, and no measures.
func TestReasonsAreWords(t *testing.T) {
	for _, tt := range []struct {
		need, result  string
		want, wantNot []string
	}{
		{"我们的不锈钢管子腐蚀得快", "一种奥氏体不锈钢耐蚀处理", []string{"不锈钢"}, []string{"锈钢"}},
		{"有机废气味道大", "面向有机废气的催化净化", []string{"有机废气"}, []string{"机废气"}},
		{"板子3毫米厚，焊缝开裂", "针对5毫米厚钢板的焊缝检测", []string{"焊缝"}, []string{"毫米", "毫米厚", "米厚"}},
		{"希望储能效率在百分之九十以上", "储能电站效率百分之八十以上", []string{"储能", "效率"}, []string{"百分之", "以上", "储"}},
		{"等离子体发生器总灭", "低温等离子体装置", []string{"等离子体"}, []string{"离子体"}},
		{"涂层的附着不牢，过滤器堵", "提高附着强度，过滤精度高", []string{"附着", "过滤"}, []string{"附", "滤"}},
	} {
		x := openTest(t, t.TempDir())
		put(t, x, Document{ID: "a", Kind: "result", Abstract: tt.result}, Document{ID: "b", Kind: "result", Abstract: "无关的另一件事"})
		found, err := x.Match(t.Context(), Probe{Text: tt.need, Kind: "result"})
		if err != nil || len(found) == 0 || found[0].ID != "a" {
			t.Fatalf("%s: %+v %v", tt.need, found, err)
		}
		told := map[string]bool{}
		for i, p := range found[0].Phrases {
			told[p.Text] = true
			if i > 0 && p.Points > found[0].Phrases[i-1].Points {
				t.Errorf("%s: %s is told late", tt.need, p.Text)
			}
			if p.Probe[0].Start < 0 || tt.need[p.Probe[0].Start:p.Probe[0].End] != p.Text || tt.result[p.Doc[0].Start:p.Doc[0].End] != p.Found {
				t.Errorf("%s stands elsewhere", p.Text)
			}
		}
		for _, w := range tt.want {
			if !told[w] {
				t.Errorf("%s: %s is no reason among %v", tt.need, w, told)
			}
		}
		for _, w := range tt.wantNot {
			if told[w] {
				t.Errorf("%s: %s is a reason", tt.need, w)
			}
		}
	}
}

// A pair scores the same in a market of a few short texts and in one that has grown by long ones.
func TestAScoreKeepsItsMeaningAsTheMarketGrows(t *testing.T) {
	const need = "喷漆房废气味道大，活性炭两个月就要换一次，想要不用频繁换料的净化办法，去除率不低于百分之九十。"
	x := openTest(t, t.TempDir())
	put(t, x, Document{ID: "right", Kind: "result", Title: "喷涂废气催化净化装置", Abstract: "替代活性炭吸附，去除率百分之九十五，催化剂三年更换一次。"})
	for i := range 20 {
		put(t, x, Document{ID: fmt.Sprintf("short%d", i), Kind: "result", Title: "第" + string(rune('一'+i*37)) + "种轴承检测方法"})
	}
	score := func() float64 {
		t.Helper()
		found, err := x.Match(t.Context(), Probe{Text: need, Kind: "result", Limit: 100})
		if err != nil || len(found) == 0 || found[0].ID != "right" {
			t.Fatalf("%+v %v", found, err)
		}
		return found[0].Score
	}
	few := score()
	for i := range 100 {
		put(t, x, Document{ID: fmt.Sprintf("long%d", i), Kind: "result", Title: "机床主轴热误差补偿", Abstract: strings.Repeat("对机床主轴进行了温度场分析并建立了误差模型，结合"+string(rune('一'+i*53))+"实验验证。", 12)})
	}
	many := score()
	if math.Abs(few-many) > 4 || few < 5 {
		t.Errorf("%.1f among 21, %.1f among 121", few, many)
	}
}
