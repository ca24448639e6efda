package codes

import "testing"

func TestNumbersThatAreTheSame(t *testing.T) {
	const form = "20262101LN000001"
	for name, in := range map[string]string{
		"plain": "20262101LN000001", "full width": "２０２６２１０１ＬＮ０００００１", "lower case": "20262101ln000001", "blanks": " 2026 2101 LN\t000001\n",
		"full-width blanks": "　2026　2101LN000001", "hyphens": "2026-2101-LN-000001", "full-width hyphens": "2026－2101－LN－000001",
		"dashes": "2026–2101—LN―000001", "a minus": "2026−2101LN000001", "hyphens that do not break": "2026‑2101LN000001",
		"a zero-width space": "2026\u200b2101LN000001", "a byte order mark": "\ufeff20262101LN000001", "a soft hyphen": "2026\u00ad2101LN000001",
		"a no-break space": "2026\u00a02101LN000001", "a mark of direction": "\u202a20262101LN000001\u202c", "a word joiner": "2026\u20602101LN000001",
		"a table's line": "2026─2101LN000001", "middle dots": "2026·2101・LN•000001", "middle dots of other kinds": "2026‧2101∙LN⋅000001", "a half-width middle dot": "2026･2101LN000001",
		"a Hangul filler": "2026\u31642101LN000001",
	} {
		if got := NumberForm(in); got != form {
			t.Errorf("%s: %q has the form %q", name, in, got)
		}
	}
	// Brackets are as good as each other, and so are slashes.
	for _, same := range [][]string{
		{"沈技(2024)1号", "沈技〔2024〕1号", "沈技[2024]1号", "沈技（2024）1号", "沈技【2024】1号", "沈技「2024」1号", "沈技『2024』1号", "沈技［2024］1号", "沈技｛2024｝1号", "沈技{2024}1号",
			"沈技〖2024〗1号", "沈技《2024》1号", "沈技〈2024〉1号", "沈技＜2024＞1号", "沈技<2024>1号", "沈技｢2024｣1号", "沈技﹝2024﹞1号", "沈技︹2024︺ 1号", "沈技⟨2024⟩1号", "沈技«2024»1号"},
		{"2024/01", "2024／01", "2024⁄01", "2024∕01"},
	} {
		for _, in := range same {
			if got := NumberForm(in); got != same[0] {
				t.Errorf("%q has the form %q", in, got)
			}
		}
	}
	for _, c := range [][2]string{{"2026-01", "2026/01"}, {"沈技2026001", "沈技2026010"}, {"2026〔1〕", "2026〔2〕"}, {"2026〔1〕", "20261"}, {"2026(1", "2026)1"}} {
		if NumberForm(c[0]) == NumberForm(c[1]) {
			t.Errorf("%q and %q are one", c[0], c[1])
		}
	}
	for _, empty := range []string{"", " ", "-", "－—", "\u200b\u3164"} {
		if got := NumberForm(empty); got != "" {
			t.Errorf("%q has the form %q", empty, got)
		}
	}
}

func TestNamesThatAreTheSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"盛北（沈阳）材料有限公司", "盛北(沈阳)材料有限公司", true},
		{"盛北 材料有限公司", "盛北材料有限公司", true},
		{"ABC科技", "ａｂｃ科技", true},
		{"Siemens AG", "SIEMENS  AG.", true},
		{"阿依古丽·买买提", "阿依古丽•买买提", true},
		{"盛北（瀋陽）新材料有限公司", "盛北(沈阳)新材料有限公司", true},
		{"遼寧鑫鹽鹼地改良研究院", "辽宁鑫盐碱地改良研究院", true},
		{"臺灣積體電路製造", "台湾积体电路制造", true},
		{"鍾錶後勤計畫中心", "钟表后勤计划中心", true},
		{"沈阳⻛电⻋辆⻓城公司", "沈阳风电车辆长城公司", true},
		{"乾安縣⽔利局", "干安县水利局", true},
		{"盛北动画公司", "盛北动划公司", false},
		{"盛北材料有限公司", "盛北材料股份有限公司", false},
		{"盛北材料有限公司", "盛北材料有限公司沈阳分公司", false},
		{"……", "——", false},
	} {
		if got := NameForm(c.a) == NameForm(c.b); got != c.same {
			t.Errorf("%q (%q) and %q (%q): %v", c.a, NameForm(c.a), c.b, NameForm(c.b), got)
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add("2026-2101")
	f.Add("〔<\u0338＞∕⑴")
	f.Add("ﬀ\u200b\u0301ſıİ")
	f.Add("計-畫⻓瞭解")
	f.Fuzz(func(t *testing.T, s string) {
		for name, form := range map[string]func(string) string{"number": NumberForm, "name": NameForm} {
			if once := form(s); form(once) != once {
				t.Errorf("%s: %q becomes %q and then %q", name, s, once, form(once))
			}
		}
	})
}
