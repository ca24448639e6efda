package han

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Words in both scripts, as texts of science and trade have them, those among them whose traditional form has several simplified ones.
func TestTraditionalFormsAreFolded(t *testing.T) {
	for traditional, want := range map[string]string{
		"鋰離子電池": "锂离子电池", "鹽鹼地": "盐碱地", "盐硷地": "盐碱地", "釩鈦磁鐵礦": "钒钛磁铁矿", "鑄鐵熔煉": "铸铁熔炼", "鎵砷化物": "镓砷化物", "鈹銅合金": "铍铜合金", "聚醯亞胺": "聚酰亚胺",
		"鈧釔鑭鈰鐠釹": "钪钇镧铈镨钕", "羥基羧酸酯縮聚": "羟基羧酸酯缩聚", "纖維增強複合材料": "纤维增强复合材料", "顯微鏡": "显微镜", "齒輪箱軸承": "齿轮箱轴承", "鰻魚養殖": "鳗鱼养殖", "穀物儲藏": "谷物储藏", "癌症標靶藥物": "癌症标靶药物",
		"乾燥": "干燥", "後處理": "后处理", "幹細胞": "干细胞", "乾隆": "干隆", "麵粉": "面粉", "颱風": "台风", "檯燈": "台灯", "枱燈": "台灯", "臺灣": "台湾", "髮": "发", "發電": "发电", "歷史日曆": "历史日历",
		"製程控制": "制程控制", "週期": "周期", "鬱金": "郁金", "瀋陽": "沈阳", "沈澱池": "沉淀池", "沈降": "沉降", "沈陽": "沈阳", "鍊鋼": "炼钢", "鉸鍊": "铰链", "產業鏈": "产业链", "鍾": "钟", "時鐘": "时钟",
		"計畫": "计划", "規畫": "规划", "動畫": "动画", "劃分": "划分", "特徵": "特征", "答覆": "答复", "反覆": "反复", "覆蓋": "覆盖", "重複": "重复", "恢復": "恢复", "瞭解": "了解", "瞭望": "瞭望", "憑藉": "凭借",
		"附著力": "附着力", "隨著": "随着", "顯著": "显著", "磚坏": "砖坯", "破壞": "破坏", "坏": "坏", "打坏": "打坏", "甚麼": "什么", "怎麼": "怎么", "影像": "影像", "想像": "想像", "餘熱": "余热", "二噁英": "二恶英", "二𫫇英": "二恶英",
		"衞星": "卫星", "裡": "里", "裏": "里", "着": "着", "鑪": "炉", "龍": "龙",
	} {
		if got := Simplified(traditional); got != want {
			t.Errorf("%s is %s, want %s", traditional, got, want)
		}
		if got := written(traditional); got != written(want) {
			t.Errorf("%s reads as %s, %s as %s", traditional, got, want, written(want))
		}
		if again := Simplified(want); again != want {
			t.Errorf("%s is folded further to %s", want, again)
		}
	}
}

// The whole table is taken: no character of it stays what it is, but those that are first among their own simplified forms.
func TestEveryTraditionalFormIsFolded(t *testing.T) {
	folded := 0
	entries(openccCharacters, func(written string, forms []string) {
		r, _ := utf8.DecodeRuneInString(written)
		first, _ := utf8.DecodeRuneInString(forms[0])
		got := simplify(r)
		if simplify(got) != got {
			t.Errorf("%c is %c, which is folded further", r, got)
		}
		switch {
		case first == r || first > lastHan:
		case got == r:
			t.Errorf("%c is not folded; %c is its form", r, first)
		case got == simplify(first):
			folded++
		default:
			t.Errorf("%c is %c and not %c", r, got, first)
		}
	})
	if folded < 2900 {
		t.Errorf("only %d characters are folded", folded)
	}
}

// A radical is the character that it looks like, in both blocks.
func TestRadicalsAreCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"⻛力发电": "风力发电", "电动⻋": "电动车", "⻓输管道": "长输管道", "⻥类⻝品": "鱼类食品", "⻢铃薯": "马铃薯", "⻩曲霉": "黄曲霉", "⻰⻔吊": "龙门吊", "⻘霉素": "青霉素", "⺠用": "民用", "⻅光": "见光",
		"⻄北": "西北", "⻜机": "飞机", "⻮轮": "齿轮", "⻣料": "骨料", "⻚岩": "页岩", "⻨粒": "麦粒", "⻦类": "鸟类", "⻬次": "齐次", "⻆钢": "角钢", "⻉类": "贝类", "⼯业⽤⽔": "工业用水", "⾦属": "金属", "⻑輸": "长输",
	} {
		if written(in) != written(want) {
			t.Errorf("%s reads as %s, %s as %s", in, written(in), want, written(want))
		}
	}
	for r := rune(firstRadical); r < firstRadical+115; r++ {
		if r != 0x2E80 && r != 0x2E9A && simplify(r) == r {
			t.Errorf("%c (U+%04X) stays a radical", r, r)
		}
	}
}

func TestSimplifiedIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("計畫沈澱附著磚坏瞭解乾鍊條顯色a é⻛"))).Draw(t, "text")
		if once := Simplified(s); Simplified(once) != once {
			t.Fatalf("%q is %q and then %q", s, once, Simplified(once))
		}
	})
}
