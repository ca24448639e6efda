package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// savedTexts are documents whose words, names and synonyms meet in many ways.
var savedTexts = []Document{
	{ID: "a", Kind: "result", Title: "废旧锂离子电池回收工艺", Abstract: "以磷酸铁锂为对象,研究湿法冶金回收;回收率98.5%。符合ISO 9001。", Keywords: []string{"电池回收"}, Names: []string{"清华大学", "林砚舟"}, Facets: map[string][]string{"field": {"材料"}}},
	{ID: "b", Kind: "result", Title: "印制电路板散热", Abstract: "采用Al2O3陶瓷基板,α-Fe涂层,Wi-Fi模块,热阻降低。", Names: []string{"盛北理工大学"}, Facets: map[string][]string{"field": {"电子", "材料"}}},
	{ID: "c", Kind: "need", Title: "涂料发黄", Abstract: "白色涂料三个月就发黄,想要耐黄变的树脂,PCB清洗也可。", Names: []string{"辽浑智造装备有限公司"}, Facets: map[string][]string{"field": {"材料"}}},
	{ID: "d", Kind: "team", Title: "铅酸电池拆解", Abstract: "ISO9001认证的拆解线,WiFi联网,5G 回传。"},
}

// A saved query is answered by just those documents that a search for it would find if there were no other, in its strongest reading.
func TestSavedQueriesFindWhatASearchFinds(t *testing.T) {
	fixed := []Query{
		{}, {Text: "电池"}, {Text: "电池回收"}, {Text: "电池 -铅酸"}, {Text: `"离子电池"`}, {Text: "-电池"}, {Text: "。！"}, {Text: "PCB"}, {Text: "印刷电路板"}, {Text: "印刷电路板散热"},
		{Text: "清华大学锂电池"}, {Text: "清华 电池"}, {Text: "qinghua"}, {Text: "qhdx 回收"}, {Text: "ISO9001"}, {Text: "ISO 9001"}, {Text: "wifi"}, {Text: "Wi-Fi 散热"}, {Text: "α-Fe"}, {Text: "5g"},
		{Text: "林砚舟"}, {Text: "辽浑智造 涂料"}, {Text: "鋰電池"}, {Text: "电"}, {Text: "华 电池"}, {Text: "大学"}, {Text: "怎么回收电池"}, {Text: "98.5 回收率"},
		{Text: "电池", Kinds: []string{"team"}}, {Kinds: []string{"need"}}, {Text: "涂料", Filters: map[string][]string{"field": {"电子"}}}, {Filters: map[string][]string{"field": {"电子", "环保"}}},
	}
	var pool []rune
	for _, d := range savedTexts {
		pool = append(pool, []rune(d.Title+" "+d.Abstract+" "+strings.Join(d.Names, " "))...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		var parts []string
		for range 1 + r.IntN(3) {
			from := r.IntN(len(pool) - 6)
			parts = append(parts, string(pool[from:from+1+r.IntN(6)]))
		}
		fixed = append(fixed, Query{Text: strings.Join(parts, " ")})
	}
	s := NewSavedQueries(nil)
	for i, q := range fixed {
		s.Put(fmt.Sprint(i), Query{Text: "别的"}) // which is replaced
		s.Put(fmt.Sprint(i), q)
	}
	s.Put("gone", Query{})
	s.Remove("gone")
	hits := 0
	for _, d := range savedTexts {
		x := openTest(t, t.TempDir())
		put(t, x, d)
		found := s.Finding(d)
		for i, q := range fixed {
			page, err := x.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Corrections) > 0 {
				continue
			}
			want := page.Total > 0 && page.Reading == ReadAll
			if got := slices.Contains(found, fmt.Sprint(i)); got != want {
				t.Errorf("%s by %q (%v): %v, a search says %v", d.ID, q.Text, q.Filters, got, want)
			}
			if want {
				hits++
			}
		}
	}
	if hits < 100 || s.Count() != len(fixed) {
		t.Errorf("%d hits of %d", hits, s.Count())
	}
}

// What one publication costs beside three thousand saved searches, and beside a match of the same text among twelve thousand others.
func BenchmarkSavedQueries(b *testing.B) {
	words := []string{"锂电池", "回收", "废气", "净化", "陶瓷", "烧结", "轴承", "涂料", "树脂", "散热", "电路板", "冶金", "催化剂", "机器人", "视觉检测", "焊接", "激光", "热处理", "稀土", "永磁电机", "污水", "膜分离", "传感器", "铸造", "齿轮", "数控机床", "液压", "密封", "腐蚀", "技术", "工艺", "系统"}
	r := rand.New(rand.NewPCG(3, 4))
	say := func(n int) string {
		out := make([]string, n)
		for i := range out {
			out[i] = words[r.IntN(len(words))] + string(rune(0x4e00+r.IntN(3000)))
		}
		return strings.Join(out, "，")
	}
	pick := func(n int) string {
		out := make([]string, n)
		for i := range out {
			out[i] = words[r.IntN(len(words))]
		}
		return strings.Join(out, " ")
	}
	x := openTest(b, b.TempDir())
	for range 12 {
		docs := make([]Document, 1000)
		for i := range docs {
			docs[i] = Document{ID: fmt.Sprint(x.Place(), "-", i), Kind: "result", Title: say(3), Abstract: say(40)}
		}
		put(b, x, docs...)
	}
	s := NewSavedQueries(nil)
	for i := range 3000 {
		text := pick(1 + r.IntN(2))
		if i%10 == 0 {
			text = []string{"PCB", "IGBT模块", "5G", "CO2 催化剂", "AI"}[r.IntN(5)]
		}
		s.Put(fmt.Sprint(i), Query{Text: text})
	}
	d := Document{ID: "new", Kind: "result", Title: say(3), Abstract: say(40), Names: []string{"盛北理工大学"}}
	b.Run("saved", func(b *testing.B) {
		for b.Loop() {
			s.Finding(d)
		}
		b.ReportMetric(float64(len(s.Finding(d))), "hits")
	})
	b.Run("match", func(b *testing.B) {
		for b.Loop() {
			if _, err := x.Match(context.Background(), Probe{Title: d.Title, Text: d.Abstract, Kind: "result", Limit: 30}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
