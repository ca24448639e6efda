package search

import (
	"strings"
	"testing"
)

// A sign that belongs to a word or unit makes another word, and a name is found however it is parted.
func TestSignsAndPartsOfNames(t *testing.T) {
	x := openTest(t, t.TempDir())
	texts := map[string]string{
		"c": "C语言程序", "cpp": "C++程序设计", "csharp": "C#程序设计", "net": ".NET平台程序", "vitamin": "维生素C制剂",
		"cold": "在-196℃下的冲击韧性", "warm": "升温至80 °C固化", "fahrenheit": "烘烤到350℉",
		"alphafe": "α-Fe相变", "fealpha": "Fe粉与α射线", "gbt": "符合GB/T 7714-2015", "gbt2": "按GB/T228执行", "gb": "GB规范，T型接头",
		"iso": "通过ISO9001认证", "iso2": "通过ISO 9001认证", "iso3": "通过ISO-9001认证", "tc": "TC4钛合金", "tc2": "TC 4合金锻件", "steel": "1Cr18Ni9Ti管", "cr": "40Cr齿轮", "cr2": "40 Cr齿轮轴",
		"wifi": "WiFi模组", "wifi2": "Wi-Fi芯片", "bi": "Power BI报表", "bi2": "PowerBI看板", "um": "颗粒10μm", "um2": "涂层10 μm", "ti": "Ti-6Al-4V粉末", "ti2": "Ti6Al4V支架",
		"5g": "5G基站", "gram": "投料5 g", "al2o3": "Al₂O₃陶瓷", "water": "H₂O2分解", "na": "Na+通道", "nacl": "NaCl溶液与Na合金", "ca": "Ca²⁺浓度",
		"numbers": "编号10、20", "joined": "编号1020",
	}
	var docs []Document
	for id, text := range texts {
		docs = append(docs, Document{ID: id, Kind: "result", Abstract: text})
	}
	put(t, x, docs...)
	for query, want := range map[string]string{
		"C": "c vitamin", "c++": "cpp", "Ｃ＋＋": "cpp", "C#": "csharp", "C＃": "csharp", ".net": "net",
		"℃": "cold warm", "°C": "cold warm", "° c": "cold warm", "℉": "fahrenheit", "-196℃": "cold", "−196 ℃": "cold", "韧性 －196°C": "cold", "80℃": "warm",
		"α-Fe": "alphafe", "αFe": "alphafe", "α Fe": "alphafe fealpha", "Fe": "alphafe fealpha",
		"GB/T": "gbt", "GB/T7714": "gbt", "GB/T 7714": "gbt", "GB／T 228": "gbt2",
		"ISO9001": "iso iso2 iso3", "ISO 9001": "iso iso2 iso3", "iso-9001": "iso iso2 iso3", "TC4": "tc tc2", "tc 4": "tc tc2", "TC-4": "tc tc2", "1cr18ni9ti": "steel", "40Cr": "cr cr2", "40 CR": "cr cr2",
		"wifi": "wifi wifi2", "Wi-Fi": "wifi wifi2", "wi fi": "wifi wifi2", "powerbi": "bi bi2", "power bi": "bi bi2", "10μm": "um um2", "10 µm": "um um2", "10㎛": "um um2",
		"Ti6Al4V": "ti ti2", "Ti-6Al-4V": "ti ti2", "ti 6al 4v": "ti ti2", "5G": "5g", "5 g": "5g gram", "Al2O3": "al2o3", "H2O2": "water",
		"Na+": "na", "Na⁺": "na", "Na": "nacl", "Ca2+": "ca", "10 20": "numbers", "1020": "joined",
	} {
		page, err := x.Search(t.Context(), Query{Text: query, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, h := range page.Hits {
			got[h.ID] = true
		}
		for id := range strings.FieldsSeq(want) {
			if !got[id] {
				t.Errorf("%s does not find %s", query, texts[id])
			}
			delete(got, id)
		}
		for id := range got {
			t.Errorf("%s finds %s", query, texts[id])
		}
		if page.Reading != ReadAll || len(page.Synonyms) > 0 && query != "Al2O3" && query != "H2O2" {
			t.Errorf("%s is read as %s, %+v", query, page.Reading, page.Synonyms)
		}
	}
}
