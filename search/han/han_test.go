package han

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// written lists the tokens of a text as folded words and characters, | for a gap.
func written(s string) string {
	var b []string
	for _, t := range Tokenize(nil, s) {
		switch {
		case t.Sym == Gap:
			b = append(b, "|")
		case t.IsHan():
			b = append(b, string(rune(t.Sym)))
		default:
			b = append(b, t.Word)
		}
	}
	return strings.Join(b, " ")
}

func TestTokenize(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"only punctuation", "，。！?…", ""},
		{"han", "锂电池", "锂 电 池"},
		{"punctuation separates once", "电池，。 回收", "电 池 | 回 收"},
		{"leading punctuation leaves nothing", "、电池", "电 池"},
		{"case", "IGBT模块", "igbt 模 块"},
		{"full width", "ＩＧＢＴ３Ｄ打印", "igbt3d 打 印"},
		{"formula", "Al2O3与TiO₂", "al2o3 与 tio2"},
		{"superscript", "m⁶A修饰", "m6a 修 饰"},
		{"greek", "β-环糊精 μm", "β | 环 糊 精 | μm"},
		{"micro sign is mu", "5µm", "5μm"},
		{"decimal point", "0.5mm 3.x 5.", "0.5mm | 3 | x | 5 |"},
		{"ampersand inside a name", "P&ID A & B", "p&id | a | b"},
		{"accents", "Schrödinger é", "schrodinger | e"},
		{"accent as a mark of its own", "e\u0301tude", "etude"},
		{"square metre", "10㎡", "10m2"},
		{"zero width space and soft hyphen leave no trace", "锂\u200b电 na\u00adno", "锂 电 | nano"},
		{"byte order mark", "\ufeff电池", "电 池"},
		{"compatibility ideograph", "\uf9fe", "茶"},
		{"traditional", "鋰電池廢棄物處理", "锂 电 池 废 弃 物 处 理"},
		{"radical", "⽔处理", "水 处 理"},
		{"extension B", "𠮷野", "𠮷 野"},
		{"emoji separates", "电池🔋回收", "电 池 | 回 收"},
		{"control characters separate", "电\x00池\x1b", "电 | 池 |"},
		{"invalid bytes separate", "电\xff\xfe池", "电 | 池"},
		{"languages", "C C++ C# F♯ C++11 Ｃ＋＋ C#语言 c/c++", "c | c++ | c# | f# | c++ 11 | c++ | c# 语 言 | c | c++"},
		{"languages with a sign before", ".NET平台 用.net开发 ASP.NET .Network 3.net", ".net 平 台 | 用 .net 开 发 | asp .net | network | 3 .net"},
		{"temperatures", "25℃ 25°C 25 ° C ２５℃ 25ºC 25˚c 80℉ 80°F C", "25 °c | 25 °c | 25 | °c | 25 °c | 25 °c | 25 °c | 80 °f | 80 °f | c"},
		{"angles and ordinals are no temperatures", "30°角 30°cm nº5", "30 | 角 | 30 | cm | no5"},
		{"ions", "Na+通道 Ca²⁺ Fe3+/Fe2+ K+、H+ NH4+", "na+ 通 道 | ca2+ | fe3+ | fe2+ | k+ | h+ | nh4+"},
		{"sums and slogans are no ions", "Na+Cl AI+医疗 5G+工业 1+1 互联网+农业", "na | cl | ai | 医 疗 | 5g | 工 业 | 1 | 1 | 互 联 网 | 农 业"},
		{"grades", "A+级 AA+ AAA+ A类", "a+ 级 | aa+ | aaa+ | a 类"},
		{"algorithms", "A*算法 a*b", "a* 算 法 | a | b"},
		{"alloys and steels", "40Cr 1Cr18Ni9Ti TC4 Q345B 45#钢", "40cr | 1cr18ni9ti | tc4 | q345b | 45 | 钢"},
		{"angstrom", "5Å 5Å Ångström", "5 å | 5 å | angstrom"},
		{"a point of full width", "０．５mm", "0.5mm"},
		{"hyphen separates words", "Al-Mg", "al | mg"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := written(tt.in); got != tt.want {
				t.Errorf("tokenize(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

func termsOf(s string) []string {
	tokens := Tokenize(nil, s)
	var out []string
	EachTerm(len(tokens), func(i int) Symbol { return tokens[i].Sym }, func(first, span int, _ TermKey) {
		out = append(out, string(AppendTermText(nil, tokens, first, span)))
	})
	return out
}

func TestTerms(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"锂", []string{"锂"}},
		{"锂电", []string{"锂电"}},
		{"锂电池", []string{"锂电", "电池"}},
		{"锂、电池", []string{"锂", "电池"}},
		{"5G通信", []string{"5g", "通信"}},
		{"用IGBT", []string{"用", "igbt"}},
		{"池𠮷", []string{"池𠮷"}},
	} {
		if diff := cmp.Diff(tt.want, termsOf(tt.in)); diff != "" {
			t.Errorf("terms of %q (-want +got)\n%s", tt.in, diff)
		}
	}
}

// Any text at all, a third of it Chinese.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), chinese(0, 40), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
}

// chinese draws text from few characters, so that texts share some.
func chinese(min, max int) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune("锂电池回收水的处理发黄变，。 aAbB5𠮷C+#°.⁺")), min, max, -1)
}

// The tokens of a text lie in it in order and cut it at character boundaries;
// gaps never follow each other. Two tokens overlap only where one character
// stands for several, as ¼ does.
func checkTokens(t interface{ Fatalf(string, ...any) }, s string) {
	start, end, open := 0, 0, false
	for _, k := range Tokenize(nil, s) {
		if k.Start < start || k.End < end || k.End <= k.Start || k.End > len(s) {
			t.Fatalf("token %+v after %d of %q", k, end, s)
		}
		if utf8.ValidString(s) && !utf8.ValidString(s[k.Start:k.End]) {
			t.Fatalf("token %+v cuts a character of %q", k, s)
		}
		if k.Sym == Gap && !open {
			t.Fatalf("a gap without anything before it in %q", s)
		}
		if (k.Sym >= WordBase) != (k.Word != "") || len(k.Word) > maxWordBytes {
			t.Fatalf("word of token %+v", k)
		}
		start, end, open = k.Start, k.End, k.Sym != Gap
	}
}

func TestTokensLieInTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkTokens(t, anyText().Draw(t, "text")) })
}

func FuzzTokenize(f *testing.F) {
	for _, s := range []string{"", "锂电池 Al2O3", "e\u0301\u0301", "\xff\xf0\x28", "﷽", "𠮷", strings.Repeat("a", 200), "C++11", "℃°C.net", "Na⁺+", "5Å"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkTokens(t, s) })
}

// Folding is complete: a folded word or character reads as itself.
func TestFoldingIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text")
		for _, k := range Tokenize(nil, text) {
			if k.Sym == Gap {
				continue
			}
			folded := string(AppendTermText(nil, []Token{k}, 0, 1))
			if strings.ContainsRune(text, '⁺') && strings.Contains(folded, "+") {
				continue // written high it is a charge behind any word, and on the line behind an ion's alone
			}
			if again := Tokenize(nil, folded); len(again) != 1 || again[0].Sym != k.Sym {
				t.Fatalf("%q reads as %v", folded, again)
			}
		}
	})
}
